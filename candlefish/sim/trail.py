"""The trail: where the fish's light has just been. A ring buffer in NumPy."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

POINTS = 48
SPACING_S = 1.0 / 30.0
LIFE_S = POINTS * SPACING_S


class Trail:
    """The last `POINTS` places of the tail, newest at `head`; float32 (POINTS,), CSS px and seconds."""

    def __init__(self, x: float, y: float) -> None:
        """Start with every point at one place, already faded."""
        self.x: NDArray[np.float32] = np.full(POINTS, x, np.float32)
        self.y: NDArray[np.float32] = np.full(POINTS, y, np.float32)
        self.strength: NDArray[np.float32] = np.zeros(POINTS, np.float32)
        self.age_s: NDArray[np.float32] = np.full(POINTS, LIFE_S, np.float32)
        self.head = 0
        self._next_s = 0.0

    def update(self, x: float, y: float, strength: float, dt_s: float) -> None:
        """Age by `dt_s` seconds and leave a point of `strength` 0…1 when one is due."""
        self.age_s += np.float32(dt_s)
        np.minimum(self.age_s, np.float32(LIFE_S), out=self.age_s)
        self.y += np.float32(4.0 * dt_s)
        self._next_s -= dt_s
        if self._next_s <= 0.0:
            self._next_s += SPACING_S
            self.head = (self.head + 1) % POINTS
            self.x[self.head], self.y[self.head] = x, y
            self.strength[self.head], self.age_s[self.head] = strength, 0.0
