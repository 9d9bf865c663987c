"""Trust, 0…100: earned slowly by gentle presence and food, lost by frights and absence."""

from __future__ import annotations

from candlefish.sim.easing import approach, clamp, smoothstep
from candlefish.sim.stimuli import Habituation

NEW_VISITOR = 20.0
PRESENCE_PER_S = 0.46
FOOD_POINTS = 3.0
FULL_FOOD_POINTS = 0.6
DAILY_BONUS = 5.0
STARTLE_COST_PER_S = 2.0
SATED_S = 60.0
"""Time constant at which a full stomach empties."""
FLOOR_SHARE = 0.6
"""Absence never takes trust below this share of the best level ever reached."""

MILESTONES: tuple[tuple[str, float], ...] = (("comfortable", 50.0), ("trusting", 80.0), ("bonded", 100.0))
"""Milestones reached by level."""
FIRST_FEED = "first_feed"
"""The one reached by feeding."""

RATES = {"slow": 0.7, "standard": 1.0, "fast": 1.3}
"""The experiment's multipliers on everything earned."""


def after_absence(trust: float, best: float, days_away: float) -> float:
    """Return trust after whole days away: one point a day, never below the floor, never raised."""
    floor = min(trust, FLOOR_SHARE * best)
    return max(floor, trust - max(0.0, float(int(days_away))))


class Trust:
    """The level and the two things that saturate it: too much of one's company, and a full stomach."""

    def __init__(self, value: float, rate: float = 1.0) -> None:
        """Start at `value`; everything earned is multiplied by `rate`."""
        self.value = clamp(value, 0.0, 100.0)
        self.rate = rate
        self.satiety = 0.0
        self.presence = Habituation(grow=260.0, recover_s=180.0)

    def company(self, gentleness: float, near: float, dt_s: float) -> None:
        """Earn by `dt_s` seconds of gentle (0…1), near (0…1) presence; the rate saturates as trust grows."""
        room = 1.0 - 0.5 * smoothstep(40.0, 100.0, self.value)
        points = PRESENCE_PER_S * gentleness * (0.35 + 0.65 * near) * self.presence.response * room
        self.earn(points * dt_s)
        self.presence.update(gentleness, dt_s)
        self.satiety -= self.satiety * approach(SATED_S, dt_s)

    def eat(self) -> None:
        """Earn by a piece of food: less when full."""
        self.earn(FOOD_POINTS + (FULL_FOOD_POINTS - FOOD_POINTS) * self.satiety)
        self.satiety = min(1.0, self.satiety + 0.08)

    def scared(self, dread: float, dt_s: float) -> None:
        """Pay for `dt_s` seconds of dread 0…1."""
        self.value = max(0.0, self.value - STARTLE_COST_PER_S * dread * dt_s)

    def earn(self, points: float) -> None:
        """Add points, times the experiment's rate."""
        self.value = min(100.0, self.value + points * self.rate)
