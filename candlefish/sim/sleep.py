"""Sleep: a fish left alone for long drops off, sooner at night, and wakes when someone comes."""

from __future__ import annotations

from candlefish.sim.easing import approach
from candlefish.sim.mood import Mood

DAY_S = 150.0
NIGHT_S = 90.0
"""Alone for this long, it falls asleep."""
FALLING_TAU_S = 3.0
WAKING_TAU_S = 0.5


class Sleep:
    """How deeply it sleeps.

    Attributes:
        depth: 0 awake … 1 fast asleep; eased.
    """

    def __init__(self) -> None:
        """Be awake."""
        self.depth = 0.0

    @property
    def asleep(self) -> bool:
        """Whether it sleeps."""
        return self.depth > 0.5

    def update(self, mood: Mood, alone_s: float, hour: float, dt_s: float) -> None:
        """Let `dt_s` seconds pass, the visitor having done nothing for `alone_s`."""
        drowsy = mood is Mood.LONELY and alone_s > (NIGHT_S if is_night(hour) else DAY_S)
        if drowsy or self.depth > 1e-4:
            wanted, tau_s = (1.0, FALLING_TAU_S) if drowsy else (0.0, WAKING_TAU_S)
            self.depth += (wanted - self.depth) * approach(tau_s, dt_s)


def is_night(hour: float) -> bool:
    """Say whether people sleep at this hour."""
    return hour >= 22.0 or hour < 6.0
