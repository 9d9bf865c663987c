"""Plankton: specks drawn one by one, dust too fine for that, and the wake that carries and lights it.

NumPy struct of arrays; a steady step allocates nothing that stays.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from candlefish.sim.easing import approach
from candlefish.sim.water import WATER

if TYPE_CHECKING:
    from candlefish.sim.rng import Streams
    from candlefish.sim.water import DustStyle, PlanktonStyle, WakeStyle

Floats = NDArray[np.float32]


class Plankton:
    """Hundreds of specks in a flow. Every array is float32 (count,); a steady step allocates nothing.

    Attributes:
        x, y: place, 0…1 of the box (so that a resize keeps the picture).
        depth: 0 far … 1 near; near specks are bigger and drift faster.
        near, far: which of them drift in front of the fish, out of focus, and the others.
        light: 0…1, how brightly each glows because something passed.
        previous_x, previous_y: the place one step earlier, for interpolation.
    """

    def __init__(self, count: int, streams: Streams, style: PlanktonStyle = WATER.plankton) -> None:
        """Scatter `count` specks evenly."""
        self.count, self._style = count, style
        self.x: Floats = streams.uniform("plankton", 0.0, 1.0, count)
        self.y: Floats = streams.uniform("plankton", 0.0, 1.0, count)
        self.depth: Floats = np.sqrt(streams.uniform("plankton", 0.02, 1.0, count))
        self.near, self.far = (
            np.nonzero(self.depth > style.near_depth)[0],
            np.nonzero(self.depth <= style.near_depth)[0],
        )
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
        a, b, near, style = self._a, self._b, self._near, self._style
        np.subtract(self.x, np.float32(body[0] / size[0]), out=a)
        a *= np.float32(size[0])
        np.subtract(self.y, np.float32(body[1] / size[1]), out=b)
        b *= np.float32(size[1] * style.stir_flat)
        a *= a
        b *= b
        np.add(a, b, out=near)
        near *= np.float32(-1.0 / (reach_px * reach_px))
        near += np.float32(1.0)
        np.maximum(near, np.float32(0.0), out=near)
        near *= near
        keep = np.float32(math.exp(-dt_s / style.calm_tau_s))
        taken = approach(style.stir_tau_s, dt_s)
        for velocity, drive in ((self._vx, body[2]), (self._vy, body[3])):
            np.multiply(velocity, keep, out=velocity)
            np.multiply(near, np.float32(style.stir_share * drive * taken), out=a)
            np.add(velocity, a, out=velocity)
        speed = min(1.0, math.hypot(body[2], body[3]) / style.light_px_s)
        self.light *= np.float32(math.exp(-dt_s / style.light_tau_s))
        near *= np.float32(style.light + style.light_speed * speed)
        np.maximum(self.light, near, out=self.light)

    def drift(self, size: tuple[float, float], time_s: float, dt_s: float) -> None:
        """Move for `dt_s` seconds as stirred and by a slow, divergence-free swell, larger near the viewer.

        A speck that leaves comes in opposite, together with its previous place: interpolation never crosses.
        """
        np.copyto(self.previous_x, self.x)
        np.copyto(self.previous_y, self.y)
        a, b, style = self._a, self._b, self._style
        for axis, previous, other, velocity, extent, drift in (
            (self.x, self.previous_x, self.y, self._vx, size[0], style.drift_x_px_s),
            (self.y, self.previous_y, self.x, self._vy, size[1], style.drift_y_px_s),
        ):
            np.multiply(other, np.float32(style.swell_rad), out=a)
            a += self.phase
            a += np.float32((style.swell_rad_s * time_s) % math.tau)
            np.sin(a, out=a)
            a *= np.float32(style.swell_px_s)
            a += np.float32(drift)
            a *= self.depth
            np.add(a, velocity, out=b)
            b *= np.float32(dt_s / extent)
            np.add(axis, b, out=axis)
            np.floor(axis, out=a)
            np.subtract(axis, a, out=axis)
            np.subtract(previous, a, out=previous)


COLUMNS, ROWS = 64, 36
CELLS = COLUMNS * ROWS


class Wake:
    """Velocity and light of the water, float32 (ROWS, COLUMNS) over the whole box."""

    def __init__(self, style: WakeStyle = WATER.wake) -> None:
        """Start with still, dark water."""
        self._style = style
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
        self._keep[:2] = math.exp(-dt_s / self._style.calm_tau_s)
        self._keep[2] = math.exp(-dt_s / self._style.light_tau_s)
        field, inner = self._all, self._inner
        field *= self._keep
        np.add(field[:, 1:-1, :-2], field[:, 1:-1, 2:], out=inner)
        inner += field[:, :-2, 1:-1]
        inner += field[:, 2:, 1:-1]
        inner *= np.float32(0.25)
        inner -= field[:, 1:-1, 1:-1]
        inner *= np.float32(min(0.2, self._style.spread_per_s * dt_s))
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
        near, change, style = self._near, self._change, self._style
        self._bell(self._across, self._x, place[0] / size[0], size[0] / reach_px)
        self._bell(self._down, self._y, place[1] / size[1], size[1] / reach_px)
        np.multiply(self._down, self._across, out=near)
        self._drive[0], self._drive[1] = style.drag * velocity[0], style.drag * velocity[1]
        water, pull, lit = self._all[:2], change[:2], change[2]
        np.subtract(self._drive, water, out=pull)
        pull *= near
        pull *= np.float32(1.0 - math.exp(-dt_s / style.drag_tau_s))
        near *= np.float32(light)
        np.subtract(near, self.light, out=lit)
        np.maximum(lit, np.float32(0.0), out=lit)
        lit *= np.float32(1.0 - math.exp(-dt_s / style.glow_tau_s))
        self._all += change

    @staticmethod
    def _bell(out: Floats, along: Floats, middle: float, per_reach: float) -> None:
        """Fill `out` with exp(−d²), d the distance from `middle` in reaches."""
        np.subtract(along, np.float32(middle), out=out)
        out *= np.float32(per_reach)
        out *= out
        np.negative(out, out=out)
        np.exp(out, out=out)


GROUPS = 2
"""An update looks up the water about one speck in this many, by turns."""


class Dust:
    """Specks by the ten thousand, float32 (count,). A steady step allocates nothing that stays.

    Attributes:
        x, y: place, 0…1 of the box.
        depth: 0 far … 1 near.
        drifting: how many of them drift, the first ones; `limit` sets it.
        light: 0…1, how brightly each glows because something passed.
    """

    def __init__(self, count: int, streams: Streams, style: DustStyle = WATER.dust) -> None:
        """Scatter `count` specks evenly."""
        self.count = count
        self.x: Floats = streams.uniform("dust", 0.0, 1.0, count)
        self.y: Floats = streams.uniform("dust", 0.0, 1.0, count)
        self.depth: Floats = streams.uniform("dust", 0.0, 1.0, count)
        self.light: Floats = np.zeros(count, np.float32)
        phase = streams.uniform("dust", 0.0, math.tau, count)
        carried = style.drift_px_s * (style.drift_far + style.drift_depth * self.depth)
        self._drift_x: Floats = (carried * (1.0 + style.uneven * np.cos(phase))).astype(np.float32)
        rise = style.rise_px_s * (style.rise_far + self.depth)
        self._drift_y: Floats = (rise * np.sin(phase) + style.sink_px_s).astype(np.float32)
        self._vx, self._vy = self._drift_x.copy(), self._drift_y.copy()
        self._work: Floats = np.empty(count, np.float32)
        self._cell = np.empty(count, np.intp)
        self._turn = 0
        self.drifting = count

    def limit(self, count: int) -> None:
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
