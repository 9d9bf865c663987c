"""The geometry of the fish: marks, a body that turns, fins."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from candlefish.draw.body import Body
from candlefish.draw.display_list import Op, operations
from candlefish.draw.fins import Fins, edge, paddle, tail
from candlefish.draw.scene import Scene
from candlefish.sim.clock import STEP_S
from candlefish.sim.fish import STATIONS
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


def test_from_the_side_the_edges_are_back_and_belly() -> None:
    body = Body()
    for yaw in (0.0, math.pi):
        body.pose(facing(yaw, yaw))
        edges = sorted(body.edges, key=lambda edge: edge[STATIONS // 2, 1])
        assert edges == pytest.approx(np.array([body.back, body.belly]), abs=0.01 * body.length_px)


def test_head_on_the_edges_are_the_flanks() -> None:
    body = Body()
    body.pose(facing(math.pi / 2, math.pi / 2))
    middle = body.edges.mean(axis=0)
    assert middle == pytest.approx((body.back + body.belly) / 2, abs=0.01 * body.length_px)
    widest = np.abs(body.edges[0] - middle)[STATIONS // 4]
    assert widest[0] > 4 * widest[1], "they lie to the right and to the left"


@settings(max_examples=100, deadline=None)
@given(
    first=st.floats(0.0, math.pi),
    then=st.floats(0.0, math.pi),
    steps=st.integers(0, 60),
    pitch=st.floats(-0.5, 0.5),
)
def test_in_a_turn_the_outline_stays_whole_and_holds_the_mouth(
    first: float, then: float, steps: int, pitch: float
) -> None:
    body = Body()
    lips = body.mark(np.array([0.004, 0.05]), np.array([-0.1, -0.4]))
    world = make_world()
    world.fish.spine.settle(first, pitch)
    for _ in range(steps):
        world.fish.spine.update(then, pitch, 0.0, 1.0, 0.5, STEP_S)
    world.fish.pitch = pitch
    body.pose(world)
    gaps = np.hypot(*np.diff(body.outline(), axis=0).T)
    assert gaps.max() < 0.25 * body.length_px, "no edge jumps across the body"
    from_edge = np.hypot(*(body.outline()[:, None] - body.places[lips]).transpose(2, 0, 1)).min(axis=0)
    assert from_edge.max() < 0.08 * body.length_px


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
