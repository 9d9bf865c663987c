"""Scenarios are data: ours are sound, and a wrong file is refused by place and name."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from candlefish.bench import BenchError
from candlefish.bench.scenario import chosen, load_scenarios, read_scenario

if TYPE_CHECKING:
    from pathlib import Path

WANTED = {
    "idle", "gentle", "frantic", "feeding", "mood-tour", "resize-storm", "hide-show", "ten-fish", "soak",
    "cold-load", "repeat-load", "swarm-150", "swarm-500", "swarm-1000", "swarm-2000", "swarm-5000",
    "swarm-50000",
}  # fmt: skip


def test_ours_are_all_there() -> None:
    assert load_scenarios().keys() >= WANTED


@pytest.mark.parametrize("name", sorted(WANTED))
def test_any_scenario_can_be_shortened(name: str) -> None:
    scenario = load_scenarios()[name]
    shorter = scenario.lasting(1.0)
    assert [act.every_s for act in shorter.acts] == [act.every_s for act in scenario.acts]


def test_a_shorter_window_keeps_the_order_of_acts() -> None:
    tour = load_scenarios()["mood-tour"].lasting(10.0)
    assert tour.duration_s == 10.0
    assert max(act.to_s for act in tour.acts) <= 10.0
    assert [act.from_s for act in tour.acts] == sorted(act.from_s for act in tour.acts)


def test_a_load_has_no_length() -> None:
    load = load_scenarios()["cold-load"]
    assert load.lasting(99.0) is load


def test_choosing() -> None:
    known = load_scenarios()
    assert {one.name for one in chosen(known, [])} == {name for name, one in known.items() if one.in_default}
    assert [one.name for one in chosen(known, ["soak", "idle", "soak"])] == ["soak", "idle"]
    assert len(chosen(known, ["all"])) == len(known)
    with pytest.raises(BenchError, match="no scenario 'nope'; there are default, all, "):
        chosen(known, ["nope"])


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("", "title is missing"),
        ("title = 3", "title: expected a string, got 3"),
        ("title = 'x'\nspeed = 1", "unknown field 'speed'"),
        ("title = 'x'\nkind = 'warm'", "kind: expected one of frames, cold-load, repeat-load, got 'warm'"),
        ("title = 'x'\nduration_s = 0", "duration_s: expected a number from 1 to 3600, got 0"),
        ("title = 'x'\nfish = true", "fish: expected a whole number"),
        (
            "title = 'x'\nviewport = [1, 2, 3]",
            "viewport: expected a list of 2 items: a whole number above 0, a whole number above 0",
        ),
        ("title = 'x'\nnetwork = 'pigeon'", "network: expected one of cable"),
        ("title = 'x'\nacts = [{ deed = 'sing' }]", "acts[0].deed: expected one of circle"),
        ("title = 'x'\nacts = [{ deed = 'rest', loud = 1 }]", "acts[0]: unknown field 'loud'"),
        (
            "title = 'x'\nacts = [{ deed = 'rest', to_s = 21 }]",
            "acts[0].to_s: expected at most duration_s = 20",
        ),
        ("title =", "not TOML"),
    ],
)
def test_a_wrong_scenario_is_refused(tmp_path: Path, text: str, complaint: str) -> None:
    path = tmp_path / "mine.toml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(BenchError) as caught:
        read_scenario(path)
    assert str(path) in str(caught.value)
    assert complaint in str(caught.value)


def test_a_scenario_has_acts_or_a_persona() -> None:
    with pytest.raises(ValueError, match="none beside a persona"):
        replace(load_scenarios()["gentle"], persona="gentle")
