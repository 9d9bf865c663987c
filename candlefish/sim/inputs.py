"""Inputs: what a visitor does, as values, and the queue by which they enter the world."""

from __future__ import annotations

import math
from collections import deque
from dataclasses import dataclass
from enum import IntEnum


class InputKind(IntEnum):
    """The kinds of input; the numbers are those of the page's messages and of input logs."""

    __hash__ = int.__hash__  # Enum's own runs in Python: too slow for what every step looks up

    MOVE = 0
    LEAVE = 1
    DOWN = 2
    UP = 3
    FEED = 4
    SCROLL = 5
    KEY = 6
    BLUR = 7
    FOCUS = 8
    HIDE = 9
    SHOW = 10


PLACED = frozenset({InputKind.MOVE, InputKind.DOWN, InputKind.UP, InputKind.FEED})
"""Kinds that carry a position."""


@dataclass(frozen=True, slots=True)
class Input:
    """One thing the visitor did.

    Attributes:
        kind: what it was.
        x: CSS px from the left of the box (NaN when the kind has no place).
        y: CSS px from the top of the box (NaN when the kind has no place).
        at_s: world time at which it happened, seconds.
    """

    kind: InputKind
    x: float
    y: float
    at_s: float

    def __post_init__(self) -> None:
        """Refuse times and places that are not finite."""
        if not math.isfinite(self.at_s):
            raise ValueError(f"input {self.kind.name}: at_s must be finite, got {self.at_s!r}")
        if self.kind in PLACED and not (math.isfinite(self.x) and math.isfinite(self.y)):
            raise ValueError(f"input {self.kind.name}: needs a finite place, got ({self.x!r}, {self.y!r})")


class InputQueue:
    """Inputs waiting for the step in which they take effect, in order of time."""

    MAX_WAITING = 4096

    def __init__(self) -> None:
        """Start empty."""
        self._waiting: deque[Input] = deque(maxlen=self.MAX_WAITING)

    def push(self, item: Input) -> None:
        """Add an input; one that claims to be older than its predecessor takes its predecessor's time."""
        if self._waiting and item.at_s < self._waiting[-1].at_s:
            item = Input(item.kind, item.x, item.y, self._waiting[-1].at_s)
        self._waiting.append(item)

    def until(self, time_s: float) -> list[Input]:
        """Take out everything that happened at or before `time_s`."""
        due: list[Input] = []
        while self._waiting and self._waiting[0].at_s <= time_s:
            due.append(self._waiting.popleft())
        return due
