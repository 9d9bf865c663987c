"""The vector scene: operations of its own for deep water, and none of a light field."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest

from candlefish.draw.display_list import FADES, OPS, Floats, Op, Slot, operations, read_operations
from candlefish.draw.scene import Scene
from candlefish.draw.vector import (
    GRADIENT_FADES,
    VECTOR_OPS,
    Gradient,
    VectorOp,
    VectorScene,
    gradient_colours,
)
from tests.sim.visitors import gentle, make_world, visit

if TYPE_CHECKING:
    from candlefish.sim.world import World


def ops_of(scene: VectorScene, world: World) -> list[tuple[Op | VectorOp, tuple[float, ...], Floats]]:
    return list(read_operations(scene.list.buffer, scene.render(world), VECTOR_OPS))


def visited() -> World:
    world = make_world()
    visit(world, gentle(1), 2.0)
    return world


def test_no_operation_of_one_scene_is_known_to_the_other() -> None:
    own, field = set(VECTOR_OPS) - set(OPS), set(OPS) - set(VECTOR_OPS)
    assert own == set(VectorOp)
    assert field == {Op.BACKGROUND, Op.TINT, Op.FIELD}
    assert not {op.value for op in own} & {op.value for op in Op}
    scene, world = Scene(), make_world()
    with pytest.raises(ValueError, match="unknown operation"):
        list(read_operations(scene.buffer, scene.render(world), VECTOR_OPS))
    vector = VectorScene()
    with pytest.raises(ValueError, match="unknown operation 32 at 0"):
        list(operations(vector.list.buffer, vector.render(world)))


def test_it_alone_draws_the_halo_the_trail_and_the_plankton_before_the_fish() -> None:
    world, scene = visited(), Scene("rich")
    vector = [op for op, _, _ in ops_of(VectorScene("rich"), world)]
    field = [op for op, _, _ in operations(scene.buffer, scene.render(world))]
    assert vector.count(Op.SPRITES) == field.count(Op.SPRITES) + 3
    assert vector.count(Op.FISH) == field.count(Op.FISH) == 2
    assert vector[-1] is field[-1] is Op.END


@pytest.mark.parametrize(("level", "shafts"), [("minimal", 3), ("standard", 6), ("rich", 8)])
def test_its_deep_water_is_as_the_level_says(level: str, shafts: int) -> None:
    ops = ops_of(VectorScene(level), make_world())
    codes = [op for op, _, _ in ops]
    assert codes.count(VectorOp.SHAFT) == shafts
    assert codes.count(VectorOp.WATER) == codes.count(VectorOp.POOL) == 1
    assert all(np.isfinite(fixed).all() for _, fixed, _ in ops)


def test_the_fish_lights_what_is_around_it() -> None:
    world, scene = make_world(), VectorScene()
    for glow, alpha in ((0.0, 0.0), (1.0, 0.27)):
        world.appearance.glow = glow
        (pool,) = [fixed for op, fixed, _ in ops_of(scene, world) if op is VectorOp.POOL]
        assert pool[4] == pytest.approx(alpha)


def test_a_transparent_one_has_no_deep_water_but_the_fishs_light() -> None:
    codes = {op for op, _, _ in ops_of(VectorScene(transparent=True), make_world())}
    assert codes & set(VectorOp) == {VectorOp.GRADIENT, VectorOp.POOL}


def test_each_sprite_has_a_gradient_of_its_name_and_fade() -> None:
    assert set(gradient_colours(make_world())) == set(Gradient) == set(GRADIENT_FADES)
    for slot in Slot:
        assert GRADIENT_FADES[Gradient[slot.name]] == FADES[slot]


def test_an_unknown_effects_level_is_refused() -> None:
    with pytest.raises(ValueError, match=r"effects.*minimal.*lots"):
        VectorScene("lots")
