"""The report of experiments as a page: what it says first, and that it shows what was found."""

from __future__ import annotations

import random
import re
from typing import Any
from xml.etree import ElementTree as ET

import pytest

from candlefish.experiments.analysis import Observation, analyse
from candlefish.experiments.report_page import html, verdict
from candlefish.service import experiments
from candlefish.service.experiments import load_experiments

(TRIAL,) = (each for each in load_experiments() if each.name == "visual_effects")


def result(units: dict[str, int], better: dict[str, float] | None = None, fps: float = 0.0) -> dict[str, Any]:
    """The plain result of made-up units; `better` moves a variant's session, `fps` that of "rich"."""
    draw = random.Random(5)
    seen = [
        Observation(
            name,
            {
                "session_duration_s": draw.gauss(60 + (better or {}).get(name, 0.0), 20),
                "fps": draw.gauss(59 + (fps if name == "rich" else 0.0), 2),
            },
        )
        for name, count in units.items()
        for _ in range(count)
    ]
    return experiments.report_json(TRIAL, analyse(TRIAL, seen))


EVEN = {"minimal": 1_000, "standard": 2_000, "rich": 1_000}


@pytest.mark.parametrize(
    ("report", "start", "kind"),
    [
        (result(EVEN), "Nothing is sure yet", ""),
        (result(EVEN, {"rich": 8.0}), "rich is better by session duration s", "good"),
        (result(EVEN, {"rich": -8.0}), "rich is worse by session duration s", "good"),
        (result({**EVEN, "rich": 700}), "Sample-ratio mismatch", "bad"),
        (result(EVEN, fps=-9.0), "Guardrail broken: rich (fps)", "bad"),
    ],
)
def test_the_verdict_comes_first(report: dict[str, Any], start: str, kind: str) -> None:
    text, colour = verdict(report)
    assert text.startswith(start)
    assert colour == kind


def test_the_page_plots_every_arm_and_every_variant() -> None:
    page = html([result(EVEN, {"rich": 8.0})], "Made today")
    drawings = [ET.fromstring(svg) for svg in re.findall(r"<svg.*?</svg>", page)]
    assert len(drawings) == 1 + 2, "units, and two metrics that have values"
    assert [each.get("class") for each in drawings[0]].count("bar c0") == 3
    for drawing in drawings[1:]:
        classes = [each.get("class") for each in drawing]
        assert (classes.count("once"), classes.count("always"), classes.count("point")) == (2, 2, 2)
    assert "<script" not in page


def test_few_units_make_a_page_too() -> None:
    page = html([result({"minimal": 0, "standard": 1, "rich": 0})], "Made today")
    assert "Nothing is sure yet" in page
    assert "nan" not in page.lower().replace("nance", "")
