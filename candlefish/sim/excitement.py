"""How long excitement lasts: what caused it, how long ago, and whether more is to be expected."""

from __future__ import annotations

import math

from candlefish.sim.easing import clamp

AFTER_EATING_S = 1.0
PATIENCE = 1.5
LONGEST_WAIT_S = 8.0
"""Fed twice within this time, the fish waits for more: `PATIENCE` times as long as it did the last time."""


class Excitement:
    """The times of the things that excite.

    Attributes:
        since_food_s: since food was last offered. since_greeting_s: since it greeted a returning friend.
        since_milestone_s: since a milestone of trust. All `inf` for never.
    """

    def __init__(self) -> None:
        """Nothing has happened yet."""
        self.since_food_s = self.since_greeting_s = self.since_milestone_s = math.inf
        self._since_eaten_s = math.inf
        self._wait_s = 0.0

    def pass_by(self, dt_s: float) -> None:
        """Let `dt_s` seconds pass."""
        self.since_food_s += dt_s
        self.since_greeting_s += dt_s
        self.since_milestone_s += dt_s
        self._since_eaten_s += dt_s

    def offered(self) -> None:
        """Food was offered."""
        gap_s = self.since_food_s
        self._wait_s = clamp(PATIENCE * gap_s, 0.0, LONGEST_WAIT_S) if gap_s < LONGEST_WAIT_S else 0.0
        self.since_food_s = 0.0

    def ate(self) -> None:
        """A piece was eaten."""
        self._since_eaten_s = 0.0

    def eager(self, *, food_left: bool) -> bool:
        """Say whether it still hunts, has only just eaten, or is fed so often that it waits for more."""
        return food_left or self._since_eaten_s < AFTER_EATING_S or self.since_food_s < self._wait_s
