import math

import numpy as np
import pytest

from candlefish.draw.display_list import CAPACITY, Floats, Op, Slot, operations
from candlefish.draw.scene import Scene
from candlefish.sim.inputs import InputKind
from candlefish.sim.moods import Mood, MoodState
from candlefish.sim.world import World
from tests.sim.visitors import frantic, gentle, make_world, nobody, point, visit


def ops_of(world: World, effects: str = "standard") -> list[tuple[Op, tuple[float, ...], Floats]]:
    scene = Scene(effects)
    return list(operations(scene.buffer, scene.render(world)))


@pytest.mark.slow
@pytest.mark.parametrize("effects", ["minimal", "standard", "rich"])
@pytest.mark.parametrize("size", [(1280, 720), (320, 120), (390, 844), (16, 16), (2560, 1440)])
def test_every_frame_is_finite_and_fits(effects: str, size: tuple[float, float]) -> None:
    world, scene = World(*size, seed=2), Scene(effects)
    for moment in range(8):
        point(world, size[0] * moment / 8, size[1] / 2, InputKind.FEED)
        point(world, size[0] / 2, size[1] * moment / 8, InputKind.DOWN)
        visit(world, nobody, 0.7)
        count = scene.render(world)
        assert 500 < count < CAPACITY / 2
        assert np.isfinite(scene.buffer[:count]).all()


def test_a_ring_that_began_late_does_not_keep_others_past_their_end() -> None:
    world, scene = make_world(), Scene()
    world.scenery.ripples.add(300.0, 300.0, 80.0, 1.0, delay_s=0.5)
    world.scenery.ripples.add(500.0, 300.0, 80.0)
    for _ in range(150):
        world.advance(1 / 60)
        assert np.isfinite(scene.buffer[: scene.render(world)]).all()
    assert not world.scenery.ripples.rings


def test_a_frame_is_drawn_back_to_front() -> None:
    codes = [op for op, _, _ in ops_of(make_world())]
    assert codes.index(Op.FIELD) < codes.index(Op.FISH) < len(codes) - 1 - codes[::-1].index(Op.SPRITES)
    assert codes[-1] is Op.END
    assert codes.count(Op.FISH) == 2


def test_the_buffer_is_the_same_array_in_every_frame() -> None:
    world, scene = make_world(), Scene()
    before = scene.buffer.ctypes.data
    for _ in range(30):
        world.advance(1 / 60)
        scene.render(world)
    assert scene.buffer.ctypes.data == before


def test_tints_are_sent_only_when_they_change() -> None:
    world, scene = make_world(), Scene()
    first = [op for op, _, _ in operations(scene.buffer, scene.render(world))]
    second = [op for op, _, _ in operations(scene.buffer, scene.render(world))]
    assert first.count(Op.TINT) == len(Slot)
    assert Op.TINT not in second


def test_more_effects_draw_more() -> None:
    world = make_world()
    sizes = [Scene(level).render(world) for level in ("minimal", "standard", "rich")]
    assert sizes == sorted(sizes) and sizes[0] < sizes[2]


def test_the_drawn_fish_is_where_the_fish_is() -> None:
    world = make_world()
    visit(world, gentle(1), 4.0)
    (at,) = [fixed for op, fixed, _ in ops_of(world) if op is Op.FISH and fixed[2]]
    assert math.dist(at[:2], (world.fish.x, world.fish.y)) < 12.0
    assert at[2] == pytest.approx(world.fish.length_px, abs=0.1)


def test_between_two_steps_the_fish_is_between_two_places() -> None:
    world = make_world()
    visit(world, gentle(1), 5.0)
    places = []
    for _ in range(5):
        world.advance(1 / 300)
        places.append(next(fixed[0] for op, fixed, _ in ops_of(world) if op is Op.FISH))
    gaps = np.diff(places)
    assert np.all(gaps * np.sign(world.fish.vx) > 0)
    assert gaps.std() < 0.3 * abs(gaps.mean())


def fins(world: World) -> float:
    """How far the fins reach up and down, px."""
    points = np.concatenate([rest.reshape(-1, 2) for op, _, rest in ops_of(world) if op is Op.STROKES])
    return float(np.ptp(points[:, 1]))


def in_mood(mood: Mood) -> World:
    world = make_world(seed=4)
    world.mind.mood_state = MoodState(mood, "test")
    world.appearance.ease(mood, world.params[mood], 60.0)
    return world


def test_moods_differ_in_shape_and_not_only_in_colour() -> None:
    assert fins(in_mood(Mood.EXCITED)) > fins(in_mood(Mood.SHY)) * 1.15


def test_light_is_stronger_when_excited_than_when_shy() -> None:
    def light(world: World) -> float:
        return sum(
            float(rest.reshape(-1, 4)[:, 3].sum())
            for op, fixed, rest in ops_of(world)
            if op is Op.SPRITES and fixed[0] == Slot.GLOW
        )

    assert light(in_mood(Mood.EXCITED)) > 1.5 * light(in_mood(Mood.SHY))


def test_colour_and_light_never_jump_between_frames() -> None:
    world = make_world()
    before = world.appearance.colour, world.appearance.glow
    for frame in range(60 * 12):
        (frantic() if frame > 400 else gentle(3, 3.0))(world, frame / 60)
        world.advance(1 / 60)
        after = world.appearance.colour, world.appearance.glow
        assert max(abs(a - b) for a, b in zip(before[0], after[0], strict=True)) < 9.0
        assert abs(before[1] - after[1]) < 0.04
        before = after


def test_an_unknown_effects_level_is_refused() -> None:
    with pytest.raises(ValueError, match=r"effects.*minimal.*lots"):
        Scene("lots")
