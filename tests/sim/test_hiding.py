"""A frightened fish hides, and can still be seen."""

from __future__ import annotations

import random

import pytest

from candlefish.sim.inputs import Input, InputKind
from candlefish.sim.mood import Mood
from candlefish.sim.world import World


@pytest.mark.parametrize("seed", range(6))
def test_however_it_is_chased_its_body_stays_in_sight(seed: int) -> None:
    world, hand = World(1280, 720, seed=seed), random.Random(seed)
    x, y, goal, shy_s, seen_s = 640.0, 360.0, (640.0, 360.0), 0.0, 0.0
    for _ in range(60 * 40):
        if abs(goal[0] - x) + abs(goal[1] - y) < 60:
            goal = hand.uniform(40, 1240), hand.uniform(40, 680)
        x, y = x + (goal[0] - x) * 0.2, y + (goal[1] - y) * 0.2
        world.push(Input(InputKind.MOVE, x, y, world.now_s))
        world.advance(1 / 60)
        if world.mood is Mood.SHY:
            shy_s += 1 / 60
            room = 0.3 * world.fish.length_px
            seen_s += (room < world.fish.x < 1280 - room and world.fish.y < 0.72 * 720) / 60
    assert shy_s > 3.0
    assert seen_s > 0.9 * shy_s
