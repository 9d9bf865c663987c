"""The wake: a coarse flow field that whatever moves drags along and lights. No allocation in a step."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]

COLUMNS, ROWS = 64, 36
CELLS = COLUMNS * ROWS
STILL_TAU_S = 1.1
"""Time constant with which stirred water comes to rest."""
LIGHT_TAU_S = 1.7
"""Time constant with which plankton stops glowing."""


class Wake:
    """Velocity and light of the water, float32 (ROWS, COLUMNS) over the whole box."""

    def __init__(self) -> None:
        """Start with still, dark water."""
        self._all: Floats = np.zeros((3, ROWS, COLUMNS), np.float32)
        self._x: Floats = ((np.arange(COLUMNS) + 0.5) / COLUMNS).astype(np.float32)[None, :]
        self._y: Floats = ((np.arange(ROWS) + 0.5) / ROWS).astype(np.float32)[:, None]
        self._across: Floats = np.empty((1, COLUMNS), np.float32)
        self._down: Floats = np.empty((ROWS, 1), np.float32)
        self._near: Floats = np.empty((ROWS, COLUMNS), np.float32)
        self._change: Floats = np.empty((3, ROWS, COLUMNS), np.float32)
        self._inner: Floats = np.empty((3, ROWS - 2, COLUMNS - 2), np.float32)
        self._keep: Floats = np.ones((3, 1, 1), np.float32)
        self._drive: Floats = np.zeros((2, 1, 1), np.float32)

    @property
    def u(self) -> Floats:
        """Velocity to the right, px/s."""
        u: Floats = self._all[0]
        return u

    @property
    def v(self) -> Floats:
        """Velocity down, px/s."""
        v: Floats = self._all[1]
        return v

    @property
    def light(self) -> Floats:
        """How much the plankton glows there because something passed, 0…1."""
        light: Floats = self._all[2]
        return light

    def settle(self, dt_s: float) -> None:
        """Let `dt_s` seconds pass: water comes to rest, light fades and spreads a little."""
        self._keep[:2] = math.exp(-dt_s / STILL_TAU_S)
        self._keep[2] = math.exp(-dt_s / LIGHT_TAU_S)
        field, inner = self._all, self._inner
        field *= self._keep
        np.add(field[:, 1:-1, :-2], field[:, 1:-1, 2:], out=inner)
        inner += field[:, :-2, 1:-1]
        inner += field[:, 2:, 1:-1]
        inner *= np.float32(0.25)
        inner -= field[:, 1:-1, 1:-1]
        inner *= np.float32(min(0.2, 2.4 * dt_s))
        field[:, 1:-1, 1:-1] += inner

    def stir(
        self,
        size: tuple[float, float],
        place: tuple[float, float],
        velocity: tuple[float, float],
        reach_px: float,
        light: float,
        dt_s: float,
    ) -> None:
        """Drag the water about `place` (px) along with `velocity` (px/s), and light it up to `light` 0…1."""
        near, change = self._near, self._change
        self._bell(self._across, self._x, place[0] / size[0], size[0] / reach_px)
        self._bell(self._down, self._y, place[1] / size[1], size[1] / reach_px)
        np.multiply(self._down, self._across, out=near)
        self._drive[0], self._drive[1] = 0.6 * velocity[0], 0.6 * velocity[1]
        water, pull, lit = self._all[:2], change[:2], change[2]
        np.subtract(self._drive, water, out=pull)
        pull *= near
        pull *= np.float32(1.0 - math.exp(-dt_s / 0.09))
        near *= np.float32(light)
        np.subtract(near, self.light, out=lit)
        np.maximum(lit, np.float32(0.0), out=lit)
        lit *= np.float32(1.0 - math.exp(-dt_s / 0.12))
        self._all += change

    @staticmethod
    def _bell(out: Floats, along: Floats, middle: float, per_reach: float) -> None:
        """Fill `out` with exp(−d²), d the distance from `middle` in reaches."""
        np.subtract(along, np.float32(middle), out=out)
        out *= np.float32(per_reach)
        out *= out
        np.negative(out, out=out)
        np.exp(out, out=out)
