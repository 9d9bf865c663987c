"""Small scalar functions of motion, shared by the model and the drawing."""

from __future__ import annotations

import math
from functools import lru_cache


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
