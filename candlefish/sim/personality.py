"""Personality: three traits that scale what the fish does, mildly, for life."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from random import Random


@dataclass(frozen=True, slots=True)
class Personality:
    """Three axes, each −1…1; 0 is the average fish.

    Boldness, activity and sociability are the axes on which individual fish differ most repeatably: Réale et
    al. (2007), "Integrating animal temperament within ecology and evolution", Biological Reviews 82(2).

    Attributes:
        bold: +1 bold … −1 timid. How little frights it, how near it dares to come.
        lively: +1 lively … −1 calm. How fast it swims, how awake it is.
        social: +1 social … −1 solitary. What company gives it, and what it misses alone.
    """

    bold: float = 0.0
    lively: float = 0.0
    social: float = 0.0

    @property
    def caution(self) -> float:
        """Scale of fright, 0.8…1.2."""
        return 1.0 - 0.2 * self.bold

    @property
    def distance(self) -> float:
        """Scale of the distance it keeps, 0.85…1.15."""
        return 1.0 - 0.15 * self.bold

    @property
    def speed(self) -> float:
        """Scale of its swimming speed, 0.92…1.08."""
        return 1.0 + 0.08 * self.lively

    @property
    def rest_arousal(self) -> float:
        """Added to the arousal it comes to rest at, ±0.06."""
        return 0.06 * self.lively

    @property
    def warmth(self) -> float:
        """Scale of what company, and the lack of it, does to valence, 0.75…1.25."""
        return 1.0 + 0.25 * self.social


def draw_personality(random: Random) -> Personality:
    """Draw a personality: most fish are near the average (triangular distribution on −1…1)."""
    return Personality(*(round(random.triangular(-1.0, 1.0, 0.0), 3) for _ in range(3)))
