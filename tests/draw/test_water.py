"""The water as data: another style shows, value by value, and the usual one is left alone."""

from __future__ import annotations

import math
from copy import deepcopy
from typing import Any

import pytest

from candlefish.draw.scene import Scene
from candlefish.draw.vector import VectorScene
from candlefish.sim.inputs import InputKind
from candlefish.sim.moods import Mood
from candlefish.sim.water import WATER, WaterStyle
from candlefish.sim.world import World
from tests.draw.styles import others
from tests.sim.visitors import nobody, point, visit

SIZE = (160, 96)
SIMULATED = {"trail", "ripples", "bubbles", "food", "plankton", "dust", "wake", "joy"}


def lived(water: WaterStyle) -> list[World]:
    """A box of that water, at moments of a visit with food, taps, joy and loneliness, by night."""
    world = World(*SIZE, seed=6, now_ms=5.0 * 3_600_000.0, water=water, dust=300)
    world.mind.hold(Mood.LONELY)
    worlds = []
    for step in range(320):
        if step in {2, 250}:
            point(world, 20, 20, InputKind.FEED)
            point(world, 130, 70, InputKind.DOWN)
        if step < 60:
            point(world, 80 + 60 * math.sin(0.1 * step), 50)
        if step == 80:
            world.celebrate(1.0)
        world.step()
        if step in {5, 12, 58, 100, 200, 319}:
            worlds.append(deepcopy(world))
    return worlds


def pictures(worlds: list[World], water: WaterStyle) -> list[bytes]:
    """What is drawn of them: over a light field, over nothing, and for SVG."""
    scenes = (
        Scene("minimal", water=water),
        Scene("minimal", transparent=True, water=water),
        VectorScene("rich", water=water),
    )
    found = []
    for world in worlds:
        for scene in scenes:
            size = scene.render(world)
            found.append(scene.list.buffer[:size].tobytes() + scene.list.pixels.tobytes())
    return found


def test_another_water_shows_and_leaves_the_usual_one_alone() -> None:
    def drawn(water: WaterStyle) -> list[bytes]:
        world = World(*SIZE, seed=6, water=water, dust=50)
        visit(world, nobody, 0.5)
        return pictures([world], water)

    usual = drawn(WATER)
    stormy = WATER.replaced(plankton=WATER.plankton.replaced(drift_x_px_s=90.0))
    assert drawn(stormy) != usual
    assert drawn(stormy.replaced(plankton=WATER.plankton)) == usual == drawn(WATER)


UNSEEN = {"food.fade_s", "joy.sigh_every_s"}
"""The food is eaten before it fades, and the loneliness is too short for a second sigh."""


@pytest.mark.slow
@pytest.mark.parametrize("table", list(WaterStyle.specs))
def test_every_value_of_the_water_shows(table: str) -> None:
    usual_worlds, part = lived(WATER), getattr(WATER, table)

    def shown(changed: Any) -> list[bytes]:
        water = WATER.replaced(**{table: changed})
        return pictures(lived(water) if table in SIMULATED else usual_worlds, water)

    usual, unseen = shown(part), set()
    for name, spec in part.specs.items():
        values = others(getattr(part, name), spec)
        if all(shown(part.replaced(**{name: value})) == usual for value in values):
            unseen.add(f"{table}.{name}")
    assert unseen == {name for name in UNSEEN if name.startswith(f"{table}.")}
