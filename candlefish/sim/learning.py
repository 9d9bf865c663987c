"""Learning: the visitor's pace, feeding rhythm, favourite places and visiting hours, at the advanced level.

All of it is kept in the visitor's memory as running means that forget (`memory.Habit`), bounded in number and
effect, and goes when the visitor asks to be forgotten. Learning when food comes is classical: fish gather at
the place and hour of feeding before it comes (food anticipatory activity; Spieler 1992, "Feeding-entrained
circadian rhythms in fishes", in Rhythms in Fishes).
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from candlefish.sim.easing import clamp, smoothstep
from candlefish.sim.memory import favourite_spots

if TYPE_CHECKING:
    from candlefish.sim.memory import Memory
    from candlefish.sim.senses import Senses

PACE, GAP, HOUR_X, HOUR_Y = "pointer_pace", "feeding_gap", "visit_hour_x", "visit_hour_y"
"""Names of the habits. An hour is a point on the circle of the day, so that 23 h and 1 h have midnight as
mean."""

USUAL_PACE_PX_S = 180.0
PACE_EVERY_S = 5.0
ENOUGH = 4
"""Observations before a habit counts."""
LONGEST_GAP_S = 120.0
MOVING_PX_S = 30.0


class Learning:
    """Running estimates of a visitor's habits.

    Attributes:
        pace: scale of the speeds that are gentle or frightening, 0.8…1.25.
        favourite: the favourite feeding place, x and y in 0…1 of the box, or None.
        expecting: 0…1, how much it looks forward to food about now.
        hour_match: 0…1, how well this hour fits the hours of earlier visits.
    """

    def __init__(self, memory: Memory, hour: float) -> None:
        """Recall what the memory holds; `hour` is the local hour 0…24."""
        self.pace = 1.0
        self.favourite: tuple[float, float] | None = None
        self.expecting = 0.0
        self.hour_match = 0.0
        self._way_px = self._moving_s = 0.0
        self._since_food_s = math.inf
        self._greeted = False
        self.recall(memory, hour)

    def recall(self, memory: Memory, hour: float) -> None:
        """Take over what the memory holds."""
        habits = memory.habits
        pace = habits.get(PACE)
        self.pace = (
            clamp(math.sqrt(pace.mean / USUAL_PACE_PX_S), 0.8, 1.25)
            if pace and pace.times >= ENOUGH and pace.mean > 0
            else 1.0
        )
        spots = favourite_spots(memory, 1)
        self.favourite = spots[0][:2] if spots and spots[0][2] >= 3 else None
        self._usual_gap_s = habits[GAP].mean if GAP in habits and habits[GAP].times >= ENOUGH else math.inf
        usual, regular = visiting_hour(memory)
        apart = abs((hour - usual + 12.0) % 24.0 - 12.0)
        self.hour_match = regular * (1.0 - smoothstep(1.0, 3.0, apart))

    def watch(self, senses: Senses, memory: Memory, hour: float, dt_s: float) -> Memory:
        """Let `dt_s` seconds of a visit pass; return the memory with what was learnt."""
        self._since_food_s += dt_s
        self.expecting = self._expectation()
        if senses.present and not self._greeted:
            self._greeted = True
            angle = hour / 24.0 * math.tau
            memory = memory.observed(HOUR_X, math.cos(angle)).observed(HOUR_Y, math.sin(angle))
        speed = senses.pointer.speed_px_s
        if senses.present and speed > MOVING_PX_S and senses.startle == 0.0:
            self._way_px += speed * dt_s
            self._moving_s += dt_s
            if self._moving_s >= PACE_EVERY_S:
                memory = memory.observed(PACE, self._way_px / self._moving_s)
                self._way_px = self._moving_s = 0.0
                self.recall(memory, hour)
        return memory

    def on_fed(self, memory: Memory, hour: float) -> Memory:
        """Food was given; return the memory with what was learnt."""
        if 2.0 < self._since_food_s < LONGEST_GAP_S:
            memory = memory.observed(GAP, self._since_food_s)
        self._since_food_s = 0.0
        self.recall(memory, hour)
        return memory

    def _expectation(self) -> float:
        """Rises before the usual time between feedings is over, and fades when none comes."""
        if not math.isfinite(self._usual_gap_s) or self._since_food_s > 3.0 * self._usual_gap_s:
            return 0.0
        return smoothstep(0.6, 0.95, self._since_food_s / self._usual_gap_s)


def visiting_hour(memory: Memory) -> tuple[float, float]:
    """Return the mean hour of visits, 0…24, and how regular it is, 0…1 (the length of their mean vector)."""
    x, y = memory.habits.get(HOUR_X), memory.habits.get(HOUR_Y)
    if x is None or y is None or min(x.times, y.times) < ENOUGH:
        return 0.0, 0.0
    hour = math.atan2(y.mean, x.mean) / math.tau * 24.0 % 24.0
    return hour, clamp(math.hypot(x.mean, y.mean), 0.0, 1.0)


def explained(memory: Memory) -> str:
    """Say in words what has been learnt; empty when nothing has."""
    phrases = []
    pace = memory.habits.get(PACE)
    if pace and pace.times >= ENOUGH:
        phrases.append(f"you move at {pace.mean:.0f} px/s")
    gap = memory.habits.get(GAP)
    if gap and gap.times >= ENOUGH:
        phrases.append(f"you feed every {gap.mean:.0f} s")
    spots = favourite_spots(memory, 1)
    if spots and spots[0][2] >= 3:
        phrases.append(f"mostly at the {_place(*spots[0][:2])}")
    hour, regular = visiting_hour(memory)
    if regular > 0.5:
        phrases.append(f"you come about {hour:.0f} h")
    return ", ".join(phrases)


def _place(x: float, y: float) -> str:
    down = "top" if y < 1 / 3 else "bottom" if y > 2 / 3 else ""
    across = "left" if x < 1 / 3 else "right" if x > 2 / 3 else ""
    return " ".join(word for word in (down, across) if word) or "middle"
