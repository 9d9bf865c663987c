"""What drifts about the fish, as operations of the display list: plankton, ripples, bubbles and food."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from candlefish.draw.colour import TEAL, WHITE, mix, saturate, stepped
from candlefish.draw.display_list import Blend, DisplayList, Slot
from candlefish.sim.food import LIFE_S as FOOD_LIFE_S
from candlefish.sim.food import Piece
from candlefish.sim.plankton import NEAR_DEPTH

if TYPE_CHECKING:
    from candlefish.draw.effects import Effects
    from candlefish.sim.tuning import Colour
    from candlefish.sim.world import World

RING_POINTS = 28
_RING = np.linspace(0.0, math.tau, RING_POINTS)
_CIRCLE = np.stack((np.cos(_RING), np.sin(_RING)), axis=1)


def sprite_colours(colour: Colour) -> dict[Slot, Colour]:
    """Return the colour of each sprite where the mood's is `colour`."""
    return {
        Slot.GLOW: stepped(saturate(colour, 1.35)),
        Slot.CORE: stepped(mix(colour, WHITE, 0.62)),
        Slot.MOTE: stepped(mix(mix(TEAL, colour, 0.35), WHITE, 0.35)),
        Slot.BUBBLE: stepped(mix((170.0, 200.0, 235.0), colour, 0.2)),
    }


class Particles:
    """Writes all that is drawn one by one, but for the fish."""

    def __init__(self, effects: Effects) -> None:
        """Prepare for an effects level."""
        self._effects = effects

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
