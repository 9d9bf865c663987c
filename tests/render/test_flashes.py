"""No more than three flashes in any second (WCAG 2.3.1), on rendered frames of every mood and moment."""

import math

import numpy as np
import pytest

pytest.importorskip("skia", exc_type=ImportError)

from candlefish.render.flashes import danger, flashes, luminance
from candlefish.render.pictures import Plan, frames
from candlefish.sim.moods import Mood

SIZE = (320.0, 180.0)
FPS = 20.0
BLOCK = 5
VIEW = (13, 17)
"""Blocks of a field of view: 341 × 256 px where the picture is 1280 px wide."""
LINE = 0.25
"""Of a field of view: the share from which on flashes are a danger."""


def danger_of(plan: Plan, begin_s: float, seconds: float) -> float:
    shown = frames(plan, begin_s, round(seconds * FPS), FPS, "standard")
    return danger(np.stack([luminance(frame, BLOCK) for frame in shown]), FPS, VIEW)


def wave(hz: float, low: float, high: float) -> np.ndarray[tuple[int, ...], np.dtype[np.float64]]:
    value = low + (high - low) * (0.5 + 0.5 * np.sin(math.tau * hz * np.arange(90) / FPS))
    return np.tile(value[:, None, None], (1, 20, 30))


@pytest.mark.parametrize(
    ("hz", "low", "high", "least", "most"),
    [(5.0, 0.0, 0.5, 4.5, 5.5), (2.0, 0.0, 0.5, 1.5, 2.5), (5.0, 0.3, 0.36, 0, 0), (5.0, 0.85, 1.0, 0, 0)],
)
def test_the_meter_counts_as_the_guideline_does(
    hz: float, low: float, high: float, least: float, most: float
) -> None:
    assert least <= flashes(wave(hz, low, high), FPS).max() <= most


def test_only_flashes_of_some_size_are_a_danger() -> None:
    whole = wave(5.0, 0.0, 0.5)
    assert danger(whole, FPS, VIEW) == 1.0
    spot = np.zeros_like(whole)
    spot[:, 5:8, 5:8] = whole[:, 5:8, 5:8]
    assert 0.0 < danger(spot, FPS, VIEW) < LINE
    assert danger(wave(2.0, 0.0, 0.5), FPS, VIEW) == 0.0


def test_a_picture_of_one_colour_has_its_luminance() -> None:
    grey = np.full((20, 20, 3), 188, np.uint8)
    assert luminance(grey, BLOCK) == pytest.approx(np.full((4, 4), 0.5), abs=0.01)


def test_no_mood_and_no_transition_flashes() -> None:
    order = [*Mood, Mood.SHY, Mood.EXCITED, Mood.LONELY, Mood.PLAYFUL]
    moods = tuple((1.5 * index, mood) for index, mood in enumerate(order))
    assert danger_of(Plan(SIZE, moods=moods), 0.0, 1.5 * len(order)) < LINE


@pytest.mark.parametrize("mood", [Mood.EXCITED, Mood.SHY])
def test_feeding_and_tapping_as_fast_as_a_hand_can_do_not_flash(mood: Mood) -> None:
    fast = tuple(0.5 + 0.12 * tap for tap in range(25))
    plan = Plan(SIZE, moods=((0.0, mood),), food_s=fast, taps_s=fast)
    assert danger_of(plan, 0.0, 5.0) < LINE
