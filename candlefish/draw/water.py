"""The water: its colour, shafts of light, plankton, bubbles, food, trail and ripples."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from candlefish.draw.displaylist import Blend, DisplayList, Op, Slot
from candlefish.draw.palette import ABYSS, WHITE, mix
from candlefish.sim.food import LIFE_S as FOOD_LIFE_S
from candlefish.sim.food import Piece
from candlefish.sim.particles import TRAIL_LIFE_S, TRAIL_POINTS
from candlefish.sim.plankton import NEAR_DEPTH

if TYPE_CHECKING:
    from candlefish.draw.effects import Effects
    from candlefish.sim.steering import Vector
    from candlefish.sim.world import World

RING_POINTS = 28
_RING = np.linspace(0.0, math.tau, RING_POINTS)
_CIRCLE = np.stack((np.cos(_RING), np.sin(_RING)), axis=1)


def gradient_radius(size: Vector) -> float:
    """Return the radius of the background's gradient: 92 % of the normalised diagonal, px."""
    return 0.92 * math.hypot(*size) / math.sqrt(2.0)


class Water:
    """Draws everything but the fish."""

    def __init__(self, effects: Effects) -> None:
        """Prepare for an effects level."""
        self._effects = effects
        spread = np.arange(effects.beams)
        self._beam_at = (
            0.08 + 0.84 * ((spread + 0.5) / effects.beams) + 0.04 * np.sin(spread * 2.7)
        ).tolist()
        self._beam_phase = (spread * 1.9).tolist()
        self._beam_width = (0.11 + 0.05 * np.sin(spread * 4.1 + 1.0)).tolist()

    def deep(self, out: DisplayList, world: World, *, transparent: bool = False) -> None:
        """Write the deep water as gradients and sprites, where there is no light field.

        Of a `transparent` one, only the light of the fish.
        """
        if transparent:
            out.blend(Blend.ADD)
            self._pool(out, world)
        else:
            self._painted(out, world)
        if self._effects.trail:
            self._trail(out, world)

    def _painted(self, out: DisplayList, world: World) -> None:
        size = world.size
        look = world.appearance
        out.put(Op.LAYER, self._effects.layer)
        corner = mix(look.water_edge, ABYSS, 0.6)
        out.background(
            0.5 * size[0], 0.42 * size[1], gradient_radius(size), look.water_centre, look.water_edge, corner
        )
        out.blend(Blend.ADD)
        self._haze(out, world)
        self._beams(out, world)
        out.put(Op.LAYER, 0.0)
        out.blend(Blend.ADD)

    def behind(self, out: DisplayList, world: World, detail: float = 1.0) -> None:
        """Write what lies behind the fish: far plankton, ripples, bubbles, food. All laid over."""
        out.blend(Blend.OVER)
        self._plankton(out, world, near=False, detail=detail)
        self._ripples(out, world)
        self._bubbles(out, world)
        self._food(out, world)

    def front(self, out: DisplayList, world: World) -> None:
        """Write what drifts before the fish."""
        out.blend(Blend.ADD)
        self._plankton(out, world, near=True)

    def _haze(self, out: DisplayList, world: World) -> None:
        """Light from above, and the fish's light far into the water."""
        width, height = world.size
        t = world.time_s
        rows = out.beams(Slot.WATER, 2)
        rows[0] = (0.5 * width, -0.05 * height, 1.5 * width, 1.3 * height, 0.0, 0.15)
        drift = 0.5 + 0.12 * math.sin(0.07 * t)
        rows[1] = (drift * width, 1.02 * height, 1.3 * width, 0.7 * height, 0.0, 0.03)
        self._pool(out, world)

    @staticmethod
    def _pool(out: DisplayList, world: World) -> None:
        """The fish's own light on what is around it."""
        fish, length = world.fish, world.fish.length_px
        pool = out.beams(Slot.GLOW, 1)
        glow = world.appearance.glow + 0.5 * world.scenery.celebration
        pool[0] = (fish.x, fish.y + 0.05 * length, 3.4 * length, 2.7 * length, 0.0, 0.27 * glow)

    def _beams(self, out: DisplayList, world: World) -> None:
        """Shafts of light that sway and breathe, each at its own slow pace."""
        width, height = world.size
        rows = out.beams(Slot.BEAM, self._effects.beams)
        for index, (at, phase, wide) in enumerate(
            zip(self._beam_at, self._beam_phase, self._beam_width, strict=True)
        ):
            sway = math.sin(0.11 * world.time_s + phase)
            turn = 0.20 * (at - 0.5) * -2.0 + 0.05 * sway
            strength = 0.5 + 0.5 * math.sin(0.17 * world.time_s + 2.3 * phase)
            rows[index] = (
                (at + 0.015 * sway) * width,
                0.40 * height,
                wide * (0.9 + 0.25 * strength) * width,
                1.35 * height,
                turn,
                0.05 + 0.12 * strength,
            )

    def _plankton(self, out: DisplayList, world: World, near: bool, detail: float = 1.0) -> None:
        """Specks of light: dim far ones, big soft near ones, all brighter where something passed."""
        field = world.scenery.plankton
        shown = max(1, round(field.count * self._effects.motes * detail))
        chosen = field.near if near else field.far
        chosen = chosen[: int(np.searchsorted(chosen, shown))]
        if not len(chosen):
            return
        alpha = np.float32(world.clock.alpha)
        depth, light = field.depth[chosen], field.light[chosen]
        rows = out.sprites(Slot.MOTE, len(chosen))
        for column, at, before, extent in (
            (0, field.x, field.previous_x, world.width_px),
            (1, field.y, field.previous_y, world.height_px),
        ):
            start = before[chosen]
            rows[:, column] = (start + (at[chosen] - start) * alpha) * np.float32(extent)
        scale = 0.4 + 0.6 * world.scale
        twinkle = np.sin(field.phase[chosen] + np.float32((0.8 * world.time_s) % math.tau))
        if near:
            rows[:, 2] = scale * (16.0 + 60.0 * (depth - NEAR_DEPTH) / (1.0 - NEAR_DEPTH))
            rows[:, 3] = (0.05 + 0.02 * twinkle) * (1.0 + light)
        else:
            rows[:, 2] = scale * (2.2 + 4.6 * depth * depth + 5.0 * light * depth)
            rows[:, 3] = (0.07 + 0.34 * depth * depth) * (0.78 + 0.22 * twinkle) + 0.6 * light * (
                0.3 + 0.7 * depth
            )

    def _trail(self, out: DisplayList, world: World) -> None:
        """The light that stays behind for a moment, spreading as it fades."""
        trail = world.scenery.trail
        fade = 1.0 - trail.age_s / np.float32(TRAIL_LIFE_S)
        rows = out.sprites(Slot.GLOW, TRAIL_POINTS)
        rows[:, 0], rows[:, 1] = trail.x, trail.y
        rows[:, 2] = world.fish.length_px * (0.10 + 0.22 * (1.0 - fade))
        rows[:, 3] = 0.085 * world.appearance.glow * trail.strength * fade * fade

    def _ripples(self, out: DisplayList, world: World) -> None:
        light = mix(world.appearance.colour, WHITE, 0.35)
        for ring in world.scenery.ripples.rings:
            if ring.age_s <= 0.0:
                continue
            gone = 1.0 - (1.0 - ring.progress) ** 2.2
            for share, strength in ((1.0, 0.42), (0.72, 0.2)):
                circle = _CIRCLE * (ring.radius_px * gone * share)
                circle += (ring.x, ring.y)
                fade = (1.0 - ring.progress) ** 1.5
                out.strokes(circle[None], light, strength * ring.strength * fade, 1.0 + 1.6 * (1.0 - gone))

    def _bubbles(self, out: DisplayList, world: World) -> None:
        bubbles = world.scenery.bubbles.all
        if not bubbles:
            return
        rows = out.sprites(Slot.BUBBLE, len(bubbles))
        for index, bubble in enumerate(bubbles):
            shown = min(1.0, bubble.age_s * 4.0) * min(1.0, max(0.0, bubble.y / 30.0))
            rows[index] = (bubble.x, bubble.y, 2.6 * bubble.radius_px, 0.62 * shown)

    def _food(self, out: DisplayList, world: World) -> None:
        pieces = world.food.pieces
        if not pieces:
            return
        for slot, size, strength in ((Slot.GLOW, 34.0, 0.55), (Slot.CORE, 9.0, 1.0)):
            rows = out.sprites(slot, len(pieces))
            for index, piece in enumerate(pieces):
                rows[index] = (piece.x, piece.y, size * self._sparkle(piece), strength * self._left(piece))

    @staticmethod
    def _sparkle(piece: Piece) -> float:
        return 1.0 + 0.16 * math.sin(7.0 * piece.age_s + piece.start_x)

    @staticmethod
    def _left(piece: Piece) -> float:
        """Return 0…1: it fades in at once and out over its last second and a half."""
        return min(1.0, 6.0 * piece.age_s, (FOOD_LIFE_S - piece.age_s) / 1.5)
