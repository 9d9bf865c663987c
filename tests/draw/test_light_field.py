import tracemalloc

import numpy as np
import pytest

from candlefish.draw.colour import LUT_LEVELS, Lut, dither_offsets
from candlefish.draw.display_list import CAPACITY, Op, operations
from candlefish.draw.light_field import LightGrid, Magnifier, grid_for
from candlefish.draw.scene import Scene
from candlefish.draw.water import DUST_MOST, WATER_MOST, darkness
from candlefish.sim.inputs import InputKind
from tests.sim.visitors import gentle, make_world, nobody, point, visit


def scattered(x: list[float], y: list[float], light: list[float], passes: int = 0) -> LightGrid:
    field = LightGrid(32, 16, 64)
    field.scatter(*(np.array(values, np.float32) for values in (x, y, light)))
    field.blur(passes)
    return field


def test_light_is_shared_among_the_four_cells_it_touches() -> None:
    field = scattered([8.25 / 32], [4.75 / 16], [1.0])
    assert field.values[4:6, 7:9] == pytest.approx(np.array([[0.1875, 0.5625], [0.0625, 0.1875]]), abs=1e-4)
    assert field.values.sum() == pytest.approx(1.0)


@pytest.mark.parametrize("passes", [0, 1, 3])
def test_softening_keeps_all_light_and_moves_none(passes: int) -> None:
    field = scattered([0.5, 0.4], [0.5, 0.6], [2.0, 1.0], passes)
    columns = np.arange(32) + 0.5
    assert field.values.sum() == pytest.approx(3.0, rel=1e-5)
    middle = float((field.values.sum(axis=0) * columns).sum() / 3.0)
    assert middle == pytest.approx(32 * (0.5 * 2.0 + 0.4) / 3.0, abs=1e-3)


def test_a_point_that_glides_makes_no_jump() -> None:
    """Whole-pixel scatter would shimmer: the brightest cell's light changes by half from step to step."""
    peaks = [scattered([0.5 + i / 640], [0.5], [1.0], 1).values.max() for i in range(20)]
    assert np.abs(np.diff(peaks)).max() < 0.03


def test_places_outside_are_harmless() -> None:
    field = scattered([-5.0, 9.0, 0.5], [0.5, 0.5, 40.0], [1.0, 1.0, 1.0])
    assert field.values.sum() == 0.0


def test_the_magnifier_is_linear_between_cells() -> None:
    small = LightGrid(8, 6, 4)
    small.values[...] = np.arange(8, dtype=np.float32)[None, :]
    out = np.zeros((24, 32), np.float32)
    Magnifier(8, 6).enlarge(small, out)
    inner = out[4:-4, 4:-4]
    assert np.allclose(np.diff(inner, axis=1), 0.25)
    assert np.allclose(np.diff(inner, axis=0), 0.0)


def test_dithered_colours_average_to_the_colour_asked_for() -> None:
    ramp = Lut(opaque=True)
    assert ramp.set([(0.0, (10.0, 20.0, 30.0)), (1.0, (11.0, 40.0, 30.5))])
    assert not ramp.set([(0.0, (10.0, 20.0, 30.0)), (1.0, (11.0, 40.0, 30.5))])
    index = (dither_offsets(16, 16) + np.float32(0.5 * (LUT_LEVELS - 1))).astype(np.intp)
    pixels = ramp.colours(index)
    channels = pixels.view(np.uint8).reshape(16, 16, 4).mean(axis=(0, 1))
    assert channels == pytest.approx([10.5, 30.0, 30.25, 255.0], abs=0.15)
    assert np.unique(pixels).size > 1, "dark gradients must not band"


def test_no_channel_can_run_over_into_the_next() -> None:
    """Water, plankton and light are added as packed colours: their limits must leave room for each other."""
    world, scene = make_world(), Scene("rich")
    world.appearance.glow, world.scenery.celebration = 1.5, 1.0
    world.scenery.dust.light[:] = 1.0
    for moment in range(20):
        point(world, 640, 30.0 * moment, InputKind.FEED)
        point(world, 640, 360, InputKind.DOWN)
        visit(world, nobody, 0.05)
        world.scenery.dust.light[:] = 1.0
        scene.render(world)
        pixels = scene.list.pixels
        alpha = pixels[pixels != 0] >> np.uint32(24)
        assert alpha.min() == alpha.max() == 255
    assert all(a + b < 255 for a, b in zip(WATER_MOST, DUST_MOST, strict=True))


@pytest.mark.parametrize("size", [(1280, 720), (320, 120), (390, 844), (16, 16), (16384, 16), (2560, 1440)])
def test_the_grid_fits_any_box(size: tuple[float, float]) -> None:
    columns, rows = grid_for(size, 36_864)
    assert columns % 4 == rows % 4 == 0
    assert 64 <= columns * rows <= 36_864


def test_a_steady_frame_leaves_nothing_behind() -> None:
    world, scene = make_world(), Scene()
    visit(world, gentle(1), 1.0)
    for _ in range(20):
        scene.render(world)
    tracemalloc.start()
    before = tracemalloc.get_traced_memory()[0]
    for _ in range(60):
        world.advance(1 / 60)
        scene.render(world)
    grown = tracemalloc.get_traced_memory()[0] - before
    tracemalloc.stop()
    assert grown < 100_000, "one picture's worth of light is 147 kB"


def test_every_second_frame_shows_a_new_picture_of_the_water() -> None:
    world, scene = make_world(), Scene()
    visit(world, gentle(1), 0.5)
    fresh, changed = [], []
    for _ in range(7):
        world.advance(1 / 60)
        before = scene.list.pixels.copy()
        ops = list(operations(scene.buffer, scene.render(world)))
        fresh.append(next(fixed[3] for op, fixed, _ in ops if op is Op.FIELD))
        changed.append(bool((before != scene.list.pixels).any()))
    assert fresh == [1, 0, 1, 0, 1, 0, 1]
    assert changed == [bool(one) for one in fresh]


def test_after_a_jump_in_time_the_picture_is_whole() -> None:
    world, scene = make_world(), Scene()
    for _ in range(4):
        world.advance(1 / 60)
        scene.render(world)
    visit(world, gentle(1), 2.0)
    scene.render(world)
    whole = Scene()
    whole.render(world)
    assert (scene.list.pixels == whole.list.pixels).all()


def test_the_picture_lies_behind_the_operations_in_one_buffer() -> None:
    scene = Scene()
    assert len(scene.buffer) == CAPACITY + scene.effects.cells
    assert np.shares_memory(scene.buffer, scene.list.pixels)


def test_plankton_shines_where_the_pointer_has_passed() -> None:
    world = make_world(seed=3)
    visit(world, nobody, 0.5)
    at_rest = float(world.scenery.wake.light[30, 58])
    for step in range(30):
        point(world, 900.0 + 12.0 * step, 610.0)
        visit(world, nobody, 1 / 60)
    assert float(world.scenery.wake.light[30, 55:62].max()) > at_rest + 0.2
    stirred = float(np.abs(world.scenery.wake.u).max())
    visit(world, nobody, 8.0)
    assert float(np.abs(world.scenery.wake.u).max()) < stirred


def test_nights_are_darker_than_days() -> None:
    assert darkness(1.5) == 1.0
    assert darkness(13.0) == 0.0
    assert max(abs(darkness(h / 60 + 1 / 60) - darkness(h / 60)) for h in range(1439)) < 0.01
