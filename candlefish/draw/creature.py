"""The fish itself: light, fins, body, organs and eye, back to front."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from candlefish.draw.body import Body
from candlefish.draw.displaylist import Blend, DisplayList, Op, Slot, Stop
from candlefish.draw.fins import Edge, Fan, Paddle, Tail
from candlefish.draw.palette import INDIGO, NIGHT, WHITE, mix, saturate
from candlefish.sim.easing import clamp

if TYPE_CHECKING:
    from candlefish.draw.effects import Effects
    from candlefish.sim.params import Colour
    from candlefish.sim.world import World

ORGANS = 15
BELLY_ORGANS = 9

_ORGAN_ALONG = np.linspace(0.23, 0.93, ORGANS)
_ORGAN_HEIGHT = -0.22 - 0.18 * np.sin(np.linspace(0.2, 2.9, ORGANS))
_BELLY_ALONG = np.linspace(0.30, 0.74, BELLY_ORGANS)
_BELLY_HEIGHT = np.full(BELLY_ORGANS, -0.78)
_LINE_ALONG = np.linspace(0.19, 0.98, 14)
_LINE_HEIGHT = 0.10 + 0.14 * np.sin(np.linspace(0.4, 3.0, 14))
_GILL_HEIGHT = np.linspace(0.72, -0.78, 8)
_GILL_ALONG = 0.205 + 0.035 * np.cos(_GILL_HEIGHT * 1.7)
_CORE_ALONG = np.linspace(0.16, 0.84, 6)
_EYE = np.array([0.098]), np.array([0.26])


class Creature:
    """Draws the fish. Keeps only geometry that is allocated once."""

    def __init__(self, effects: Effects) -> None:
        """Prepare for an effects level."""
        self._body = Body()
        self._tail = Tail(max(9, round(17 * effects.rays)))
        self._dorsal = Edge(0.25, 0.74, max(6, round(12 * effects.rays)), 0.17, 0.75, above=True)
        self._anal = Edge(0.56, 0.86, max(5, round(8 * effects.rays)), 0.105, 0.9, above=False)
        self._pelvic = Edge(0.36, 0.44, 4, 0.15, 1.5, above=False)
        self._paddle = Paddle(0.275, -0.36, 7, 0.18, 0.55)
        count = np.arange(effects.speckles)
        self._speckle_along = 0.14 + 0.8 * ((count * 0.6180339887) % 1.0)
        self._speckle_height = -0.35 + 1.2 * ((count * 0.7548776662) % 1.0)
        self._speckle_phase = (count * 2.399963) % math.tau

    def draw(self, out: DisplayList, world: World) -> None:
        """Write the fish into the display list."""
        body = self._body
        body.pose(world)
        out.put(Op.FISH, body.x, body.y, body.length_px)
        glow = clamp(world.look.glow + 0.35 * world.celebration, 0.0, 1.5)
        self._halo(out, world, glow)
        self._fins(out, world, glow)
        self._flesh(out, world, glow)
        self._lantern(out, world, glow)
        self._organs(out, world, glow)
        self._head(out, world, glow)
        self._fin(
            out,
            self._paddle.shape(body, world.look.fin, self._scull(world)),
            world.look.colour,
            0.5 * glow + 0.2,
        )
        out.blend(Blend.OVER)
        out.put(Op.FISH, 0.0, 0.0, 0.0)

    @staticmethod
    def _scull(world: World) -> float:
        return math.sin(0.55 * world.fish.spine.phase)

    def _halo(self, out: DisplayList, world: World, glow: float) -> None:
        """Light that spills on the water close by."""
        body = self._body
        length = body.length_px
        out.blend(Blend.ADD)
        rows = out.sprites(Slot.GLOW, 2)
        breath = 1.0 + 0.06 * math.sin(math.tau * world.pulse)
        rows[0] = (body.x, body.y, 1.9 * length * breath, 0.20 * glow)
        rows[1] = (*body.spine[len(body.spine) // 3], 1.0 * length * breath, 0.20 * glow)

    def _fins(self, out: DisplayList, world: World, glow: float) -> None:
        body, look = self._body, world.look
        beat = clamp(world.fish.spine.amplitude * 2.0, 0.0, 1.0)
        strength = 0.30 + 0.26 * glow
        for fin in (self._tail, self._dorsal, self._anal, self._pelvic):
            self._fin(out, fin.shape(body, look.fin, beat), look.colour, strength)

    @staticmethod
    def _fin(out: DisplayList, fan: Fan, colour: Colour, strength: float) -> None:
        """Lay a veil over the rays, brighter towards the root, and the rays over it."""
        root, tips = fan.rays[:, 0].mean(axis=0), fan.rays[:, -1]
        reach = float(np.sqrt(((tips - root) ** 2).sum(axis=1).max()))
        vivid = saturate(colour, 1.3)
        bright = mix(vivid, WHITE, 0.2)
        out.blend(Blend.ADD)
        stops = (
            Stop(0.0, bright, min(1.0, 0.85 * strength)),
            Stop(0.22, bright, 0.52 * strength),
            Stop(0.55, vivid, 0.26 * strength),
            Stop(0.85, vivid, 0.08 * strength),
            Stop(1.0, vivid, 0.0),
        )
        out.veil(fan.membrane(1.0, 0.10), (float(root[0]), float(root[1])), reach, stops)
        light = mix(vivid, WHITE, 0.3)
        out.strokes(fan.rays, light, 0.14 * strength, 0.8)
        out.strokes(fan.rays[:, :5], light, 0.24 * strength, 0.9)

    def _flesh(self, out: DisplayList, world: World, glow: float) -> None:
        """The body: dark, countershaded, with a lit rim."""
        body, colour = self._body, world.look.colour
        middle = len(body.spine) // 3
        top, low = body.back[middle], body.belly[middle]
        stops = (
            Stop(0.0, mix(NIGHT, colour, 0.10), 1.0),
            Stop(0.30, mix(mix(INDIGO, NIGHT, 0.35), colour, 0.12), 1.0),
            Stop(0.62, mix(INDIGO, colour, 0.26 + 0.08 * glow), 1.0),
            Stop(1.0, mix(INDIGO, colour, 0.55), 1.0),
        )
        start, end = (float(top[0]), float(top[1])), (float(low[0]), float(low[1]))
        out.blend(Blend.OVER)
        if body.side < 0.9:
            out.fill(body.ribbon(), start, end, stops)
        out.fill(body.outline(), start, end, stops)
        out.blend(Blend.ADD)
        rims = np.stack((body.back, body.belly))
        out.strokes(rims[:1], mix(colour, WHITE, 0.35), 0.34 + 0.2 * glow, 1.4)
        out.strokes(rims[1:], colour, 0.22 + 0.1 * glow, 1.2)

    def _lantern(self, out: DisplayList, world: World, glow: float) -> None:
        """The light inside that gives the fish its name, like a candle behind a hand."""
        body = self._body
        places = body.at(_CORE_ALONG, np.full(len(_CORE_ALONG), -0.12))
        wave = 0.5 + 0.5 * np.sin(math.tau * (world.pulse - 0.55 * _CORE_ALONG))
        rows = out.sprites(Slot.GLOW, len(_CORE_ALONG))
        rows[:, 0:2] = places
        rows[:, 2] = body.length_px * np.array([0.26, 0.32, 0.34, 0.32, 0.25, 0.18])
        rows[:, 3] = glow * (0.26 + 0.16 * wave)

    def _organs(self, out: DisplayList, world: World, glow: float) -> None:
        """Light organs along the flank, lit in a wave that runs to the tail."""
        body, length = self._body, self._body.length_px
        line = body.at(_LINE_ALONG, _LINE_HEIGHT)
        out.strokes(line[None], mix(world.look.colour, WHITE, 0.4), 0.28 * (0.4 + glow), 1.0)
        if len(self._speckle_along):
            self._speckles(out, world, glow)
        seen = 0.35 + 0.65 * body.side
        for along, height, size, strength in (
            (_ORGAN_ALONG, _ORGAN_HEIGHT, 0.052, 1.0),
            (_BELLY_ALONG, _BELLY_HEIGHT, 0.034, 0.7),
        ):
            places = body.at(along, height)
            wave = 0.5 + 0.5 * np.sin(math.tau * (world.pulse - 1.1 * along))
            rows = out.sprites(Slot.GLOW, len(along))
            rows[:, 0:2] = places
            rows[:, 2] = length * size * (1.9 + 0.8 * wave)
            rows[:, 3] = seen * strength * clamp(glow, 0.25, 1.2) * (0.28 + 0.42 * wave)
            rows = out.sprites(Slot.CORE, len(along))
            rows[:, 0:2] = places
            rows[:, 2] = length * size * (0.62 + 0.14 * wave)
            rows[:, 3] = np.minimum(1.0, seen * strength * (0.45 + 0.3 * glow) * (0.55 + 0.45 * wave))

    def _speckles(self, out: DisplayList, world: World, glow: float) -> None:
        """Glints of scales, that shimmer as the body bends."""
        body = self._body
        shimmer = np.sin(self._speckle_phase + 0.9 * world.fish.spine.phase + 1.3 * world.time_s)
        rows = out.sprites(Slot.CORE, len(self._speckle_along))
        rows[:, 0:2] = body.at(self._speckle_along, self._speckle_height)
        rows[:, 2] = max(1.6, 0.011 * body.length_px)
        rows[:, 3] = (0.3 + 0.7 * body.side) * (0.10 + 0.16 * glow) * (0.6 + 0.4 * shimmer)

    def _head(self, out: DisplayList, world: World, glow: float) -> None:
        """Gill cover, mouth and eye."""
        body, colour, length = self._body, world.look.colour, self._body.length_px
        gill = body.at(_GILL_ALONG, _GILL_HEIGHT)
        out.strokes(gill[None], mix(colour, WHITE, 0.3), 0.30 * body.side, 1.3)
        self._mouth(out, world)
        eye = body.at(*_EYE)[0]
        look = world.look
        size = length * (0.025 + 0.013 * look.eye)
        squeeze = max(0.35, body.side)
        x, y = float(eye[0]), float(eye[1])
        out.blend(Blend.OVER)
        out.ellipse(x, y, 1.16 * size * squeeze, 1.16 * size, mix(NIGHT, colour, 0.06), 1.0)
        out.ellipse(x, y, size * squeeze, size, mix(colour, NIGHT, 0.45), 1.0)
        out.ellipse(x, y, 0.90 * size * squeeze, 0.90 * size, mix(colour, WHITE, 0.12), 0.9)
        gaze = 0.20 * size
        px, py = x + gaze * world.fish.gaze_x * squeeze, y + gaze * world.fish.gaze_y
        pupil = size * (0.74 + 0.06 * (1.0 - look.eye))
        out.ellipse(px, py, pupil * squeeze, pupil, (7.0, 8.0, 20.0), 1.0)
        out.ellipse(px + 0.26 * size * squeeze, py - 0.30 * size, 0.21 * size, 0.21 * size, WHITE, 0.95)
        out.ellipse(
            px - 0.26 * size * squeeze,
            py + 0.30 * size,
            0.11 * size,
            0.11 * size,
            mix(colour, WHITE, 0.5),
            0.55,
        )
        out.blend(Blend.ADD)
        rows = out.sprites(Slot.GLOW, 1)
        rows[0] = (x, y, 5.0 * size, 0.16 * glow)

    def _mouth(self, out: DisplayList, world: World) -> None:
        body = self._body
        opened = world.fish.mouth_open
        drop = -0.28 - 0.5 * opened
        places = body.at(np.array([0.004, 0.022, 0.05]), np.array([-0.1, drop, drop - 0.12]))
        out.strokes(places[None], mix(world.look.colour, WHITE, 0.2), 0.45, 1.2)
