"""Every parameter has an effect: measured on frames, and for thresholds on the transition table."""

from __future__ import annotations

from dataclasses import fields, replace
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

pytest.importorskip("skia", exc_type=ImportError)

from candlefish.draw.scene import Scene
from candlefish.render.raster import Raster
from candlefish.sim.easing import Curve
from candlefish.sim.inputs import Input, InputKind
from candlefish.sim.moods import (
    APART,
    TABLE,
    Condition,
    Mood,
    MoodContext,
    MoodMachine,
    MoodState,
    Thresholds,
)
from candlefish.sim.tuning import MoodParams, default_tuning
from candlefish.sim.world import World
from candlefish.studio.parameters import parameter

if TYPE_CHECKING:
    from collections.abc import Iterator

    from candlefish.render.raster import Rgba

SHOWN_S = 2.5
ARRIVING = 120
"""The step at which the fish changes into the mood, where that shows how the mood comes on."""
SIZE = (420, 300)


def frame(mood: Mood, params: MoodParams, comes_on: int = 0) -> tuple[Rgba, float]:
    """The pixels of a fish in a mood that has come on, touched and swimming, and the way it swam, px."""
    tuning = default_tuning()
    world = World(*SIZE, seed=5, params={**tuning.moods, mood: params}, dust=200)
    world.mind.hold(Mood.CURIOUS if mood is Mood.SHY else Mood.SHY)
    scene, way = Scene(), 0.0
    world.push(Input(InputKind.MOVE, 300, 200, 0.0))
    for step in range(round(SHOWN_S * 60)):
        if step == comes_on:
            world.mind.hold(mood)
        if step == 120:
            world.push(Input(InputKind.DOWN, 120, 120, world.now_s))
        before = world.fish.x, world.fish.y
        world.step()
        way += abs(world.fish.x - before[0]) + abs(world.fish.y - before[1])
    return Raster(*SIZE, 1.0).paint(scene.buffer, scene.render(world)), way


def other(name: str, value: Any) -> Any:
    """A value clearly another, within the range."""
    limits = parameter("shy", name)
    if limits["kind"] == "colour":
        return tuple(255.0 - part for part in value)
    if limits["kind"] == "curve":
        return Curve(1.0, 0.0, 1.0, 0.0)
    return limits["high"] if value < 0.5 * (limits["low"] + limits["high"]) else limits["low"]


@pytest.mark.slow
@pytest.mark.parametrize("mood", list(Mood))
def test_every_parameter_of_a_mood_shows(mood: Mood) -> None:
    params = default_tuning().moods[mood]
    usual, way = frame(mood, params)
    again, same_way = frame(mood, params)
    assert (differing(usual, again), way) == (0, same_way), "the same parameters must give the same frame"
    arriving, _ = frame(mood, params, ARRIVING)
    for item in fields(MoodParams):
        changed = replace(params, **{item.name: other(item.name, getattr(params, item.name))})
        comes_on = ARRIVING if item.name.startswith("arrive") else 0
        picture, other_way = frame(mood, changed, comes_on)
        assert differing(picture, arriving if comes_on else usual) > 50, f"{mood}.{item.name} shows nowhere"
        if item.name == "speed_px_s":
            assert abs(other_way - way) > 0.05 * way, f"{mood}.speed_px_s: {way} and {other_way} px"


def differing(one: Rgba, two: Rgba) -> int:
    """How many pixels differ by more than two levels of 256 in a channel."""
    return int((np.abs(one.astype(int) - two.astype(int)).max(axis=2) > 2).sum())


def pairs(name: str) -> Iterator[tuple[Thresholds, Thresholds]]:
    """The default thresholds, and others in which one is as far away as its neighbours leave room."""
    usual = default_tuning().thresholds
    limits = parameter("thresholds", name)
    lows = [getattr(usual, less) for less, more in APART if more == name]
    highs = [getattr(usual, more) for less, more in APART if less == name]
    for value in (
        max([limits["low"], *(low + limits["step"] for low in lows)]),
        min([limits["high"], *(high - limits["step"] for high in highs)]),
    ):
        if value != getattr(usual, name):
            yield usual, replace(usual, **{name: value})


def contexts(usual: float, changed: float, field: str) -> Iterator[MoodContext]:
    """Situations in which one field lies between two values, all else as some row of the table wants it."""
    for row in TABLE:
        context = MoodContext(
            near=True, present_s=30.0, lively=0.2, valence=0.4, trust=90.0, since_input_s=5.0
        )
        for condition in row.conditions:
            setattr(context, condition.field, _fitting(condition))
        setattr(context, field, 0.5 * (usual + changed))
        yield context


def _fitting(condition: Condition) -> float | bool:
    """A value for which a condition holds."""
    if condition.relation in ("is", "not"):
        return condition.relation == "is"
    limit = condition.threshold
    value = getattr(default_tuning().thresholds, limit) if isinstance(limit, str) else limit
    return float(value) + (-0.01 if condition.relation == "<" else 0.01)


FIELDS = {c.threshold: c.field for row in TABLE for c in row.conditions if isinstance(c.threshold, str)}


@pytest.mark.parametrize("name", [item.name for item in fields(Thresholds)])
def test_every_threshold_decides_a_change_of_mood(name: str) -> None:
    def decides(usual: Thresholds, changed: Thresholds) -> bool:
        one, two = getattr(usual, name), getattr(changed, name)
        dwells = [0.5 * (one + two)] if name in ("min_dwell_s", "settle_s") else [60.0]
        field = FIELDS.get(name, "since_input_s")
        for context in contexts(one, two, field):
            for mood in Mood:
                for dwell_s in dwells:
                    state = MoodState(mood, "", dwell_s)
                    first = MoodMachine(usual).next(state, context, 1 / 60)
                    second = MoodMachine(changed).next(state, context, 1 / 60)
                    if first.mood is not second.mood:
                        return True
        return False

    assert any(decides(*pair) for pair in pairs(name)), f"{name} never decides"
