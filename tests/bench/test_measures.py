"""Measures as text, and budgets that are refused by place and name."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from candlefish.bench import BenchError
from candlefish.bench.measures import limits_of, load_budgets, with_unit
from candlefish.bench.scenario import ScenarioKind, load_scenarios
from candlefish.bench.self_test import FAULTS
from candlefish.report.charts import number

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0.0, "0"),
        (0.1234, "0.123"),
        (1.5, "1.5"),
        (16.666, "16.7"),
        (128.4, "128"),
        (5760.2, "5,760"),
        (None, "–"),
        (float("nan"), "–"),
        (-3.25, "-3.25"),
    ],
)
def test_numbers(value: float | None, text: str) -> None:
    assert number(value) == text


def test_units() -> None:
    assert with_unit("frame_p99_ms", 17.0) == "17.0 ms"
    assert with_unit("requests", 27.0) == "27.0"


def test_every_scenario_has_limits_and_every_fault_a_scenario() -> None:
    scenarios = load_scenarios()
    budgets = load_budgets(None, scenarios)
    assert all(limits_of(budgets, one) for one in scenarios.values())
    for fault in FAULTS:
        assert fault.caught_by & limits_of(budgets, scenarios[fault.scenario]).keys(), fault.name


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("[sundays]\nfps = 1", "no scenario 'sundays'"),
        ("[idle]\nspeed = 1", "no measure 'speed'"),
        ("[idle]\nfps = 'many'", "fps: expected a number"),
        ("idle = 3", "idle: expected a table"),
    ],
)
def test_wrong_budgets_are_refused(tmp_path: Path, text: str, complaint: str) -> None:
    path = tmp_path / "mine.toml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(BenchError, match=complaint):
        load_budgets(path, load_scenarios())


def test_a_scenario_overrides_its_kind(tmp_path: Path) -> None:
    path = tmp_path / "mine.toml"
    path.write_text("[frames]\nfps = 55\ncpu_ms = 9\n[soak]\nfps = 30\n", encoding="utf-8")
    scenarios = load_scenarios()
    budgets = load_budgets(path, scenarios)
    assert limits_of(budgets, scenarios["soak"]) == {"fps": 30.0, "cpu_ms": 9.0}
    assert limits_of(budgets, scenarios["idle"]) == {"fps": 55.0, "cpu_ms": 9.0}
    assert scenarios["cold-load"].kind is ScenarioKind.COLD_LOAD
    assert limits_of(budgets, scenarios["cold-load"]) == {}
