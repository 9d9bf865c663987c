"""The vector scene, for SVG: deep water as gradients in place of a light field, by operations of its own."""

from __future__ import annotations

import math
from enum import IntEnum
from typing import TYPE_CHECKING

import numpy as np

from candlefish.draw.colour import mix, stepped
from candlefish.draw.creature import Creature
from candlefish.draw.display_list import FADES, OPS, Blend, DisplayList, Op, Slot
from candlefish.draw.effects import effects_level
from candlefish.draw.particles import Particles, sprite_colours
from candlefish.sim.anatomy import ANATOMY
from candlefish.sim.particles import TRAIL_LIFE_S, TRAIL_POINTS
from candlefish.sim.water import WATER

if TYPE_CHECKING:
    from candlefish.draw.effects import Effects
    from candlefish.sim.anatomy import Anatomy
    from candlefish.sim.tuning import Colour
    from candlefish.sim.water import WaterStyle
    from candlefish.sim.world import World


class Gradient(IntEnum):
    """The radial gradients of a vector scene: the sprites', and those of its deep water."""

    GLOW = 0
    CORE = 1
    MOTE = 2
    SHAFT = 3
    BUBBLE = 4
    HAZE = 5


SHAFT_FADE = (0.9, 0.68, 0.38, 0.17, 0.05, 0)
"""Alphas of a shaft of light from its brightest place out, across half its width and down all of it.

One gradient, and no mask: that costs a quarter of the picture's first paint.
"""
GRADIENT_FADES: dict[Gradient, tuple[float, ...]] = {
    **{Gradient[slot.name]: fade for slot, fade in FADES.items()},
    Gradient.SHAFT: SHAFT_FADE,
    Gradient.HAZE: (1, 0.86, 0.66, 0.44, 0.26, 0.13, 0.05, 0.013, 0),
}
"""Alphas of each gradient from the middle out, at even offsets."""


class VectorOp(IntEnum):
    """Operation codes that only a vector scene has."""

    GRADIENT = 32
    WATER = 33
    HAZE = 34
    POOL = 35
    SHAFT = 36


VECTOR_OPS: dict[Op | VectorOp, tuple[str, ...]] = {
    **{op: names for op, names in OPS.items() if op not in {Op.BACKGROUND, Op.TINT, Op.FIELD}},
    VectorOp.GRADIENT: ("gradient", "r", "g", "b"),
    VectorOp.WATER: ("x", "y", "r0", "g0", "b0", "r1", "g1", "b1", "r2", "g2", "b2"),
    VectorOp.HAZE: ("x", "y", "width", "height", "alpha"),
    VectorOp.POOL: ("x", "y", "width", "height", "alpha"),
    VectorOp.SHAFT: ("x", "y", "width", "height", "turn", "alpha"),
}
"""Fixed operands of each operation of a vector scene; those of deep water are:

GRADIENT: a gradient's colour. WATER: covers everything with a radial gradient of three colours, in the
middle, at 0.62 of the radius and at its end. HAZE: light from above or below. POOL: the fish's own light on
what is around it. SHAFT: of light, turned by rad. All are centred at x, y.
"""


class VectorScene:
    """Renders worlds for SVG into `list`."""

    def __init__(
        self,
        effects: str = "minimal",
        *,
        transparent: bool = False,
        anatomy: Anatomy = ANATOMY,
        water: WaterStyle = WATER,
    ) -> None:
        """Choose an effects level; a `transparent` scene has no water, only what lives and glows in it.

        Raises:
            ValueError: no such level.
        """
        self.effects: Effects = effects_level(effects)
        self.transparent = transparent
        self.list = DisplayList(ops=VECTOR_OPS)
        self._water = water
        self._particles = Particles(self.effects, water)
        self._creature = Creature(self.effects, anatomy)
        spread = np.arange(self.effects.vector_shafts)
        self._shaft_at = (0.08 + 0.84 * ((spread + 0.5) / len(spread)) + 0.04 * np.sin(spread * 2.7)).tolist()
        self._shaft_phase = (spread * 1.9).tolist()
        self._shaft_width = (
            water.vector.shaft_width + water.vector.shaft_uneven * np.sin(spread * 4.1 + 1.0)
        ).tolist()

    def render(self, world: World) -> int:
        """Write one frame and return the number of floats in use."""
        out = self.list
        out.clear()
        for gradient, colour in sorted(gradient_colours(world, self._water).items()):
            out.put(VectorOp.GRADIENT, gradient, *colour)
        if self.transparent:
            out.blend(Blend.ADD)
            self._pool(out, world)
        else:
            self._deep(out, world)
        out.blend(Blend.ADD)
        if self.effects.vector_trail:
            self._trail(out, world)
        self._particles.behind(out, world)
        self._creature.draw(out, world, halo=True)
        self._particles.before(out, world)
        return out.end()

    def _deep(self, out: DisplayList, world: World) -> None:
        appearance, (width, height) = world.appearance, world.size
        style = self._water.vector
        corner = mix(appearance.water_edge, self._water.colours.abyss, style.corner)
        out.put(
            VectorOp.WATER,
            0.5 * width,
            style.middle_y * height,
            *appearance.water_centre,
            *appearance.water_edge,
            *corner,
        )
        out.blend(Blend.ADD)
        out.put(VectorOp.HAZE, 0.5 * width, -0.05 * height, 1.5 * width, 1.3 * height, style.haze_above)
        drift = 0.5 + 0.12 * math.sin(0.07 * world.time_s)
        out.put(VectorOp.HAZE, drift * width, 1.02 * height, 1.3 * width, 0.7 * height, style.haze_below)
        self._pool(out, world)
        self._shafts(out, world)
        out.blend(Blend.OVER)

    def _pool(self, out: DisplayList, world: World) -> None:
        fish, length, style = world.fish, world.fish.length_px, self._water.vector
        glow = world.appearance.glow + self._water.fish_light.joy * world.scenery.celebration
        wide, high = style.pool_width * length, style.pool_height * length
        out.put(VectorOp.POOL, fish.x, fish.y + 0.05 * length, wide, high, style.pool_alpha * glow)

    def _shafts(self, out: DisplayList, world: World) -> None:
        """Shafts of light that sway and breathe, each at its own slow pace."""
        (width, height), style = world.size, self._water.vector
        for at, phase, wide in zip(self._shaft_at, self._shaft_phase, self._shaft_width, strict=True):
            sway = math.sin(style.shaft_sway_rad_s * world.time_s + phase)
            turn = 0.20 * (at - 0.5) * -2.0 + 0.05 * sway
            strength = 0.5 + 0.5 * math.sin(style.shaft_breath_rad_s * world.time_s + 2.3 * phase)
            out.put(
                VectorOp.SHAFT,
                (at + 0.015 * sway) * width,
                0.40 * height,
                wide * (0.9 + 0.25 * strength) * width,
                1.35 * height,
                turn,
                style.shaft_alpha + style.shaft_alpha_breath * strength,
            )

    def _trail(self, out: DisplayList, world: World) -> None:
        """The light that stays behind for a moment, spreading as it fades."""
        trail, style = world.scenery.trail, self._water.trail
        fade = 1.0 - trail.age_s / np.float32(TRAIL_LIFE_S)
        rows = out.sprites(Slot.GLOW, TRAIL_POINTS)
        rows[:, 0], rows[:, 1] = trail.x, trail.y
        rows[:, 2] = world.fish.length_px * (style.size + style.size_gone * (1.0 - fade))
        rows[:, 3] = style.alpha * world.appearance.glow * trail.strength * fade * fade


def gradient_colours(world: World, water: WaterStyle = WATER) -> dict[Gradient, Colour]:
    """Return the colour of each gradient."""
    appearance, style = world.appearance, water.vector
    colours = {Gradient[slot.name]: shade for slot, shade in sprite_colours(appearance.colour, water).items()}
    colours[Gradient.SHAFT] = stepped(mix(style.shaft_colour, appearance.colour, style.shaft_tinge))
    colours[Gradient.HAZE] = stepped(mix(water.colours.speck, appearance.water_centre, style.haze_tinge))
    return colours
