"""What the fish does in each mood, as someone who watches it would say."""

from __future__ import annotations

import math
import random
from itertools import pairwise
from typing import TYPE_CHECKING

import pytest

from candlefish.sim.inputs import Input, InputKind
from candlefish.sim.moods import Mood
from candlefish.sim.world import World
from tests.sim.visitors import frantic, lively, make_world, nobody, point, resting, visit

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.sim.visitors import Visitor

STEP_S = 1 / 60


def watch(world: World, visitor: Visitor, seconds: float, see: Callable[[World], None]) -> None:
    """Look at the world after every frame of a visit."""

    def act(world: World, now_s: float) -> None:
        see(world)
        visitor(world, now_s)

    visit(world, act, seconds)


def in_the_middle(world: World, now_s: float) -> None:
    """A quiet pointer in the middle of the box."""
    point(world, 640.0 + 2.0 * math.sin(now_s), 360.0)


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(4))
def test_curious_it_circles_the_pointer_and_comes_closer(seed: int) -> None:
    world = make_world(seed)
    visit(world, in_the_middle, 8.0)
    distances: list[float] = []
    angles: list[float] = []

    def see(world: World) -> None:
        distances.append(math.dist((world.fish.x, world.fish.y), (640.0, 360.0)))
        angles.append(math.atan2(world.fish.y - 360.0, world.fish.x - 640.0))

    watch(world, in_the_middle, 40.0, see)
    assert world.mood is Mood.CURIOUS
    assert min(distances) > 145.0 and max(distances) < 305.0
    third = len(distances) // 3
    assert sum(distances[-third:]) < sum(distances[:third]), "it does not edge closer"
    turned = sum((b - a + math.pi) % math.tau - math.pi for a, b in pairwise(angles))
    assert abs(turned) > math.tau, "it does not go round"


def test_playful_it_swims_on_both_sides_and_crosses_over() -> None:
    world = make_world(trust=65)
    visit(world, lively, 12.0)
    assert world.mood is Mood.PLAYFUL
    sides: list[tuple[float, float]] = []

    def see(world: World) -> None:
        sides.append((world.fish.x - world.mind.senses.pointer.x, world.fish.y - world.mind.senses.pointer.y))

    watch(world, lively, 20.0, see)
    crossings = [sum(a[axis] * b[axis] < 0 for a, b in pairwise(sides)) for axis in (0, 1)]
    assert crossings[0] >= 2 and crossings[1] >= 4, crossings


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(4))
def test_shy_it_hides_at_an_edge_away_from_the_pointer(seed: int) -> None:
    world = make_world(seed)
    visit(world, resting, 2.0)
    visit(world, frantic(), 1.2)
    visit(world, in_the_middle, 1.5)
    assert world.mood is Mood.SHY
    seen: list[float] = []

    def see(world: World) -> None:
        if world.mood is Mood.SHY:
            seen.append(min(world.fish.x, 1280.0 - world.fish.x))

    watch(world, in_the_middle, 6.0, see)
    assert min(seen) < 0.9 * world.fish.length_px, "it is not at an edge"


@pytest.mark.slow
def test_lonely_it_drifts_low_and_slowly_and_sighs() -> None:
    world = make_world()
    visit(world, nobody, 66.0)
    assert world.mood is Mood.LONELY
    depths: list[float] = []
    speeds: list[float] = []
    breaths: set[int] = set()

    def see(world: World) -> None:
        depths.append(world.fish.y)
        speeds.append(world.fish.speed_px_s)
        mouth = world.fish.mouth
        breaths.update(
            id(b) for b in world.scenery.bubbles.all if b.age_s < 0.1 and math.dist((b.x, b.y), mouth) < 40
        )

    watch(world, nobody, 30.0, see)
    assert sorted(depths)[len(depths) // 2] > 0.6 * 720.0
    assert max(speeds) < 140.0
    assert breaths, "no sigh"


def test_excited_it_darts_for_food() -> None:
    world = make_world()
    visit(world, nobody, 3.0)
    point(world, 1180.0, 120.0, InputKind.FEED)
    speeds: list[float] = []
    watch(world, nobody, 4.0, lambda world: speeds.append(world.fish.speed_px_s))
    assert max(speeds) > 220.0
    assert world.food.eaten == 1


@pytest.mark.slow
def test_trusting_it_rests_at_the_pointers_side_facing_it() -> None:
    world = make_world(trust=90)
    visit(world, in_the_middle, 20.0)
    assert world.mood is Mood.TRUSTING
    speeds: list[float] = []
    watch(world, in_the_middle, 5.0, lambda world: speeds.append(world.fish.speed_px_s))
    assert math.dist((world.fish.x, world.fish.y), (640.0, 360.0)) < 1.1 * world.fish.length_px
    assert (world.fish.facing > 0) == (world.fish.x < 640.0)
    assert max(speeds) < 30.0


@pytest.mark.slow
def test_at_rest_its_jerk_is_bounded() -> None:
    world = make_world(trust=90)
    visit(world, in_the_middle, 20.0)
    accelerations: list[tuple[float, float]] = []
    watch(world, in_the_middle, 5.0, lambda world: accelerations.append((world.fish.ax, world.fish.ay)))
    assert max(math.dist(a, b) for a, b in pairwise(accelerations)) / STEP_S < 400.0


@pytest.mark.slow
def test_a_friend_who_comes_back_is_greeted_with_a_swim_to_them() -> None:
    world = make_world(trust=70)
    visit(world, nobody, 200.0)
    events = visit(world, in_the_middle, 4.5)
    told = [event.detail["reason"] for event in events if event.name == "moodchange"]
    assert told[0] == "glad to see you again"
    assert math.dist((world.fish.x, world.fish.y), (640.0, 360.0)) < 1.2 * world.fish.length_px


@pytest.mark.slow
def test_asleep_it_lies_still_and_wakes_when_someone_comes() -> None:
    world = make_world()
    visit(world, nobody, 190.0)
    assert world.state()["asleep"] == 1
    assert world.fish.y > 0.7 * 720.0
    visit(world, in_the_middle, 3.0)
    assert world.state()["asleep"] == 0
    assert world.mood is Mood.CURIOUS


@pytest.mark.slow
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
