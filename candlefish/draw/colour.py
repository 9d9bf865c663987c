"""Colour: blends of the mood's colour, and tables that turn a brightness 0…1 into a dithered 32-bit colour.

A table has 256 entries for each of the 16 thresholds of an ordered 4 × 4 dither, so that each channel is
dithered by itself and dark gradients show no bands. (B. E. Bayer, "An optimum method for two-level rendition
of continuous-tone pictures", IEEE ICC 1973.)
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from collections.abc import Sequence

    from candlefish.sim.tuning import Colour

NIGHT: Colour = (13.0, 16.0, 38.0)
WHITE: Colour = (255.0, 252.0, 244.0)


def mix(a: Colour, b: Colour, share: float) -> Colour:
    """Return the colour `share` 0…1 of the way from `a` to `b`."""
    return a[0] + (b[0] - a[0]) * share, a[1] + (b[1] - a[1]) * share, a[2] + (b[2] - a[2]) * share


def saturate(colour: Colour, strength: float) -> Colour:
    """Return the colour with its distance from grey of the same brightness multiplied by `strength`."""
    grey = 0.299 * colour[0] + 0.587 * colour[1] + 0.114 * colour[2]
    r, g, b = (min(255.0, max(0.0, grey + (channel - grey) * strength)) for channel in colour)
    return r, g, b


def stepped(colour: Colour) -> Colour:
    """Return the colour in steps of four: a sprite is tinted anew only when it has visibly moved."""
    r, g, b = (4.0 * round(channel / 4.0) for channel in colour)
    return r, g, b


Floats = NDArray[np.float32]
Pixels = NDArray[np.uint32]

LUT_LEVELS = 256
SIDE = 4
_BAYER = np.array([[0, 8, 2, 10], [12, 4, 14, 6], [3, 11, 1, 9], [15, 7, 13, 5]])
_SHORT_OF_ONE = 1.0 - ((np.arange(SIDE * SIDE) + 0.5) / (SIDE * SIDE))[:, None]
_AT = np.linspace(0.0, 1.0, LUT_LEVELS)
OPAQUE = 0xFF000000


def dither_offsets(rows: int, columns: int) -> Floats:
    """Return where each cell's own table begins, float32 (rows, columns)."""
    tiles = np.tile(_BAYER, (-(-rows // SIDE), -(-columns // SIDE)))[:rows, :columns]
    return (tiles * LUT_LEVELS).astype(np.float32)


class Lut:
    """A table of colours for brightness 0…1; packed red in the lowest byte, as ImageData has it."""

    def __init__(self, *, opaque: bool) -> None:
        """Start black. Of tables that are added up, one is opaque."""
        self._base = np.uint32(OPAQUE if opaque else 0)
        self._table: Pixels = np.full(SIDE * SIDE * LUT_LEVELS, self._base, np.uint32)
        self._given: object = None

    def set(self, stops: Sequence[tuple[float, Sequence[float]]]) -> bool:
        """Blend from stop to stop: (brightness 0…1, colour 0…255). Says whether that changed anything.

        A colour of four channels ends with its alpha, 0…255, for a table that is not opaque.
        """
        key = tuple((at, *(round(4.0 * channel) for channel in colour)) for at, colour in stops)
        if key == self._given:
            return False
        self._given = key
        places = [stop[0] for stop in stops]
        table = self._table.reshape(SIDE * SIDE, LUT_LEVELS)
        table[...] = self._base
        for channel in range(len(stops[0][1])):
            values = np.minimum(np.interp(_AT, places, [stop[1][channel] for stop in stops]), 255.0)
            whole = np.floor(values)
            step = np.uint32(1 << 8 * channel)
            table += whole.astype(np.uint32) * step
            table += (values - whole >= _SHORT_OF_ONE) * step
        return True

    def colours(self, index: NDArray[np.intp]) -> Pixels:
        """Return the colours for indices, each brightness × 255 plus its cell's dither offset."""
        return self._table[index]
