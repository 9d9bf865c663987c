"""How a mood comes on: by its own curve, in its own time, and never by a jump."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from candlefish.sim.appearance import Appearance
from candlefish.sim.clock import STEP_S
from candlefish.sim.easing import Curve
from candlefish.sim.moods import Mood
from candlefish.sim.ranges import ParamsError
from candlefish.sim.tuning import MoodParams, default_tuning, parse_curve

parts = st.floats(0.0, 1.0)
curves = st.builds(Curve, parts, parts, parts, parts)


def arriving(curve: Curve, seconds: float) -> MoodParams:
    return replace(default_tuning().moods[Mood.EXCITED], glow=1.5, arrive=curve, arrive_s=seconds)


def dark() -> Appearance:
    return Appearance(Mood.LONELY, replace(default_tuning().moods[Mood.LONELY], glow=0.0))


@given(curve=curves)
def test_a_curve_rises_from_nothing_to_all(curve: Curve) -> None:
    shares = [curve.at(time / 50) for time in range(-1, 52)]
    assert (shares[0], shares[1], shares[-1]) == (0.0, 0.0, 1.0)
    assert shares == sorted(shares)


def test_a_curve_is_what_css_makes_of_it() -> None:
    """Against values of `cubic-bezier(0.42, 0, 0.58, 1)` (ease-in-out) and of the straight line."""
    ease = Curve(0.42, 0.0, 0.58, 1.0)
    assert ease.at(0.5) == pytest.approx(0.5, abs=1e-3)
    assert ease.at(0.25) == pytest.approx(0.1292, abs=1e-3)
    line = Curve(0.3, 0.3, 0.7, 0.7)
    assert [line.at(time / 10) for time in range(11)] == pytest.approx([time / 10 for time in range(11)])


@given(curve=curves)
def test_a_curve_is_read_as_it_is_written(curve: Curve) -> None:
    rounded = Curve(*(round(part, 4) for part in curve))
    assert parse_curve(str(rounded), "here") == rounded


@pytest.mark.parametrize(
    "text",
    ["ease", "", "cubic-bezier(0, 0, 1)", "cubic-bezier(0, 0, 1, 1.01)", "cubic-bezier(-0.1, 0, 1, 1)", 3],
)
def test_what_is_no_curve_is_refused(text: object) -> None:
    with pytest.raises(ParamsError, match=r"here: expected a curve like"):
        parse_curve(text, "here")


def test_a_mood_comes_on_by_its_curve_in_its_time() -> None:
    curve = Curve(0.6, 0.1, 0.7, 0.4)
    look, target = dark(), arriving(curve, 2.0)
    for step in range(1, 121):
        look.ease(Mood.EXCITED, target, STEP_S)
        assert look.glow == pytest.approx(1.5 * curve.at(step / 120), abs=1e-6)
    assert look.glow == pytest.approx(1.5)


def test_a_value_changed_within_a_mood_follows_at_once_and_without_a_jump() -> None:
    look = dark()
    slow = arriving(Curve(1.0, 0.0, 1.0, 0.0), 8.0)
    for _ in range(30):
        look.ease(Mood.EXCITED, slow, STEP_S)
    before = look.glow
    look.ease(Mood.EXCITED, replace(slow, glow=1.2), STEP_S)
    assert 0.01 < look.glow - before < 0.1


@given(curve=curves, seconds=st.floats(0.5, 8.0), turn=st.integers(1, 300))
def test_moods_that_interrupt_each_other_never_go_beyond(curve: Curve, seconds: float, turn: int) -> None:
    look, target = dark(), arriving(curve, seconds)
    back = replace(default_tuning().moods[Mood.LONELY], glow=0.0, arrive=curve, arrive_s=seconds)
    for step in range(500):
        mood, towards = (Mood.LONELY, back) if step // turn % 2 else (Mood.EXCITED, target)
        look.ease(mood, towards, STEP_S)
        assert -1e-9 <= look.glow <= 1.5 + 1e-9
