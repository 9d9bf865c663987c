"""The geometry of the fish: marks, parts of a body that turns, fins."""

import math

import numpy as np
import pytest

from candlefish.draw.body import Body
from candlefish.draw.displaylist import Op, operations
from candlefish.draw.fins import Fins, edge, paddle, tail
from candlefish.draw.scene import Scene
from candlefish.sim.spine import STATIONS
from candlefish.sim.world import World
from tests.sim.visitors import make_world


def facing(yaw: float, tail_yaw: float) -> World:
    world = make_world()
    spine = world.fish.spine
    spine.settle(yaw, 0.0)
    spine.yaw[:] = np.linspace(yaw, tail_yaw, STATIONS)
    return world


def test_marks_lie_on_the_edges_and_on_the_middle_line() -> None:
    body = Body()
    along = np.linspace(0.0, 1.0, STATIONS)
    back, belly = (body.mark(along, np.full(STATIONS, height)) for height in (1.0, -1.0))
    middle = body.mark(along, np.zeros(STATIONS), depth=0.0)
    body.pose(make_world())
    assert body.places[back] == pytest.approx(body.back)
    assert body.places[belly] == pytest.approx(body.belly)
    assert body.places[middle] == pytest.approx(body.spine)


def test_a_mark_between_two_joints_is_between_them() -> None:
    body = Body()
    mark = body.mark(np.array([2.25 / (STATIONS - 1)]), np.zeros(1), depth=0.0)
    body.pose(make_world())
    assert body.places[mark][0] == pytest.approx(0.75 * body.spine[2] + 0.25 * body.spine[3])


def test_a_body_that_turns_is_drawn_in_parts_the_head_last() -> None:
    body = Body()
    body.pose(facing(0.2, 0.2))
    assert body.parts() == (slice(0, STATIONS),)
    body.pose(facing(2.2, 1.0))
    far, near = body.parts()
    assert near.start == 0 and far.stop == STATIONS
    assert far.start < near.stop, "they overlap, so no gap shows"
    assert near.stop < STATIONS - 1


def eyes(world: World) -> int:
    scene = Scene()
    ops = operations(scene.buffer, scene.render(world))
    return sum(op is Op.ELLIPSE for op, _, _ in ops) // 6


def test_head_on_both_eyes_show() -> None:
    assert eyes(facing(0.2, 0.2)) == 1
    assert eyes(facing(math.pi / 2, math.pi / 2)) == 2


def test_skins_reach_from_root_to_tip_and_fall_back_between_tips() -> None:
    body = Body()
    fins = Fins(
        body, (tail(9), edge(0.25, 0.74, 6, 0.17, 0.75, above=True), paddle(0.275, -0.36, 7, 0.18, 0.55))
    )
    body.pose(make_world())
    fins.shape(body, 0.5, 0.5, 0.0)
    for index, rays in enumerate((9, 6, 7)):
        which = slice(index, index + 1)
        own = fins.rays_of(which)
        assert len(own) == rays
        ((skin, middle, reach),) = fins.skins(which)
        assert skin[0] == pytest.approx(own[0, 0])
        assert skin[-1] == pytest.approx(own[-1, 0])
        assert middle == pytest.approx(own[:, 0].mean(axis=0))
        assert reach == pytest.approx(np.hypot(*(own[:, -1] - middle).T).max())
        tips, between = skin[7 : 7 + 2 * rays - 1 : 2], skin[8 : 7 + 2 * rays - 2 : 2]
        assert tips == pytest.approx(own[:, -1])
        straight = (tips[:-1] + tips[1:]) / 2
        roots = (own[:-1, 0] + own[1:, 0]) / 2
        assert between == pytest.approx(0.9 * straight + 0.1 * roots)
