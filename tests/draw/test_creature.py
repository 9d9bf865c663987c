"""The geometry of the fish: marks, a body that turns, fins."""

from __future__ import annotations

import math
from copy import deepcopy
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from candlefish.draw.body import Body
from candlefish.draw.display_list import Op, operations
from candlefish.draw.fins import Fins, edge, fins_of, pectoral, tail
from candlefish.draw.scene import Scene
from candlefish.draw.vector import VectorScene
from candlefish.sim.anatomy import ANATOMY, Anatomy
from candlefish.sim.clock import STEP_S
from candlefish.sim.fish import STATIONS
from candlefish.sim.inputs import InputKind
from candlefish.sim.moods import Mood
from candlefish.sim.world import World
from tests.draw.styles import others
from tests.sim.visitors import make_world, nobody, point, visit

if TYPE_CHECKING:
    from collections.abc import Sequence


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
    kinds = tail(ANATOMY.tail, 9), edge(ANATOMY.dorsal, 6, above=True), pectoral(ANATOMY.pectoral)
    fins = Fins(body, kinds)
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


@pytest.mark.parametrize(
    ("share", "rays"), [(1.0, [17, 12, 8, 4, 7]), (0.6, [10, 7, 5, 4, 7]), (0.0, [9, 6, 5, 4, 7])]
)
def test_a_creature_has_five_fins_of_at_least_their_least_rays(share: float, rays: list[int]) -> None:
    assert [len(fin.along) for fin in fins_of(ANATOMY, share)] == rays


def drawn(anatomy: Anatomy) -> bytes:
    """A frame of a fish of that anatomy, after a moment's swimming."""
    world = World(640, 360, seed=3, anatomy=anatomy, dust=0)
    visit(world, nobody, 0.5)
    scene = Scene(anatomy=anatomy)
    return scene.buffer[: scene.render(world)].tobytes()


def test_another_anatomy_is_another_fish_and_leaves_the_usual_one_alone() -> None:
    usual = drawn(ANATOMY)
    long_tail = ANATOMY.replaced(tail=ANATOMY.tail.replaced(length=0.8))
    assert drawn(long_tail) != usual
    assert drawn(long_tail.replaced(tail=ANATOMY.tail)) == usual == drawn(ANATOMY)


def swimming(anatomy: Anatomy) -> list[World]:
    """A fish of that anatomy, at moments of a visit: it turns to the pointer, hunts, and snaps at food."""
    world = World(320, 200, seed=3, anatomy=anatomy, dust=0)
    world.mind.hold(Mood.TRUSTING)
    point(world, 90, 100)
    worlds = []
    for step in range(130):
        if step == 50:
            point(world, 280, 180, InputKind.FEED)
        world.step()
        if step in {20, 49, 90, 129}:
            worlds.append(deepcopy(world))
    return worlds


def posed() -> list[World]:
    """A fish in the dark, head on with its mouth open, in a turn, and celebrating in full light."""
    worlds = [facing(0.3, 0.1), facing(math.pi / 2, 1.2), facing(0.4, 1.6), facing(2.9, 3.1)]
    for world, glow in zip(worlds, (0.1, 0.8, 0.8, 1.4), strict=True):
        world.appearance.glow, world.scenery.pulse, world.fish.spine.phase = glow, 0.3 * glow, 2.0
        world.clock.step = 100
    worlds[1].fish.mouth_open = 0.6
    for _ in range(10):
        worlds[2].fish.spine.update(2.4, 0.0, 0.0, 1.0, 0.5, STEP_S)
    for world, joy in zip(worlds[2:], (0.3, 1.0), strict=True):
        world.scenery.celebration = joy
    return worlds


def frames(worlds: Sequence[World], anatomy: Anatomy) -> list[bytes]:
    """What is drawn of them at the lowest effects and at the highest."""
    scenes = [VectorScene(level, anatomy=anatomy) for level in ("minimal", "rich")]
    return [scene.list.buffer[: scene.render(world)].tobytes() for world in worlds for scene in scenes]


UNSEEN = {"motion.room_x"}
"""Steering keeps the fish from the sides; this stops it where it is put there."""


@pytest.mark.slow
@pytest.mark.parametrize("table", list(Anatomy.specs))
def test_every_value_of_an_anatomy_shows(table: str) -> None:
    swims = table in {"body", "gait", "motion"}
    still, part = posed(), getattr(ANATOMY, table)

    def shown(changed: Any) -> list[bytes]:
        anatomy = ANATOMY.replaced(**{table: changed})
        return frames(swimming(anatomy) if swims else still, anatomy)

    usual, unseen = shown(part), set()
    for name, spec in part.specs.items():
        values = others(getattr(part, name), spec)
        if all(shown(part.replaced(**{name: value})) == usual for value in values):
            unseen.add(f"{table}.{name}")
    assert unseen == {name for name in UNSEEN if name.startswith(f"{table}.")}
