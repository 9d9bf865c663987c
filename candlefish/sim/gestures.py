"""What a press of the pointer means: tap, double tap, hold, drag, touch."""

from __future__ import annotations

import math

TAP_S = 0.4
"""A press that ends sooner is a tap; one that stays still for longer is a hold."""
SLOP_PX = 12.0
"""A press that moves further than this is a drag."""
DOUBLE_S = 0.45
DOUBLE_PX = 48.0
"""Two taps within this time and distance are a double tap."""


class Gestures:
    """Presses as they are recognised.

    Attributes:
        tapped, double_tapped, touched: whether that happened in this step. A touch is a press by a pointer
            that did not hover there before: a finger.
        holding: whether a press stays where it is. dragging: whether it moves about.
        since_tap_s: since the last tap.
    """

    def __init__(self) -> None:
        """Nothing is pressed."""
        self.tapped = self.double_tapped = self.touched = False
        self.holding = self.dragging = False
        self.since_tap_s = math.inf
        self._down: tuple[float, float, float] | None = None
        self._last_tap = (math.nan, math.nan, -math.inf)

    def clear(self, dt_s: float) -> None:
        """Begin a step of `dt_s` seconds."""
        self.tapped = self.double_tapped = self.touched = False
        self.since_tap_s += dt_s

    def press(self, x: float, y: float, at_s: float, *, hovered: bool) -> None:
        """The pointer goes down at a place (CSS px)."""
        self._down = (x, y, at_s)
        self.touched = self.touched or not hovered

    def move(self, x: float, y: float) -> None:
        """The pointer moves."""
        if self._down and math.hypot(x - self._down[0], y - self._down[1]) > SLOP_PX:
            self.dragging, self.holding = True, False

    def release(self, x: float, y: float, at_s: float) -> None:
        """The pointer goes up."""
        self.move(x, y)
        if self._down and not self.dragging and at_s - self._down[2] < TAP_S:
            self._tap(x, y, at_s)
        self.cancel()

    def cancel(self) -> None:
        """The press ends without meaning anything."""
        self._down = None
        self.holding = self.dragging = False

    def update(self, now_s: float) -> None:
        """Look at what is still pressed at `now_s`."""
        if self._down and not self.dragging:
            self.holding = now_s - self._down[2] >= TAP_S

    def _tap(self, x: float, y: float, at_s: float) -> None:
        last_x, last_y, last_s = self._last_tap
        self.tapped, self.since_tap_s = True, 0.0
        self._last_tap = (x, y, at_s)
        if at_s - last_s < DOUBLE_S and math.hypot(x - last_x, y - last_y) < DOUBLE_PX:
            self.double_tapped = True
            self._last_tap = (math.nan, math.nan, -math.inf)
