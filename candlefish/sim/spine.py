"""The spine: a chain of joints that follows the head and carries the swimming wave."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from candlefish.sim.easing import approach

if TYPE_CHECKING:
    from numpy.typing import NDArray

STATIONS = 24
"""Joints from the snout (0) to the root of the tail fin."""

MOST_BEND = 1.25
"""The tail is never turned further from the head than this, rad: no fish folds in the middle."""

WAVES = 0.9
"""Wave lengths of the body wave along the body."""


def tail_beat_hz(lengths_s: float) -> float:
    """Return the tail-beat frequency for a speed in body lengths a second.

    Bainbridge (1958), "The speed of swimming of fish as related to size and to the frequency and amplitude of
    the tail beat", Journal of Experimental Biology 35(1): U/L = ¾ f − 1, so f = (U/L + 1) · 4/3. The resting
    beat is slowed, for a fish that hangs in the water only sculls.
    """
    return 0.75 + (lengths_s + 1.0) * 4.0 / 3.0 * min(1.0, 0.25 + lengths_s) * 0.8


class Spine:
    """The chain's angles and points.

    `points` is float64 (3, STATIONS): x to the right, y down, z towards the viewer, in body lengths from the
    middle of the body. `previous` is the same one step earlier, for interpolation.
    """

    def __init__(self) -> None:
        """Make a straight spine."""
        self.phase = 0.0
        self.amplitude = 0.1
        self.points: NDArray[np.float64] = np.zeros((3, STATIONS))
        self.previous: NDArray[np.float64] = np.zeros((3, STATIONS))
        self._yaw = np.zeros(STATIONS)
        self._pitch = np.zeros(STATIONS)
        along = np.linspace(0.0, 1.0, STATIONS)
        self._lag = -math.tau * WAVES * along
        self._envelope = 0.10 + 0.15 * along + 0.95 * along * along
        self._bend = np.zeros(STATIONS)
        self._work = np.zeros(STATIONS)
        self._reach = MOST_BEND * along
        self._ds = 1.0 / (STATIONS - 1)

    @property
    def yaw(self) -> NDArray[np.float64]:
        """Facing of each joint without the wave, rad, float64 (STATIONS,)."""
        return self._yaw

    def settle(self, yaw: float, pitch: float) -> None:
        """Put every joint at these angles at once."""
        self._yaw.fill(yaw)
        self._pitch.fill(pitch)
        self._place()
        np.copyto(self.previous, self.points)

    def update(
        self, yaw: float, pitch: float, yaw_speed: float, lengths_s: float, tension: float, dt_s: float
    ) -> None:
        """Follow the head's angles (rad) for `dt_s` seconds at a speed in body lengths a second."""
        np.copyto(self.previous, self.points)
        self.phase = (self.phase + math.tau * tail_beat_hz(lengths_s) * dt_s) % (math.tau * 1000)
        loose = 1.15 - 0.45 * tension
        wanted = loose * (0.16 + 0.34 * min(1.0, lengths_s / 1.2) + 0.05 * min(4.0, abs(yaw_speed)))
        self.amplitude += (wanted - self.amplitude) * approach(0.25, dt_s)
        self._follow(self._yaw, yaw, approach(0.014, dt_s))
        self._follow(self._pitch, pitch, approach(0.02, dt_s))
        self._place()

    def _follow(self, angles: NDArray[np.float64], head: float, share: float) -> None:
        """Let each joint relax towards the one before it, as it was a step ago."""
        np.subtract(angles[:-1], angles[1:], out=self._work[1:])
        self._work[1:] *= share
        angles[1:] += self._work[1:]
        angles[0] = head
        np.subtract(head, self._reach, out=self._work)
        np.maximum(angles, self._work, out=angles)
        np.add(head, self._reach, out=self._work)
        np.minimum(angles, self._work, out=angles)

    def _place(self) -> None:
        np.add(self._lag, self.phase, out=self._bend)
        np.sin(self._bend, out=self._bend)
        self._bend *= self._envelope
        self._bend *= self.amplitude
        self._bend += self._yaw
        x, y, z = self.points
        np.cos(self._pitch, out=self._work)
        self._work *= -self._ds
        np.cos(self._bend, out=x)
        x *= self._work
        np.sin(self._bend, out=z)
        z *= self._work
        np.sin(self._pitch, out=y)
        y *= -self._ds
        for axis in (x, y, z):
            axis[0] = 0.0
            np.cumsum(axis, out=axis)
            np.subtract(axis, axis[STATIONS // 2].copy(), out=axis)
