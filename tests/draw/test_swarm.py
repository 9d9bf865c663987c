import numpy as np
import pytest

from candlefish.draw.colour import OPAQUE
from candlefish.draw.display_list import Op, operations
from candlefish.draw.swarm import WATER, FieldPicture, Swarm


def test_a_frame_is_one_picture() -> None:
    swarm = Swarm(1280, 720, 500)
    ops = list(operations(swarm.list.buffer, swarm.render()))
    assert [op for op, _, _ in ops] == [Op.FIELD, Op.END]
    assert ops[0][1][1:3] == (212.0, 120.0)
    assert swarm.size == (3 * 212, 3 * 120), "the page doubles it"


def test_a_few_are_sprites_on_water_of_one_colour() -> None:
    swarm = Swarm(1280, 720, 150)
    kinds = [op.name for op, _, _ in operations(swarm.list.buffer, swarm.render())]
    assert kinds == ["TINT", "BACKGROUND", "BLEND", "SPRITES", "END"]
    assert tuple(swarm.size) == (1280, 720)
    swarm.advance(1 / 60)
    ops = list(operations(swarm.list.buffer, swarm.render()))
    assert [op.name for op, _, _ in ops] == kinds[1:], "tinted once"
    rows = ops[2][2].reshape(-1, 4)
    assert len(rows) == 150 and (rows[:, 2] == 24.0).all()
    assert rows[:, 0].max() > 1200.0 and rows[:, 1].max() > 680.0
    assert 0.44 < rows[:, 3].mean() < 0.65 and (rows[:, 3] <= 1.0).all()


@pytest.mark.parametrize("count", [301, 50_000])
def test_particles_glow_on_dark_water(count: int) -> None:
    swarm = Swarm(1280, 720, count)
    swarm.render()
    pixels = swarm.list.pixels[: 212 * 120]
    assert (pixels >= OPAQUE).all()
    red = pixels & np.uint32(255)
    assert red.max() > 2 * WATER[0]
    assert count > 10_000 or red.min() <= WATER[0] + 1


def test_particles_drift_and_stay_in_the_box() -> None:
    swarm = Swarm(1280, 720, 2000)
    before = swarm.x.copy()
    for _ in range(120):
        swarm.advance(1 / 60)
    moved = np.abs(swarm.x - before)
    assert 0.004 < np.median(np.minimum(moved, 1.0 - moved)) < 0.08
    assert (swarm.x >= 0.0).all() and (swarm.x <= 1.0).all()


def test_a_lone_particle_is_a_glow_of_the_size_asked_for() -> None:
    field = FieldPicture(1280.0, 720.0, 1)
    field.show(*np.array([[0.5], [0.5], [0.45]], np.float32))
    red = (field.list.pixels[: 212 * 120] & np.uint32(255)).reshape(120, 212)
    rows, columns = np.nonzero(red > WATER[0] + 4)
    assert 2 <= np.ptp(rows) + 1 <= 5 and 2 <= np.ptp(columns) + 1 <= 5, "24 px are four cells"


@pytest.mark.parametrize("count", [5_000, 50_000])
def test_a_crowd_is_still_a_crowd_and_not_a_white_sheet(count: int) -> None:
    swarm = Swarm(1280, 720, count)
    swarm.render()
    columns, rows = swarm.size
    red = swarm.list.pixels[: columns * rows] & np.uint32(255)
    assert red.std() > 15
    assert (red >= 254).mean() < 0.2
