"""The light field: light added up in a grid, softened, and shown as one small picture.

Whatever glows is added to a float32 grid of a few px a cell: places in cells, bilinearly, so that nothing
jumps from cell to cell. All arrays are made once; `np.add.at` adds in place, where `np.bincount` makes a new
grid each time.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]

MARGIN = 2
"""Cells around the grid, so that light near an edge needs no care."""


class LightField:
    """Light in a grid of cells; `values` is float32 (rows, columns), without the margin."""

    def __init__(self, columns: int, rows: int, most: int) -> None:
        """Allocate for up to `most` points scattered at once."""
        self.columns, self.rows = columns, rows
        self._stride = columns + 2 * MARGIN
        shape = (rows + 2 * MARGIN, self._stride)
        self._grid: Floats = np.zeros(shape, np.float32)
        self._flat: Floats = self._grid.reshape(-1)
        self._other: Floats = np.zeros(self._flat.size, np.float32)
        self.values: Floats = self._grid[MARGIN:-MARGIN, MARGIN:-MARGIN]
        self._x, self._y, self._a, self._b = (np.empty(most, np.float32) for _ in range(4))
        self._cell = np.empty(most, np.intp)

    def clear(self) -> None:
        """Put all light out."""
        self._flat.fill(0.0)

    def scatter(self, x: Floats, y: Floats, light: Floats) -> None:
        """Add `light` at places `x`, `y`, 0…1 of the field; float32 (n,), at most as many as allocated for.

        What lies outside is held at the edge's margin, which does not show.
        """
        count = len(x)
        fx, fy, a, b = (array[:count] for array in (self._x, self._y, self._a, self._b))
        cell = self._cell[:count]
        self._cells(x, self.columns, fx, a)
        self._cells(y, self.rows, fy, b)
        b *= np.float32(self._stride)
        b += a
        np.copyto(cell, b, casting="unsafe")
        self._add(cell, fx, fy, light, a, b)

    @staticmethod
    def _cells(place: Floats, extent: int, share: Floats, whole: Floats) -> None:
        """Split places 0…1 into whole cells and the share of the next cell."""
        np.multiply(place, np.float32(extent), out=share)
        share += np.float32(MARGIN - 0.5)
        np.maximum(share, np.float32(0.0), out=share)
        np.minimum(share, np.float32(extent + 2 * MARGIN - 1.001), out=share)
        np.floor(share, out=whole)
        share -= whole

    def _add(
        self, cell: NDArray[np.intp], fx: Floats, fy: Floats, light: Floats, lower: Floats, corner: Floats
    ) -> None:
        np.multiply(light, fy, out=lower)
        np.multiply(lower, fx, out=corner)
        np.add.at(self._flat[self._stride + 1 :], cell, corner)
        lower -= corner
        np.add.at(self._flat[self._stride :], cell, lower)
        lower += corner
        np.subtract(light, lower, out=lower)
        np.multiply(lower, fx, out=corner)
        np.add.at(self._flat[1:], cell, corner)
        lower -= corner
        np.add.at(self._flat, cell, lower)

    def blur(self, passes: int) -> None:
        """Soften by the binomial kernel of `2 × passes` + 1 cells, keeping the sum of all light."""
        for step in (1, self._stride):
            for _ in range(passes):
                np.add(self._flat[:-step], self._flat[step:], out=self._other[step:])
                np.add(self._other[step:-step], self._other[2 * step :], out=self._flat[step:-step])
        self._flat *= np.float32(math.ldexp(1.0, -4 * passes))


class Magnifier:
    """Enlarges a field four times, linearly, into a grid; the soft light is kept in few cells."""

    SCALE = 4

    def __init__(self, columns: int, rows: int) -> None:
        """For a small field of `rows` × `columns` cells without its margin."""
        self._tall: Floats = np.empty((self.SCALE * rows, columns + 2), np.float32)
        self._work: Floats = np.empty((rows, columns + 2), np.float32)
        self._thin: Floats = np.empty((self.SCALE * rows, columns), np.float32)

    def enlarge(self, small: LightField, out: Floats) -> None:
        """Write the field, four times as large, to `out`, float32 (4 rows, 4 columns)."""
        rows, columns = small.rows, small.columns
        source = small._grid[MARGIN - 1 : MARGIN + rows + 1, MARGIN - 1 : MARGIN + columns + 1]  # noqa: SLF001
        for k, (before, share) in enumerate(((0, 0.625), (0, 0.875), (1, 0.125), (1, 0.375))):
            np.multiply(
                source[before + 1 : before + 1 + rows], np.float32(share), out=self._tall[k :: self.SCALE]
            )
            np.multiply(source[before : before + rows], np.float32(1.0 - share), out=self._work)
            self._tall[k :: self.SCALE] += self._work
        for k, (before, share) in enumerate(((0, 0.625), (0, 0.875), (1, 0.125), (1, 0.375))):
            np.multiply(self._tall[:, before + 1 : before + 1 + columns], np.float32(share), out=self._thin)
            column = out[:, k :: self.SCALE]
            np.multiply(self._tall[:, before : before + columns], np.float32(1.0 - share), out=column)
            column += self._thin
