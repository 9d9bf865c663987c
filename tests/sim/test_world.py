import math
from random import Random

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from candlefish.sim.inputs import Input, InputKind
from candlefish.sim.world import World
from tests.sim.visitors import Visitor, frantic, gentle, lively, make_world, nobody, point, visit


def fingerprint(world: World) -> bytes:
    arrays = (
        world.scenery.plankton.x,
        world.scenery.plankton.light,
        world.fish.spine.points,
        world.scenery.trail.x,
    )
    return repr(world.state()).encode() + b"".join(array.tobytes() for array in arrays)


def test_same_seed_and_inputs_same_world_bit_for_bit() -> None:
    def run() -> bytes:
        world = make_world(seed=3)
        visit(world, gentle(3), 20.0)
        visit(world, frantic(), 3.0)
        return fingerprint(world)

    assert run() == run()


def test_another_seed_is_another_world() -> None:
    assert fingerprint(make_world(1)) != fingerprint(make_world(2))


def offered_and_eaten(size: tuple[float, float], seed: int, pieces: int) -> tuple[int, int]:
    world, random = World(*size, seed=seed), Random(seed)
    for _ in range(pieces):
        point(world, random.uniform(0, size[0]), random.uniform(0, size[1]), InputKind.FEED)
        visit(world, nobody, random.uniform(1, 8))
    visit(world, nobody, 11.0)
    return world.food.offered, world.food.eaten


@pytest.mark.slow
@pytest.mark.parametrize("size", [(1280, 720), (320, 120), (390, 844), (2560, 1440)])
def test_food_offered_anywhere_is_caught(size: tuple[float, float]) -> None:
    offered, eaten = offered_and_eaten(size, seed=5, pieces=40)
    assert offered == 40
    assert eaten >= 38


def test_it_follows_the_pointer_and_looks_at_it() -> None:
    world = make_world()
    for x in (200.0, 1080.0):
        visit(world, lambda w, _, x=x: point(w, x + 4 * math.sin(w.time_s), 360.0), 9.0)  # type: ignore[misc]
        assert abs(world.fish.x - x) < 420.0
        assert (world.fish.gaze_x > 0) == (x > world.fish.mouth[0])


def test_it_flees_from_a_fright() -> None:
    world = make_world()
    visit(world, nobody, 2.0)
    near = world.fish.x, world.fish.y

    def whip(w: World, now_s: float) -> None:
        point(w, near[0] + 150 * math.sin(40 * now_s), near[1])

    visit(world, whip, 0.5)
    visit(world, nobody, 1.5)
    assert math.dist((world.fish.x, world.fish.y), near) > 150.0


@pytest.mark.slow
@pytest.mark.parametrize(
    "visitor", [nobody, lively, gentle(2), frantic()], ids=["nobody", "lively", "gentle", "frantic"]
)
def test_it_swims_smoothly_and_stays_in_the_box(visitor: Visitor) -> None:
    world = make_world(trust=60)
    before, speed_before = (world.fish.x, world.fish.y), 0.0
    for frame in range(60 * 30):
        visitor(world, frame / 60)
        world.advance(1 / 60)
        here, fish = (world.fish.x, world.fish.y), world.fish
        assert 0 <= fish.x <= 1280 and 0 <= fish.y <= 720
        assert math.dist(before, here) < 16.0, "a teleport"
        assert abs(fish.speed_px_s - speed_before) < 120.0, "a jerk"
        before, speed_before = here, fish.speed_px_s


def test_a_resting_fish_does_not_jitter() -> None:
    world = make_world(trust=90)
    visit(world, lambda w, t: point(w, 640.0 + 3 * math.sin(t), 360.0), 30.0)
    turns, facing, speeds = 0, world.fish.facing, []
    for frame in range(600):
        point(world, 640.0 + 3 * math.sin(30 + frame / 60), 360.0)
        world.advance(1 / 60)
        turns += world.fish.facing != facing
        facing = world.fish.facing
        speeds.append(world.fish.speed_px_s)
    assert turns <= 1
    assert max(speeds) < 60.0


def test_a_steady_step_leaves_the_plankton_arrays_in_place() -> None:
    world = make_world()
    arrays = {
        name: id(array)
        for name, array in vars(world.scenery.plankton).items()
        if isinstance(array, np.ndarray)
    }
    visit(world, lively, 2.0)
    assert arrays == {
        name: id(a) for name, a in vars(world.scenery.plankton).items() if isinstance(a, np.ndarray)
    }
    assert len(arrays) >= 8


def test_plankton_lights_up_where_the_fish_passes() -> None:
    world = make_world()
    visit(world, lively, 6.0)
    field, fish = world.scenery.plankton, world.fish
    distance = np.hypot(field.x * world.width_px - fish.x, field.y * world.height_px - fish.y)
    assert field.light[distance < 120].mean() > 4 * field.light[distance > 500].mean()


def test_a_resize_keeps_relative_places() -> None:
    world = make_world()
    visit(world, gentle(1), 5.0)
    share = world.fish.x / world.width_px
    world.resize(640.0, 900.0)
    assert world.fish.x / world.width_px == pytest.approx(share)
    visit(world, gentle(1), 1.0)
    assert 0 <= world.fish.x <= 640


@pytest.mark.parametrize("size", [(0.0, 0.0), (1.0, 5000.0), (1e9, 3.0)])
def test_any_finite_size_is_lived_in(size: tuple[float, float]) -> None:
    world = World(*size)
    visit(world, lively, 2.0)
    assert math.isfinite(world.fish.x) and math.isfinite(world.fish.y)


def test_a_size_that_is_no_number_is_refused() -> None:
    with pytest.raises(ValueError, match="size"):
        World(float("nan"), 100.0)


any_input = st.builds(
    lambda kind, x, y, late_s: (kind, x, y, late_s),
    st.sampled_from(sorted(InputKind)),
    st.floats(-1e6, 1e6),
    st.floats(-1e6, 1e6),
    st.floats(-5.0, 0.5),
)


@settings(max_examples=30, deadline=None)
@given(st.lists(any_input, max_size=120), st.integers(0, 2**31))
def test_whatever_is_thrown_in_it_stays_finite_and_bounded(
    inputs: list[tuple[InputKind, float, float, float]], seed: int
) -> None:
    world = World(640.0, 360.0, seed=seed)
    for kind, x, y, late_s in inputs:
        world.push(Input(kind, x, y, world.now_s + late_s))
        world.advance(1 / 30)
    state = world.state()
    assert all(math.isfinite(value) for value in state.values() if isinstance(value, float))
    assert -1 <= world.mind.affect.valence <= 1 and -1 <= world.mind.affect.arousal <= 1
    assert 0 <= world.mind.trust.value <= 100
    assert 0 <= world.fish.x <= 640 and 0 <= world.fish.y <= 360
    assert (
        len(world.food.pieces) <= 24
        and len(world.scenery.ripples.rings) <= 8
        and len(world.scenery.bubbles.all) <= 40
    )
    assert np.isfinite(world.scenery.plankton.x).all() and np.isfinite(world.fish.spine.points).all()


@pytest.mark.parametrize(
    ("kind", "x", "at_s", "message"),
    [
        (InputKind.MOVE, float("nan"), 0.0, "MOVE.*finite place"),
        (InputKind.FEED, float("inf"), 0.0, "FEED.*finite place"),
        (InputKind.KEY, 0.0, float("nan"), "KEY.*at_s"),
    ],
)
def test_a_poisoned_input_is_refused_by_name(kind: InputKind, x: float, at_s: float, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        Input(kind, x, 0.0, at_s)
