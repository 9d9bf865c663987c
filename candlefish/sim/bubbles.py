"""Bubbles: they rise, sway, grow a little and burst at the surface."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from random import Random

MAX_BUBBLES = 40


class Bubble:
    """One bubble: place (CSS px), radius (px), rise speed (px/s) and phase of its sway (rad)."""

    __slots__ = ("age_s", "phase", "radius_px", "rise_px_s", "x", "y")

    def __init__(self, x: float, y: float, radius_px: float, rise_px_s: float, phase: float) -> None:
        """Let it go at a place."""
        self.x, self.y = x, y
        self.radius_px = radius_px
        self.rise_px_s = rise_px_s
        self.phase = phase
        self.age_s = 0.0


class Bubbles:
    """All bubbles in the water."""

    def __init__(self, random: Random) -> None:
        """Use one random stream for sizes and places."""
        self._random = random
        self.all: list[Bubble] = []
        self._next_s = 2.0

    def breathe(self, x: float, y: float, count: int, scale: float) -> None:
        """Let `count` bubbles out at a place; `scale` is the box's scale."""
        for _ in range(min(count, MAX_BUBBLES - len(self.all))):
            radius = self._random.uniform(1.6, 5.0) * (0.5 + 0.5 * scale)
            spread = self._random.uniform(-6.0, 6.0)
            self.all.append(
                Bubble(x + spread, y, radius, 26.0 + 7.0 * radius, self._random.uniform(0.0, math.tau))
            )

    def update(self, width_px: float, height_px: float, scale: float, dt_s: float) -> None:
        """Let `dt_s` seconds pass; now and then a bubble leaves the floor."""
        self._next_s -= dt_s
        if self._next_s <= 0.0:
            self._next_s = self._random.uniform(2.5, 6.0)
            self.breathe(self._random.uniform(0.08, 0.92) * width_px, height_px + 8.0, 1, scale)
        for bubble in self.all:
            bubble.age_s += dt_s
            bubble.y -= bubble.rise_px_s * dt_s
            bubble.x += 9.0 * math.sin(bubble.phase + 2.3 * bubble.age_s) * dt_s
        self.all = [bubble for bubble in self.all if bubble.y > -10.0]
