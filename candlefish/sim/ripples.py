"""Ripples: rings that spread from a touch and fade."""

from __future__ import annotations

from collections import deque

from candlefish.sim.easing import clamp

MAX_RIPPLES = 8
LIFE_S = 1.6


class Ripple:
    """One ring: centre and final radius in CSS px, age in seconds (negative: it has yet to begin)."""

    __slots__ = ("age_s", "radius_px", "strength", "x", "y")

    def __init__(self, x: float, y: float, radius_px: float, strength: float, delay_s: float) -> None:
        """Begin after `delay_s` seconds."""
        self.x, self.y = x, y
        self.radius_px = radius_px
        self.strength = strength
        self.age_s = -delay_s

    @property
    def progress(self) -> float:
        """0…1 of its life; 0 before it begins."""
        return clamp(self.age_s / LIFE_S, 0.0, 1.0)


class Ripples:
    """At most `MAX_RIPPLES` rings; the oldest gives way."""

    def __init__(self) -> None:
        """Start with still water."""
        self.rings: deque[Ripple] = deque(maxlen=MAX_RIPPLES)

    def add(self, x: float, y: float, radius_px: float, strength: float = 1.0, delay_s: float = 0.0) -> None:
        """Start a ring."""
        self.rings.append(Ripple(x, y, radius_px, strength, delay_s))

    def update(self, dt_s: float) -> None:
        """Let `dt_s` seconds pass."""
        for ring in self.rings:
            ring.age_s += dt_s
        for _ in range(len(self.rings)):
            ring = self.rings.popleft()
            if ring.age_s < LIFE_S:
                self.rings.append(ring)
