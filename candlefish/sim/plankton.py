"""The plankton field: hundreds of specks in a flow, lit by what passes. NumPy struct of arrays."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from candlefish.sim.easing import approach

if TYPE_CHECKING:
    from candlefish.sim.rng import Streams

Floats = NDArray[np.float32]

NEAR_DEPTH = 0.93
"""Specks nearer than this drift in front of the fish, out of focus."""
LIGHT_TAU_S = 1.4


class Plankton:
    """The specks. Every array is float32 (count,); a steady step allocates nothing.

    Attributes:
        x, y: place, 0…1 of the box (so that a resize keeps the picture).
        depth: 0 far … 1 near; near specks are bigger and drift faster.
        near, far: which of them are nearer than `NEAR_DEPTH`, and the others.
        light: 0…1, how brightly each glows because something passed.
        previous_x, previous_y: the place one step earlier, for interpolation.
    """

    def __init__(self, count: int, streams: Streams) -> None:
        """Scatter `count` specks evenly."""
        self.count = count
        self.x: Floats = streams.uniform("plankton", 0.0, 1.0, count)
        self.y: Floats = streams.uniform("plankton", 0.0, 1.0, count)
        self.depth: Floats = np.sqrt(streams.uniform("plankton", 0.02, 1.0, count))
        self.near, self.far = np.nonzero(self.depth > NEAR_DEPTH)[0], np.nonzero(self.depth <= NEAR_DEPTH)[0]
        self.phase: Floats = streams.uniform("plankton", 0.0, math.tau, count)
        self.light: Floats = np.zeros(count, np.float32)
        self.previous_x: Floats = self.x.copy()
        self.previous_y: Floats = self.y.copy()
        self._vx: Floats = np.zeros(count, np.float32)
        self._vy: Floats = np.zeros(count, np.float32)
        self._a: Floats = np.empty(count, np.float32)
        self._b: Floats = np.empty(count, np.float32)
        self._near: Floats = np.empty(count, np.float32)

    def stir(
        self, size: tuple[float, float], body: tuple[float, float, float, float], reach_px: float, dt_s: float
    ) -> None:
        """Let `body`, the fish's x, y (px), vx, vy (px/s), stir and light the specks for `dt_s` seconds.

        Those near it take a share of its velocity, and light by how fast it passes.
        """
        a, b, near = self._a, self._b, self._near
        np.subtract(self.x, np.float32(body[0] / size[0]), out=a)
        a *= np.float32(size[0])
        np.subtract(self.y, np.float32(body[1] / size[1]), out=b)
        b *= np.float32(size[1] * 1.4)
        a *= a
        b *= b
        np.add(a, b, out=near)
        near *= np.float32(-1.0 / (reach_px * reach_px))
        near += np.float32(1.0)
        np.maximum(near, np.float32(0.0), out=near)
        near *= near
        keep = np.float32(math.exp(-dt_s / 0.9))
        for velocity, drive in ((self._vx, body[2]), (self._vy, body[3])):
            np.multiply(velocity, keep, out=velocity)
            np.multiply(near, np.float32(0.55 * drive * approach(0.25, dt_s)), out=a)
            np.add(velocity, a, out=velocity)
        speed = min(1.0, math.hypot(body[2], body[3]) / 200.0)
        self.light *= np.float32(math.exp(-dt_s / LIGHT_TAU_S))
        near *= np.float32(0.15 + 0.85 * speed)
        np.maximum(self.light, near, out=self.light)

    def drift(self, size: tuple[float, float], time_s: float, dt_s: float) -> None:
        """Move for `dt_s` seconds as stirred and by a slow, divergence-free swell, larger near the viewer.

        A speck that leaves comes in opposite, together with its previous place: interpolation never crosses.
        """
        np.copyto(self.previous_x, self.x)
        np.copyto(self.previous_y, self.y)
        a, b = self._a, self._b
        for axis, previous, other, velocity, extent, drift in (
            (self.x, self.previous_x, self.y, self._vx, size[0], 5.0),
            (self.y, self.previous_y, self.x, self._vy, size[1], -2.5),
        ):
            np.multiply(other, np.float32(5.0), out=a)
            a += self.phase
            a += np.float32((0.23 * time_s) % math.tau)
            np.sin(a, out=a)
            a *= np.float32(7.0)
            a += np.float32(drift)
            a *= self.depth
            np.add(a, velocity, out=b)
            b *= np.float32(dt_s / extent)
            np.add(axis, b, out=axis)
            np.floor(axis, out=a)
            np.subtract(axis, a, out=axis)
            np.subtract(previous, a, out=previous)
