"""The lights of the fish: its lantern, the organs along its flank, the glints of its scales."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from candlefish.draw.displaylist import DisplayList, Slot
from candlefish.sim.easing import clamp

if TYPE_CHECKING:
    from candlefish.draw.body import Body
    from candlefish.sim.world import World

_CORE_ALONG = np.linspace(0.16, 0.84, 6)
_CORE_SIZE = np.array([0.26, 0.32, 0.34, 0.32, 0.25, 0.18])
_FLANK_ALONG = np.linspace(0.23, 0.93, 15)
_FLANK_HEIGHT = -0.22 - 0.18 * np.sin(np.linspace(0.2, 2.9, 15))
_BELLY_ALONG = np.linspace(0.30, 0.74, 9)
_SEEN_END_ON = 0.3
"""Share of an organ's light that is still seen where the body turns to or from the viewer."""


class Lights:
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
