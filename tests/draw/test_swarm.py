import numpy as np
import pytest

from candlefish.draw.displaylist import Op, operations
from candlefish.draw.ramp import OPAQUE
from candlefish.draw.swarm import WATER, Swarm


def test_a_frame_is_one_picture() -> None:
    swarm = Swarm(1280, 720, 500)
    ops = list(operations(swarm.list.buffer, swarm.render()))
    assert [op for op, _, _ in ops] == [Op.FIELD, Op.END]
    assert ops[0][1][1:3] == swarm.size == (212.0, 120.0)


@pytest.mark.parametrize("count", [1, 150, 50_000])
def test_particles_glow_on_dark_water(count: int) -> None:
    swarm = Swarm(1280, 720, count)
    swarm.render()
    columns, rows = swarm.size
    pixels = swarm.list.pixels[: columns * rows]
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
    swarm = Swarm(1280, 720, 1)
    swarm.render()
    red = (swarm.list.pixels[: 212 * 120] & np.uint32(255)).reshape(120, 212)
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
