"""Light from above, as a brightness of the water: depth, shafts, caustics, vignette. Renewed by turns."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]

BANDS = 5
"""The water changes so slowly that a fifth of the rows a frame is enough."""
ANGLES = 512


class Sky:
    """The brightness 0…1 of the water in a grid; `values` is float32 (rows, columns)."""

    def __init__(self, columns: int, rows: int, aspect: float) -> None:
        """For a box `aspect` times as wide as high."""
        x = (((np.arange(columns) + 0.5) / columns - 0.5)[None, :] * aspect).astype(np.float32)
        y = ((np.arange(rows) + 0.5) / rows)[:, None].astype(np.float32)
        self.values: Floats = np.zeros((rows, columns), np.float32)
        self._ground = self._still(x, y, aspect)
        fan = (x + 0.12 * aspect) / (y + 0.85)
        reach = float(np.abs(fan).max())
        self._angle = ((0.5 + 0.4999 * fan / reach) * ANGLES).astype(np.int16)
        self._span = np.linspace(-reach, reach, ANGLES)
        self._shaft = (0.42 * np.exp(-1.9 * y)).astype(np.float32)
        self._net = [
            (((a * x + b * y * (1.0 + 0.8 * y)) * 0.9) % 1.0 * ANGLES).astype(np.int16)
            for a, b in ((1.1, 1.6), (-1.3, 1.9))
        ]
        self._caustic = (0.20 * np.exp(-5.5 * y)).astype(np.float32)
        self._circle = np.linspace(0.0, math.tau, ANGLES, endpoint=False)
        self._band = 0

    @staticmethod
    def _still(x: Floats, y: Floats, aspect: float) -> Floats:
        """What never changes: brighter above and about the middle, darker towards the corners."""
        middle = np.exp(-((x / (0.52 * aspect + 0.12)) ** 2) - ((y - 0.36) / 0.46) ** 2)
        above = np.exp(-3.2 * y)
        corner = (2.0 * x / aspect) ** 4 * 0.10 + np.clip(y - 0.62, 0.0, 1.0) ** 2 * 0.5
        still: Floats = 0.10 + 0.36 * middle + 0.20 * above - corner
        return still

    def renew(self, time_s: float, shafts: float, *, whole: bool) -> slice:
        """Renew the next band, or all, for the time; `shafts` 0…1 is their strength. Returns the rows."""
        rows = len(self.values)
        band = slice(self._band * rows // BANDS, (self._band + 1) * rows // BANDS)
        self._band = (self._band + 1) % BANDS
        if whole:
            band = slice(0, rows)
        out = self.values[band]
        np.multiply(self._rays(time_s)[self._angle[band]], self._shaft[band], out=out)
        out *= np.float32(shafts)
        net = self._web(0.16 * time_s)[self._net[0][band]]
        net *= self._web(-0.13 * time_s + 1.7)[self._net[1][band]]
        net *= self._caustic[band]
        out += net
        out += self._ground[band]
        np.maximum(out, np.float32(0.0), out=out)
        np.minimum(out, np.float32(1.0), out=out)
        return band

    def _rays(self, time_s: float) -> Floats:
        """Shafts by the direction they come from: three slow waves that beat against each other."""
        a = self._span
        wave = (
            np.sin(7.3 * a + 0.110 * time_s + 0.4)
            + np.sin(13.1 * a - 0.071 * time_s + 2.1)
            + 0.8 * np.sin(23.7 * a + 0.163 * time_s + 4.0)
        )
        rays: Floats = (np.clip(wave / 2.8, 0.0, 1.0) ** 1.35).astype(np.float32)
        return rays

    def _web(self, phase: float) -> Floats:
        """One of the two combs whose product is the net of caustics."""
        at = self._circle
        comb = 1.0 - np.abs(np.sin(at + phase + 0.9 * np.sin(2.0 * at - phase)))
        web: Floats = (comb**2.2).astype(np.float32)
        return web
