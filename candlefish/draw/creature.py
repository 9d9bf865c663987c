"""The fish itself, back to front: light, fins, body, lights and head."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from candlefish.draw.body import Body
from candlefish.draw.displaylist import Blend, DisplayList, Op, Slot, Stop
from candlefish.draw.fins import Fins, edge, paddle, tail
from candlefish.draw.head import Head
from candlefish.draw.lights import Lights
from candlefish.draw.palette import INDIGO, NIGHT, WHITE, mix, saturate
from candlefish.sim.easing import clamp, smoothstep

if TYPE_CHECKING:
    from candlefish.draw.effects import Effects
    from candlefish.sim.tuning import Colour
    from candlefish.sim.world import World

BEHIND = 4
"""So many fins, the first ones, are drawn behind the body."""
_LINE_ALONG = np.linspace(0.19, 0.98, 14)
_LINE_HEIGHT = 0.10 + 0.14 * np.sin(np.linspace(0.4, 3.0, 14))


class Creature:
    """Draws the fish. Keeps only geometry that is allocated once."""

    def __init__(self, effects: Effects) -> None:
        """Prepare for an effects level."""
        self._body = body = Body()
        fins = (
            tail(max(9, round(17 * effects.rays))),
            edge(0.25, 0.74, max(6, round(12 * effects.rays)), 0.17, 0.75, above=True),
            edge(0.56, 0.86, max(5, round(8 * effects.rays)), 0.105, 0.9, above=False),
            edge(0.36, 0.44, 4, 0.15, 1.5, above=False),
            paddle(0.275, -0.36, 7, 0.18, 0.55),
        )
        self._fins, self._head = Fins(body, fins), Head(body)
        self._lights = Lights(body, effects.speckles)
        self._line = body.mark(_LINE_ALONG, _LINE_HEIGHT)

    def draw(self, out: DisplayList, world: World, *, halo: bool) -> None:
        """Write the fish into the display list, with a `halo` where no light field has its light."""
        body, colour = self._body, world.appearance.colour
        body.pose(world)
        glow = clamp(world.appearance.glow + 0.35 * world.scenery.celebration, 0.0, 1.5)
        beat = clamp(world.fish.spine.amplitude * 2.0, 0.0, 1.0)
        self._fins.shape(body, world.appearance.fin, beat, math.sin(0.55 * body.phase))
        out.put(Op.FISH, body.x, body.y, body.length_px)
        if halo:
            self._halo(out, world, glow)
        out.blend(Blend.OVER)
        self._draw_fins(out, slice(0, BEHIND), colour, 0.43 + 0.38 * glow)
        self._flesh(out, colour, glow)
        out.strokes(body.places[self._line][None], mix(colour, WHITE, 0.4), 0.28 * (0.4 + glow), 1.0)
        self._lights.draw(out, body, world, glow)
        self._head.draw(out, body, world, glow)
        out.blend(Blend.OVER)
        self._draw_fins(out, slice(BEHIND, BEHIND + 1), colour, 0.5 * glow + 0.25)
        out.put(Op.FISH, 0.0, 0.0, 0.0)

    def _halo(self, out: DisplayList, world: World, glow: float) -> None:
        """Light that spills on the water close by."""
        body = self._body
        out.blend(Blend.ADD)
        rows = out.sprites(Slot.GLOW, 2)
        breath = body.length_px * (1.0 + 0.06 * math.sin(math.tau * world.scenery.pulse))
        rows[0] = (body.x, body.y, 1.9 * breath, 0.20 * glow)
        rows[1] = (*body.spine[len(body.spine) // 3], breath, 0.20 * glow)

    def _draw_fins(self, out: DisplayList, which: slice, colour: Colour, strength: float) -> None:
        """Lay the skins over the water, brighter towards the root, and the rays over them.

        Laid over and not added: so they are the same where the water is a canvas under the fish's.
        """
        vivid = saturate(colour, 1.3)
        bright = mix(vivid, WHITE, 0.2)
        stops = (
            Stop(0.0, bright, min(1.0, 0.85 * strength)),
            Stop(0.22, bright, min(1.0, 0.52 * strength)),
            Stop(0.55, vivid, 0.26 * strength),
            Stop(0.85, vivid, 0.08 * strength),
            Stop(1.0, vivid, 0.0),
        )
        for skin, middle, reach in self._fins.skins(which):
            out.veil(skin, middle, reach, stops)
        out.strokes(self._fins.rays_of(which), mix(vivid, WHITE, 0.3), 0.26 * strength, 0.9)

    def _flesh(self, out: DisplayList, colour: Colour, glow: float) -> None:
        """The body: dark, countershaded, with a lit rim and a lit ridge."""
        body = self._body
        middle = len(body.spine) // 3
        top, low = body.back[middle], body.belly[middle]
        start, end = (float(top[0]), float(top[1])), (float(low[0]), float(low[1]))
        stops = (
            Stop(0.0, mix(NIGHT, colour, 0.10), 1.0),
            Stop(0.30, mix(mix(INDIGO, NIGHT, 0.35), colour, 0.12), 1.0),
            Stop(0.62, mix(INDIGO, colour, 0.26 + 0.08 * glow), 1.0),
            Stop(1.0, mix(INDIGO, colour, 0.55), 1.0),
        )
        out.blend(Blend.OVER)
        if min(body.side, body.head_side) < 0.9:
            for section in body.sections():
                out.fill(section, start, end, stops)
        out.fill(body.outline(), start, end, stops)
        out.blend(Blend.ADD)
        rim = smoothstep(0.0, 0.6, body.straight)
        out.strokes(body.edges, colour, rim * (0.22 + 0.1 * glow), 1.2)
        out.strokes(body.back[None], mix(colour, WHITE, 0.35), rim * (0.2 + 0.15 * glow), 1.4)
