"""The swarm: glowing particles alone, to show what their light costs.

A few are sprites; a light field, whose cost hardly depends on their number, shows more.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from candlefish.draw.colour import LUT_LEVELS, Lut, dither_offsets
from candlefish.draw.display_list import Blend, DisplayList, Slot
from candlefish.draw.light_field import LightGrid, grid_for
from candlefish.sim.rng import Streams

if TYPE_CHECKING:
    from candlefish.sim.tuning import Colour

Floats = NDArray[np.float32]

CELLS = 25_600
SIZE_PX = 24.0
"""Diameter of a glow."""
CENTRE = 1.15
"""Light of a particle in the middle of its glow."""
COARSE_PX = 2.0
"""A pixel of the light field's canvas is about so many CSS px: the page enlarges it by the nearest pixel."""
FEW = 300
"""Up to so many are sprites: enlarging a light field to the box costs as much as drawing these."""
CROWD = 2500
"""Particles from which on the picture is exposed less."""
WATER: Colour = (26.0, 26.0, 46.0)
GLOW: Colour = (255.0, 179.0, 71.0)
HOT: Colour = (255.0, 236.0, 200.0)


class Swarm:
    """Particles that drift and pulse; float32 (count,). A steady frame keeps to its arrays.

    Attributes:
        list: the display list that `render` fills.
        size: width and height of the canvas it is for, which the page enlarges to the box.
    """

    def __init__(self, width_px: float, height_px: float, count: int, seed: int = 7) -> None:
        """Scatter `count` particles over a box of the given size."""
        streams = Streams(seed)
        self.x: Floats = streams.uniform("swarm", 0.0, 1.0, count)
        self.y: Floats = streams.uniform("swarm", 0.0, 1.0, count)
        angle = streams.uniform("swarm", 0.0, math.tau, count)
        speed = streams.uniform("swarm", 10.0, 40.0, count)
        self._velocity_px_s = np.cos(angle) * speed, np.sin(angle) * speed
        self._phase: Floats = streams.uniform("swarm", 0.0, 1.0, count)
        self._rate: Floats = (streams.uniform("swarm", 1.0, 3.0, count) / math.tau).astype(np.float32)
        self._work: Floats = np.zeros(count, np.float32)
        self._light: Floats = np.zeros(count, np.float32)
        self.resize(width_px, height_px)

    def resize(self, width_px: float, height_px: float) -> None:
        """Fill another box, with another `list`; each particle keeps its place as a share of the box."""
        x_px_s, y_px_s = self._velocity_px_s
        self._vx: Floats = (x_px_s / np.float32(width_px)).astype(np.float32)
        self._vy: Floats = (y_px_s / np.float32(height_px)).astype(np.float32)
        count = len(self.x)
        few = count <= FEW
        self._picture = (
            SpritePicture(width_px, height_px) if few else FieldPicture(width_px, height_px, count)
        )
        self.list = self._picture.list
        self.size: tuple[float, float] = self._picture.size

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
        self._picture.show(self.x, self.y, self._light)
        return self.list.end()

    def _pulse(self) -> None:
        """Set each light to 0.45 ± 0.3 along a parabola, which costs a tenth of a sine."""
        light = self._light
        np.subtract(self._phase, np.float32(0.5), out=light)
        np.abs(light, out=self._work)
        np.subtract(np.float32(0.5), self._work, out=self._work)
        light *= self._work
        light *= np.float32(0.3 * 16.0)
        light += np.float32(0.45)


class SpritePicture:
    """Particles as sprites, on a canvas as large as the box."""

    def __init__(self, width_px: float, height_px: float) -> None:
        """For a box of the given size."""
        self.size = width_px, height_px
        self.list = DisplayList()
        self._tinted = False

    def show(self, x: Floats, y: Floats, light: Floats) -> None:
        """Write particles at places 0…1, of so much light 0…1."""
        out, (width, height) = self.list, self.size
        out.clear()
        if not self._tinted:
            out.tint(Slot.GLOW, GLOW)
            self._tinted = True
        out.background(WATER)
        out.blend(Blend.ADD)
        rows = out.sprites(Slot.GLOW, len(x))
        np.multiply(x, np.float32(width), out=rows[:, 0])
        np.multiply(y, np.float32(height), out=rows[:, 1])
        rows[:, 2] = SIZE_PX
        rows[:, 3] = light


class FieldPicture:
    """Particles as a light field, on a canvas of about half the box, which the page doubles."""

    def __init__(self, width_px: float, height_px: float, count: int) -> None:
        """For a box of the given size."""
        self.list = DisplayList(CELLS)
        columns, rows = grid_for((width_px, height_px), CELLS)
        times = max(1, round(width_px / (COARSE_PX * columns)))
        self.size = times * columns, times * rows
        self._grid = columns, rows
        self._pixels = self.list.pixels[: columns * rows].reshape(rows, columns)
        self._field = LightGrid(columns, rows, count)
        self._passes = max(1, round((SIZE_PX * columns / width_px) ** 2 / 18.0))
        self._level: Floats = np.zeros((rows, columns), np.float32)
        self._index = np.zeros((rows, columns), np.intp)
        self._offsets = dither_offsets(rows, columns)
        self._ramp = Lut(opaque=True)
        self._ramp.set([(0.0, WATER), (0.28, (112.0, 84.0, 56.0)), (0.62, GLOW), (1.0, HOT)])
        self._peak = np.float32(CENTRE * self._spread() * exposure(count))

    def _spread(self) -> float:
        """Return how much light put into one cell leaves 1 in it after softening."""
        taps = math.comb(2 * self._passes, self._passes) / 4.0**self._passes
        return 1.0 / (taps * taps)

    def show(self, x: Floats, y: Floats, light: Floats) -> None:
        """Write particles at places 0…1, of so much light 0…1."""
        field, out = self._field, self.list
        field.clear()
        light *= self._peak
        field.scatter(x, y, light)
        field.blur(self._passes)
        np.multiply(field.values, np.float32(0.5 * (LUT_LEVELS - 1.0)), out=self._level)
        np.minimum(self._level, np.float32(LUT_LEVELS - 1.0), out=self._level)
        np.add(self._level, self._offsets, out=self._level)
        np.copyto(self._index, self._level, casting="unsafe")
        self._pixels[...] = self._ramp.colours(self._index)
        out.clear()
        out.field(*self._grid)


def exposure(count: int) -> float:
    """Return the share 0…1 at which so many lights are shown: a crowd would be one white sheet otherwise."""
    return min(1.0, math.pow(CROWD / count, 0.7))
