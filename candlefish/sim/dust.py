"""Plankton by the ten thousand: specks too fine to be drawn one by one, carried and lit by the wake."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from candlefish.sim.wake import COLUMNS, ROWS, Wake

if TYPE_CHECKING:
    from candlefish.sim.rng import Streams

Floats = NDArray[np.float32]

GROUPS = 2
"""An update looks up the water about one speck in this many, by turns."""
CURRENT_PX_S = 6.0


class Dust:
    """The specks, float32 (count,). A steady step allocates nothing that stays.

    Attributes:
        x, y: place, 0…1 of the box.
        depth: 0 far … 1 near.
        drifting: how many of them drift, the first ones; `only` sets it.
        light: 0…1, how brightly each glows because something passed.
    """

    def __init__(self, count: int, streams: Streams) -> None:
        """Scatter `count` specks evenly."""
        self.count = count
        self.x: Floats = streams.uniform("dust", 0.0, 1.0, count)
        self.y: Floats = streams.uniform("dust", 0.0, 1.0, count)
        self.depth: Floats = streams.uniform("dust", 0.0, 1.0, count)
        self.light: Floats = np.zeros(count, np.float32)
        phase = streams.uniform("dust", 0.0, math.tau, count)
        self._drift_x: Floats = (
            CURRENT_PX_S * (0.35 + 0.9 * self.depth) * (1.0 + 0.5 * np.cos(phase))
        ).astype(np.float32)
        self._drift_y: Floats = (2.6 * (0.3 + self.depth) * np.sin(phase) + 1.2).astype(np.float32)
        self._vx, self._vy = self._drift_x.copy(), self._drift_y.copy()
        self._work: Floats = np.empty(count, np.float32)
        self._cell = np.empty(count, np.intp)
        self._turn = 0
        self.drifting = count

    def only(self, count: int) -> None:
        """Let the first `count` specks drift from now on; the others, which nobody draws, wait."""
        self.drifting = max(0, min(count, self.count))

    def update(self, size: tuple[float, float], wake: Wake, dt_s: float) -> None:
        """Drift for `dt_s` seconds in a box of `size` px."""
        if not self.drifting:
            return
        self._feel(wake)
        moved = slice(0, self.drifting)
        work = self._work[moved]
        for all_places, velocities, extent in ((self.x, self._vx, size[0]), (self.y, self._vy, size[1])):
            place, velocity = all_places[moved], velocities[moved]
            np.multiply(velocity, np.float32(dt_s / extent), out=work)
            np.add(place, work, out=place)
            np.floor(place, out=work)
            np.subtract(place, work, out=place)

    def _feel(self, wake: Wake) -> None:
        """Look up the water about one group of specks: how it carries and lights them."""
        group = slice(self._turn * self.drifting // GROUPS, (self._turn + 1) * self.drifting // GROUPS)
        self._turn = (self._turn + 1) % GROUPS
        work, cell = self._work[group], self._cell[group]
        np.multiply(self.y[group], np.float32(ROWS - 1e-3), out=work)
        np.floor(work, out=work)
        work *= np.float32(COLUMNS)
        work += self.x[group] * np.float32(COLUMNS - 1e-3)
        np.copyto(cell, work, casting="unsafe")
        np.add(self._drift_x[group], wake.u.ravel()[cell], out=self._vx[group])
        np.add(self._drift_y[group], wake.v.ravel()[cell], out=self._vy[group])
        self.light[group] = wake.light.ravel()[cell]
