"""The head: gill cover, mouth, and the eyes."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from candlefish.draw.displaylist import Blend, DisplayList, Slot
from candlefish.draw.palette import NIGHT, WHITE, mix
from candlefish.sim.easing import clamp

if TYPE_CHECKING:
    from candlefish.draw.body import Body
    from candlefish.sim.steering import Vector
    from candlefish.sim.world import World

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
