"""What drifts about the fish, as operations of the display list: plankton, ripples, bubbles and food."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from candlefish.draw.colour import WHITE, mix, saturate, stepped
from candlefish.draw.display_list import Blend, DisplayList, Slot
from candlefish.sim.food import LIFE_S as FOOD_LIFE_S
from candlefish.sim.food import Piece
from candlefish.sim.water import WATER

if TYPE_CHECKING:
    from candlefish.draw.effects import Effects
    from candlefish.sim.tuning import Colour
    from candlefish.sim.water import WaterStyle
    from candlefish.sim.world import World

RING_POINTS = 28
_RING = np.linspace(0.0, math.tau, RING_POINTS)
_CIRCLE = np.stack((np.cos(_RING), np.sin(_RING)), axis=1)


def sprite_colours(colour: Colour, water: WaterStyle = WATER) -> dict[Slot, Colour]:
    """Return the colour of each sprite where the mood's is `colour`."""
    plankton, bubbles = water.plankton, water.bubbles
    speck = mix(mix(water.colours.speck, colour, plankton.tinge), WHITE, plankton.whiten)
    return {
        Slot.GLOW: stepped(saturate(colour, water.colours.saturation)),
        Slot.CORE: stepped(mix(colour, WHITE, 0.62)),
        Slot.MOTE: stepped(speck),
        Slot.BUBBLE: stepped(mix(bubbles.tint, colour, bubbles.tinge)),
    }


class Particles:
    """Writes all that is drawn one by one, but for the fish."""

    def __init__(self, effects: Effects, water: WaterStyle = WATER) -> None:
        """Prepare for an effects level."""
        self._effects, self._style = effects, water

    def behind(self, out: DisplayList, world: World, detail: float = 1.0) -> None:
        """Write what lies behind the fish: far plankton, ripples, bubbles, food. All laid over."""
        out.blend(Blend.OVER)
        self._plankton(out, world, near=False, detail=detail)
        self._ripples(out, world)
        self._bubbles(out, world)
        self._food(out, world)

    def before(self, out: DisplayList, world: World) -> None:
        """Write the plankton that drifts before the fish, where no light field has it."""
        out.blend(Blend.ADD)
        self._plankton(out, world, near=True)

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
        style = self._style.plankton
        scale = style.small + style.small_rise * world.scale
        turn = np.float32((style.twinkle_rad_s * world.time_s) % math.tau)
        twinkle = np.sin(field.phase[chosen] + turn)
        if near:
            nearness = (depth - style.near_depth) / (1.0 - style.near_depth)
            rows[:, 2] = scale * (style.near_px + style.near_depth_px * nearness)
            rows[:, 3] = (style.near_alpha + style.near_twinkle * twinkle) * (1.0 + light)
        else:
            rows[:, 2] = scale * (
                style.far_px + style.far_depth_px * depth * depth + style.far_light_px * light * depth
            )
            alphas = style.far_alpha + style.far_depth_alpha * depth * depth
            lit = style.far_light_base + style.far_light_depth * depth
            alphas *= style.far_steady + style.far_twinkle * twinkle
            rows[:, 3] = alphas + style.far_light_alpha * light * lit

    def _ripples(self, out: DisplayList, world: World) -> None:
        style = self._style.ripples
        light = mix(world.appearance.colour, WHITE, style.whiten)
        for ring in world.scenery.ripples.rings:
            if ring.age_s <= 0.0:
                continue
            gone = 1.0 - (1.0 - ring.progress) ** style.spread_power
            fade = (1.0 - ring.progress) ** style.fade_power
            width = style.line_px + style.line_new_px * (1.0 - gone)
            for share, strength in ((1.0, style.alpha), (style.inner, style.inner_alpha)):
                circle = _CIRCLE * (ring.radius_px * gone * share)
                circle += (ring.x, ring.y)
                out.strokes(circle[None], light, strength * ring.strength * fade, width)

    def _bubbles(self, out: DisplayList, world: World) -> None:
        bubbles = world.scenery.bubbles.all
        if not bubbles:
            return
        style = self._style.bubbles
        rows = out.sprites(Slot.BUBBLE, len(bubbles))
        for index, bubble in enumerate(bubbles):
            shown = min(1.0, bubble.age_s * 4.0) * min(1.0, max(0.0, bubble.y / 30.0))
            rows[index] = (bubble.x, bubble.y, style.size * bubble.radius_px, style.alpha * shown)

    def _food(self, out: DisplayList, world: World) -> None:
        pieces = world.food.pieces
        if not pieces:
            return
        style = self._style.food
        for slot, size, strength in (
            (Slot.GLOW, style.glow_px, style.glow_alpha),
            (Slot.CORE, style.core_px, style.core_alpha),
        ):
            rows = out.sprites(slot, len(pieces))
            for index, piece in enumerate(pieces):
                rows[index] = (piece.x, piece.y, size * self._sparkle(piece), strength * self._left(piece))

    def _sparkle(self, piece: Piece) -> float:
        style = self._style.food
        return 1.0 + style.sparkle * math.sin(style.sparkle_rad_s * piece.age_s + piece.start_x)

    def _left(self, piece: Piece) -> float:
        """Return 0…1: it fades in at once and out over its last moments."""
        style = self._style.food
        return min(1.0, style.appear_per_s * piece.age_s, (FOOD_LIFE_S - piece.age_s) / style.fade_s)
