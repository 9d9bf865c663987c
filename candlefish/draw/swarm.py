"""Glowing particles and nothing else, by the light field: what it costs, without a fish."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from candlefish.draw.deep import grid_for
from candlefish.draw.displaylist import DisplayList
from candlefish.draw.light import LightField
from candlefish.draw.ramp import LEVELS, Ramp, dither_offsets
from candlefish.sim.rng import Streams

if TYPE_CHECKING:
    from candlefish.sim.params import Colour

Floats = NDArray[np.float32]

CELLS = 25_600
SIZE_PX = 24.0
"""Diameter of a glow."""
CENTRE = 1.15
"""Light of a particle in the middle of its glow."""
CROWD = 2500
"""Particles from which on the picture is exposed less."""
WATER: Colour = (26.0, 26.0, 46.0)
GLOW: Colour = (255.0, 179.0, 71.0)
HOT: Colour = (255.0, 236.0, 200.0)


class Swarm:
    """Particles that drift and pulse; float32 (count,). A steady frame keeps to its arrays."""

    def __init__(self, width_px: float, height_px: float, count: int, seed: int = 7) -> None:
        """Scatter `count` particles over a box of the given size."""
        streams = Streams(seed)
        self.list = DisplayList(CELLS)
        columns, rows = grid_for((width_px, height_px), CELLS)
        self._pixels = self.list.pixels[: columns * rows].reshape(rows, columns)
        self._field = LightField(columns, rows, count)
        self._passes = max(1, round((SIZE_PX * columns / width_px) ** 2 / 18.0))
        self._level: Floats = np.zeros((rows, columns), np.float32)
        self._index = np.zeros((rows, columns), np.intp)
        self._offsets = dither_offsets(rows, columns)
        self._ramp = Ramp(opaque=True)
        self._ramp.set([(0.0, WATER), (0.28, (112.0, 84.0, 56.0)), (0.62, GLOW), (1.0, HOT)])
        self.x: Floats = streams.uniform("swarm", 0.0, 1.0, count)
        self.y: Floats = streams.uniform("swarm", 0.0, 1.0, count)
        angle = streams.uniform("swarm", 0.0, math.tau, count)
        speed = streams.uniform("swarm", 10.0, 40.0, count)
        self._vx: Floats = (np.cos(angle) * speed / np.float32(width_px)).astype(np.float32)
        self._vy: Floats = (np.sin(angle) * speed / np.float32(height_px)).astype(np.float32)
        self._phase: Floats = streams.uniform("swarm", 0.0, 1.0, count)
        self._rate: Floats = (streams.uniform("swarm", 1.0, 3.0, count) / math.tau).astype(np.float32)
        self._work: Floats = np.zeros(count, np.float32)
        self._light: Floats = np.zeros(count, np.float32)
        self._peak = CENTRE * self._spread() * exposure(count)

    def _spread(self) -> float:
        """Return how much light put into one cell leaves 1 in it after softening."""
        taps = math.comb(2 * self._passes, self._passes) / 4.0**self._passes
        return 1.0 / (taps * taps)

    @property
    def size(self) -> tuple[int, int]:
        """Columns and rows of the picture: a canvas of this size, enlarged by the page, is enough."""
        rows, columns = self._pixels.shape
        return columns, rows

    def advance(self, elapsed_s: float) -> None:
        """Drift and pulse for `elapsed_s` seconds."""
        work = self._work
        for place, velocity in ((self.x, self._vx), (self.y, self._vy)):
            np.multiply(velocity, np.float32(elapsed_s), out=work)
            np.add(place, work, out=place)
            np.floor(place, out=work)
            np.subtract(place, work, out=place)
        np.multiply(self._rate, np.float32(elapsed_s), out=work)
        self._phase += work
        np.floor(self._phase, out=work)
        self._phase -= work

    def render(self) -> int:
        """Write one frame into `list` and return the number of floats in use."""
        self._pulse()
        field = self._field
        field.clear()
        field.scatter(self.x, self.y, self._light)
        field.blur(self._passes)
        self._show()
        out = self.list
        out.clear()
        out.field(self._pixels.shape[1], self._pixels.shape[0])
        return out.end()

    def _pulse(self) -> None:
        """Set each light to 0.45 ± 0.3 of the peak along a parabola, which costs a tenth of a sine."""
        light = self._light
        np.subtract(self._phase, np.float32(0.5), out=light)
        np.abs(light, out=self._work)
        np.subtract(np.float32(0.5), self._work, out=self._work)
        light *= self._work
        light *= np.float32(0.3 * 16.0 * self._peak)
        light += np.float32(0.45 * self._peak)

    def _show(self) -> None:
        np.multiply(self._field.values, np.float32(0.5 * (LEVELS - 1.0)), out=self._level)
        np.minimum(self._level, np.float32(LEVELS - 1.0), out=self._level)
        np.add(self._level, self._offsets, out=self._level)
        np.copyto(self._index, self._level, casting="unsafe")
        self._pixels[...] = self._ramp.colours(self._index)


def exposure(count: int) -> float:
    """Return the share 0…1 at which so many lights are shown: a crowd would be one white sheet otherwise."""
    return min(1.0, math.pow(CROWD / count, 0.7))
