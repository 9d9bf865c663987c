"""Any moment of the last minute is replayed bit for bit."""

from __future__ import annotations

from functools import partial
from random import Random

import numpy as np
import pytest

from candlefish.sim.inputs import Input, InputKind
from candlefish.sim.moods import Mood
from candlefish.sim.replay import fingerprint
from candlefish.sim.tuning import preset
from candlefish.sim.world import World
from candlefish.studio.history import LENGTH_STEPS, History, copy_world


def exact(world: World) -> tuple[str, bytes, bytes]:
    """All of a world, also the dust, which `fingerprint` leaves out."""
    return fingerprint(world), world.scenery.dust.x.tobytes(), world.scenery.dust.light.tobytes()


def play(world: World, history: History, random: Random, steps: int) -> list[tuple[str, bytes, bytes]]:
    """Make steps with a visitor who does all kinds of things; return the world after each."""
    seen = []
    for _ in range(steps):
        if random.random() < 0.4:
            kind = random.choice([InputKind.MOVE] * 8 + [InputKind.DOWN, InputKind.UP, InputKind.FEED])
            x, y = random.uniform(0, world.width_px), random.uniform(0, world.height_px)
            world.push(Input(kind, x, y, world.now_s))
        if random.random() < 0.004:
            world.resize(random.uniform(300, 900), random.uniform(300, 900))
        if random.random() < 0.01:
            history.change(partial(World.tune, tuning=preset(random.choice(["night", "vivid", "default"]))))
        if random.random() < 0.01:
            mood = random.choice([None, *Mood])
            history.change(lambda world, mood=mood: world.mind.hold(mood))  # type: ignore[misc]
        world.step()
        seen.append(exact(world))
        history.update()
    return seen


@pytest.mark.parametrize("seed", [1, 2])
def test_every_moment_is_replayed_exactly(seed: int) -> None:
    world, random = World(800, 500, seed=seed, dust=500), Random(seed)
    history = History(world)
    seen = play(world, history, random, 400)
    for step in [0, 1, 58, 59, 60, 61, 150, 299, 399]:
        again = history.at(step)
        assert again.clock.step == step
        again.step()  # what entered between two steps is in the world before the second
        assert exact(again) == seen[step]
    assert exact(history.at(400)) == exact(world) == seen[-1]


def test_a_copy_takes_the_same_course_and_is_independent() -> None:
    world = World(640, 400, seed=3, dust=300)
    world.push(Input(InputKind.FEED, 300, 200, 0.0))
    for _ in range(100):
        world.step()
    before = exact(world)
    copy = copy_world(world)
    for _ in range(100):
        copy.step()
    assert exact(world) == before
    for _ in range(100):
        world.step()
    assert exact(copy) == exact(world)
    assert not np.shares_memory(copy.scenery.dust.x, world.scenery.dust.x)


@pytest.mark.slow
def test_a_minute_is_kept_and_no_more() -> None:
    world = World(640, 400, seed=3, dust=0)
    history = History(world)
    for _ in range(LENGTH_STEPS + 400):
        world.push(Input(InputKind.MOVE, 100, 100, world.now_s))
        world.step()
        history.update()
    assert LENGTH_STEPS <= history.last - history.first <= LENGTH_STEPS + 60
    assert exact(history.at(history.first + 5)) != exact(world)
    for step in (history.first - 1, history.last + 1):
        with pytest.raises(ValueError, match="step: expected"):
            history.at(step)
    assert len(history) <= LENGTH_STEPS + 61


def test_a_held_mood_stays_until_it_is_released() -> None:
    world = World(640, 400, seed=3, dust=0)
    for mood in Mood:
        world.mind.hold(mood)
        for _ in range(90):
            world.push(Input(InputKind.FEED, 100, 100, world.now_s))
            world.step()
            assert world.mood is mood
        assert world.mind.mood_state.reason in {"held", "new here"}
    world.mind.hold(None)
    for _ in range(200):
        world.step()
    assert world.mood is not Mood.LONELY
