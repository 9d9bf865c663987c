"""Particles for the eye alone: bubbles, ripples and the trail of the fish's light."""

from __future__ import annotations

import math
from collections import deque
from typing import TYPE_CHECKING

import numpy as np

from candlefish.sim.easing import clamp
from candlefish.sim.water import WATER

if TYPE_CHECKING:
    from random import Random

    from numpy.typing import NDArray

    from candlefish.sim.water import BubbleStyle, RippleStyle, TrailStyle

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

    def __init__(self, random: Random, style: BubbleStyle = WATER.bubbles) -> None:
        """Use one random stream for sizes and places."""
        self._random, self._style = random, style
        self.all: list[Bubble] = []
        self._next_s = style.first_s

    def breathe(self, x: float, y: float, count: int, scale: float) -> None:
        """Let `count` bubbles out at a place; `scale` is the box's scale."""
        style = self._style
        for _ in range(min(count, MAX_BUBBLES - len(self.all))):
            radius = self._random.uniform(style.radius_least_px, style.radius_most_px) * (0.5 + 0.5 * scale)
            spread = self._random.uniform(-style.spread_px, style.spread_px)
            rise_px_s = style.rise_px_s + style.rise_radius_s * radius
            self.all.append(Bubble(x + spread, y, radius, rise_px_s, self._random.uniform(0.0, math.tau)))

    def update(self, width_px: float, height_px: float, scale: float, dt_s: float) -> None:
        """Let `dt_s` seconds pass; now and then a bubble leaves the floor."""
        style = self._style
        self._next_s -= dt_s
        if self._next_s <= 0.0:
            self._next_s = self._random.uniform(style.every_least_s, style.every_most_s)
            self.breathe(self._random.uniform(0.08, 0.92) * width_px, height_px + 8.0, 1, scale)
        for bubble in self.all:
            bubble.age_s += dt_s
            bubble.y -= bubble.rise_px_s * dt_s
            turn = bubble.phase + style.sway_rad_s * bubble.age_s
            bubble.x += style.sway_px_s * math.sin(turn) * dt_s
        self.all = [bubble for bubble in self.all if bubble.y > -10.0]


MAX_RIPPLES = 8


class Ripple:
    """One ring: centre and final radius in CSS px, age in seconds (negative: it has yet to begin)."""

    __slots__ = ("_life_s", "age_s", "radius_px", "strength", "x", "y")

    def __init__(
        self, x: float, y: float, radius_px: float, strength: float, delay_s: float, life_s: float
    ) -> None:
        """Begin after `delay_s` seconds, and last `life_s`."""
        self._life_s = life_s
        self.x, self.y = x, y
        self.radius_px = radius_px
        self.strength = strength
        self.age_s = -delay_s

    @property
    def progress(self) -> float:
        """0…1 of its life; 0 before it begins."""
        return clamp(self.age_s / self._life_s, 0.0, 1.0)


class Ripples:
    """At most `MAX_RIPPLES` rings; the oldest gives way."""

    def __init__(self, style: RippleStyle = WATER.ripples) -> None:
        """Start with still water."""
        self._life_s = style.life_s
        self.rings: deque[Ripple] = deque(maxlen=MAX_RIPPLES)

    def add(self, x: float, y: float, radius_px: float, strength: float = 1.0, delay_s: float = 0.0) -> None:
        """Start a ring."""
        self.rings.append(Ripple(x, y, radius_px, strength, delay_s, self._life_s))

    def update(self, dt_s: float) -> None:
        """Let `dt_s` seconds pass."""
        for ring in self.rings:
            ring.age_s += dt_s
        for _ in range(len(self.rings)):
            ring = self.rings.popleft()
            if ring.age_s < self._life_s:
                self.rings.append(ring)


TRAIL_POINTS = 48
TRAIL_SPACING_S = 1.0 / 30.0
TRAIL_LIFE_S = TRAIL_POINTS * TRAIL_SPACING_S


class Trail:
    """The last places of the tail, newest at `head`; float32 (TRAIL_POINTS,), CSS px and seconds."""

    def __init__(self, x: float, y: float, style: TrailStyle = WATER.trail) -> None:
        """Start with every point at one place, already faded."""
        self._sink_px_s = style.sink_px_s
        self.x: NDArray[np.float32] = np.full(TRAIL_POINTS, x, np.float32)
        self.y: NDArray[np.float32] = np.full(TRAIL_POINTS, y, np.float32)
        self.strength: NDArray[np.float32] = np.zeros(TRAIL_POINTS, np.float32)
        self.age_s: NDArray[np.float32] = np.full(TRAIL_POINTS, TRAIL_LIFE_S, np.float32)
        self.head = 0
        self._next_s = 0.0

    def update(self, x: float, y: float, strength: float, dt_s: float) -> None:
        """Age by `dt_s` seconds and leave a point of `strength` 0…1 when one is due."""
        self.age_s += np.float32(dt_s)
        np.minimum(self.age_s, np.float32(TRAIL_LIFE_S), out=self.age_s)
        self.y += np.float32(self._sink_px_s * dt_s)
        self._next_s -= dt_s
        if self._next_s <= 0.0:
            self._next_s += TRAIL_SPACING_S
            self.head = (self.head + 1) % TRAIL_POINTS
            self.x[self.head], self.y[self.head] = x, y
            self.strength[self.head], self.age_s[self.head] = strength, 0.0
