"""Small scalar functions of motion, shared by the model and the drawing."""

from __future__ import annotations

import math
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray


def clamp(value: float, low: float, high: float) -> float:
    """Return `value` limited to [low, high]."""
    return low if value < low else high if value > high else value


def smoothstep(low: float, high: float, value: float) -> float:
    """Return the cubic Hermite ramp from 0 at `low` to 1 at `high`."""
    t = (value - low) / (high - low)
    if t <= 0.0:
        return 0.0
    if t >= 1.0:
        return 1.0
    return t * t * (3.0 - 2.0 * t)


@lru_cache(maxsize=256)
def approach(tau_s: float, dt_s: float) -> float:
    """Return the share of a gap that exponential relaxation with time constant `tau_s` closes in `dt_s`.

    Kept for the few pairs that every step asks for.
    """
    return 1.0 - math.exp(-dt_s / tau_s)


def spring(value: float, speed: float, target: float, omega: float, dt_s: float) -> tuple[float, float]:
    """Advance a critically damped spring of natural frequency `omega` (rad/s), exactly.

    Returns the new value and its speed. The closed form is stable for any step.
    """
    gap = value - target
    decay = math.exp(-omega * dt_s)
    drift = speed + omega * gap
    return target + (gap + drift * dt_s) * decay, (speed - omega * drift * dt_s) * decay


class Curve(NamedTuple):
    """How a change goes: a cubic Bézier from (0, 0) to (1, 1), as in CSS, that never goes back or beyond.

    Attributes:
        x1, y1: its first handle, time and share of the change, each 0…1.
        x2, y2: its second.
    """

    x1: float
    y1: float
    x2: float
    y2: float

    def __str__(self) -> str:
        """Return it as CSS writes it."""
        return f"cubic-bezier({', '.join(f'{part:g}' for part in self)})"

    def at(self, time: float) -> float:
        """Return the share of the change that is done at a share `time` of its duration."""
        if time >= 1.0:
            return 1.0
        return float(np.interp(time, *_points(self))) if time > 0.0 else 0.0


@lru_cache(maxsize=32)
def _points(curve: Curve) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return times and shares along the curve, close enough for lines between them."""
    x1, y1, x2, y2 = curve
    u = np.linspace(0.0, 1.0, 65)
    first, second, third = 3.0 * (1.0 - u) ** 2 * u, 3.0 * (1.0 - u) * u * u, u**3
    return first * x1 + second * x2 + third, first * y1 + second * y2 + third
