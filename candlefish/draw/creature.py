"""The creature, back to front: light, fins, body, photophores and head."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from candlefish.draw.body import Body
from candlefish.draw.colour import INDIGO, NIGHT, WHITE, mix, saturate
from candlefish.draw.display_list import Blend, DisplayList, Op, Slot, Stop
from candlefish.draw.fins import Fins, edge, paddle, tail
from candlefish.sim.easing import clamp, smoothstep

if TYPE_CHECKING:
    from candlefish.draw.effects import Effects
    from candlefish.sim.steering import Vector
    from candlefish.sim.tuning import Colour
    from candlefish.sim.world import World

_CORE_ALONG = np.linspace(0.16, 0.84, 6)
_CORE_SIZE = np.array([0.26, 0.32, 0.34, 0.32, 0.25, 0.18])
_FLANK_ALONG = np.linspace(0.23, 0.93, 15)
_FLANK_HEIGHT = -0.22 - 0.18 * np.sin(np.linspace(0.2, 2.9, 15))
_BELLY_ALONG = np.linspace(0.30, 0.74, 9)
_SEEN_END_ON = 0.3
"""Share of an organ's light that is still seen where the body turns to or from the viewer."""


class Photophores:
    """All lights, marked on the body once; drawn as two batches of sprites."""

    def __init__(self, body: Body, speckles: int) -> None:
        """Place the lantern, the organs and so many glints."""
        core, flank, belly = len(_CORE_ALONG), len(_FLANK_ALONG), len(_BELLY_ALONG)
        lantern = body.mark(_CORE_ALONG, np.full(core, -0.12))
        body.mark(_FLANK_ALONG, _FLANK_HEIGHT)
        organs = body.mark(_BELLY_ALONG, np.full(belly, -0.78))
        count = np.arange(speckles)
        along, height = (count * 0.6180339887) % 1.0, (count * 0.7548776662) % 1.0
        glints = body.mark(0.14 + 0.8 * along, -0.35 + 1.2 * height)
        self._glows, self._cores = slice(lantern.start, organs.stop), slice(lantern.stop, glints.stop)
        self._lantern, self._organs = core, flank + belly
        along = np.concatenate((_FLANK_ALONG, _BELLY_ALONG))
        self._lag = math.tau * np.concatenate((0.55 * _CORE_ALONG, 1.1 * along))
        self._size = np.repeat([0.052, 0.034], [flank, belly])
        self._strength = np.repeat([1.0, 0.7], [flank, belly])
        self._phase = (count * 2.399963) % math.tau

    def draw(self, out: DisplayList, body: Body, world: World, glow: float) -> None:
        """Write the lights: like a candle behind a hand, and a wave that runs to the tail."""
        wave = 0.5 + 0.5 * np.sin(math.tau * world.scenery.pulse - self._lag)
        lantern, organs = wave[: self._lantern], wave[self._lantern :]
        length, shown = body.length_px, _SEEN_END_ON + (1.0 - _SEEN_END_ON) * body.seen[self._cores]
        seen = shown[: self._organs] * self._strength
        rows = out.sprites(Slot.GLOW, len(wave))
        rows[:, 0:2] = body.places[self._glows]
        rows[: self._lantern, 2] = length * _CORE_SIZE
        rows[: self._lantern, 3] = glow * (0.26 + 0.16 * lantern)
        rows[self._lantern :, 2] = length * self._size * (1.9 + 0.8 * organs)
        rows[self._lantern :, 3] = seen * clamp(glow, 0.25, 1.2) * (0.34 + 0.42 * organs)
        rows = out.sprites(Slot.CORE, self._organs + len(self._phase))
        rows[:, 0:2] = body.places[self._cores]
        rows[: self._organs, 2] = length * self._size * (0.62 + 0.14 * organs)
        rows[: self._organs, 3] = np.minimum(1.0, seen * (0.5 + 0.35 * glow) * (0.62 + 0.38 * organs))
        shimmer = np.sin(self._phase + (0.9 * body.phase + 1.3 * world.time_s))
        rows[self._organs :, 2] = max(1.6, 0.011 * length)
        rows[self._organs :, 3] = shown[self._organs :] * (0.10 + 0.16 * glow) * (0.6 + 0.4 * shimmer)


_GILL_HEIGHT = np.linspace(0.72, -0.78, 8)
_GILL_ALONG = 0.205 + 0.035 * np.cos(_GILL_HEIGHT * 1.7)
_EYE_ALONG, _EYE_HEIGHT = 0.098, 0.26
_MOUTH_ALONG = np.array([0.004, 0.022, 0.05])
_SHUT, _OPEN = np.array([-0.1, -0.28, -0.40]), np.array([-0.1, -0.78, -0.90])
HEAD_ON = 0.35
"""An eye is never drawn narrower than this share of its height; turned further, the other eye shows too."""


class Head:
    """Marked on the body once."""

    def __init__(self, body: Body) -> None:
        """Place its parts."""
        self._gill = body.mark(_GILL_ALONG, _GILL_HEIGHT)
        self._eyes = body.mark(np.array([_EYE_ALONG]), np.array([_EYE_HEIGHT]), 0.0).start
        self._shut, self._open = body.mark(_MOUTH_ALONG, _SHUT), body.mark(_MOUTH_ALONG, _OPEN)

    def draw(self, out: DisplayList, body: Body, world: World, glow: float) -> None:
        """Write gill cover, mouth and eyes."""
        colour, places = world.appearance.colour, body.places
        out.strokes(
            places[self._gill][None], mix(colour, WHITE, 0.3), 0.30 * min(body.side, body.head_side), 1.3
        )
        shut = places[self._shut]
        mouth = shut + (places[self._open] - shut) * world.fish.mouth_open
        out.strokes(mouth[None], mix(colour, WHITE, 0.2), 0.45, 1.2)
        out.blend(Blend.OVER)
        both = clamp(1.0 - body.head_side / HEAD_ON, 0.0, 1.0)
        x, y = float(places[self._eyes, 0]), float(places[self._eyes, 1])
        left_x, left_y = body.flank(_EYE_ALONG, _EYE_HEIGHT)
        if left_y < 0.0:
            left_x, left_y = -left_x, -left_y
        if both > 0.0:
            self._eye(out, body, world, (x - left_x, y - left_y), both)
        x, y = x + left_x, y + left_y
        size = self._eye(out, body, world, (x, y), 1.0)
        out.blend(Blend.ADD)
        out.sprites(Slot.GLOW, 1)[0] = (x, y, 5.0 * size, 0.16 * glow)

    @staticmethod
    def _eye(out: DisplayList, body: Body, world: World, place: Vector, shown: float) -> float:
        """Write an eye that looks where the fish does; `shown` 0…1. Returns its size, px."""
        look, fish, colour = world.appearance, world.fish, world.appearance.colour
        size = body.length_px * (0.025 + 0.013 * look.eye)
        squeeze = max(HEAD_ON, body.head_side)
        x, y = place
        px, py = x + 0.20 * size * fish.gaze_x * squeeze, y + 0.20 * size * fish.gaze_y
        pupil = 0.74 + 0.06 * (1.0 - look.eye)
        glint = 0.26 * size * squeeze
        for at_x, at_y, wide, high, shade, alpha in (
            (x, y, 1.16 * squeeze, 1.16, mix(NIGHT, colour, 0.06), 1.0),
            (x, y, squeeze, 1.0, mix(colour, NIGHT, 0.45), 1.0),
            (x, y, 0.90 * squeeze, 0.90, mix(colour, WHITE, 0.12), 0.9),
            (px, py, pupil * squeeze, pupil, (7.0, 8.0, 20.0), 1.0),
            (px + glint, py - 0.30 * size, 0.21, 0.21, WHITE, 0.95),
            (px - glint, py + 0.30 * size, 0.11, 0.11, mix(colour, WHITE, 0.5), 0.55),
        ):
            out.ellipse(at_x, at_y, wide * size, high * size, shade, alpha * shown)
        return size


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
        self._lights = Photophores(body, effects.speckles)
        self._line = body.mark(_LINE_ALONG, _LINE_HEIGHT)

    def draw(self, out: DisplayList, world: World, *, halo: bool = False) -> None:
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
