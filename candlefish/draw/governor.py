"""The governor: holds the frame budget by drawing less, and more again when there is room."""

from __future__ import annotations

import math

BUDGET_MS = 11.0
"""Work a frame beyond which the picture is made cheaper: the browser needs the rest of 16.7 ms."""
HEADROOM_MS = 8.5
LATE_MS = 25.0
"""An interval from here on has lost a frame of a 60 Hz display."""
LATE_SHARE = 0.2
DOWN_AFTER_S = 0.6
UP_AFTER_S = 5.0
SETBACK_S = 0.3
"""So much of the wait a frame without headroom takes back: one hiccup in a while is no trouble."""
LONGEST_WAIT_S = 40.0
"""Relapses that would make the wait longer than this end all tries to step up."""
RELAPSE_S = 20.0
EASE_S = 0.8
RUNGS = (1.0, 0.7, 0.45, 0.25, 0.1)
"""Shares of what the effects level would draw."""


class Governor:
    """Chooses a rung of detail from what frames cost.

    It goes down as soon as `DOWN_AFTER_S` of frames are too dear, and up after a wait of cheap ones. A step
    up that has to be taken back doubles the next wait, so it never swings to and fro.

    Attributes:
        detail: share 0…1 of what would be drawn, eased from rung to rung.
    """

    def __init__(self) -> None:
        """Start with everything."""
        self.detail = RUNGS[0]
        self._rung = 0
        self._wait_s = UP_AFTER_S
        self._since_up_s = math.inf
        self._forget()

    def _forget(self) -> None:
        self._seen_s = self._cheap_s = 0.0
        self._frames = self._dear = 0

    @property
    def rung(self) -> int:
        """0 for everything, up to the last of `RUNGS` for least."""
        return self._rung

    def beat(self, interval_ms: float, work_ms: float) -> float:
        """Take a frame's interval and work, ms; return the next one's detail. An interval of 0 is skipped."""
        if interval_ms <= 0.0:
            return self.detail
        passed_s = min(interval_ms, 250.0) / 1000.0
        self._since_up_s += passed_s
        self._seen_s += passed_s
        self._frames += 1
        self._dear += work_ms > BUDGET_MS or interval_ms >= LATE_MS
        cheap = work_ms < HEADROOM_MS and interval_ms < LATE_MS
        self._cheap_s = max(0.0, self._cheap_s + (passed_s if cheap else -SETBACK_S))
        if self._seen_s >= DOWN_AFTER_S:
            self._judge()
        if self._rung > 0 and self._cheap_s >= self._wait_s:
            self._rung -= 1
            self._since_up_s = 0.0
            self._forget()
        self.detail += (RUNGS[self._rung] - self.detail) * (1.0 - math.exp(-passed_s / EASE_S))
        return self.detail

    def _judge(self) -> None:
        """Step down if too many frames of the last while were too dear."""
        dear = self._dear > LATE_SHARE * self._frames
        self._seen_s, self._frames, self._dear = 0.0, 0, 0
        if not dear or self._rung == len(RUNGS) - 1:
            return
        if self._since_up_s < RELAPSE_S:
            self._wait_s = 2.0 * self._wait_s if self._wait_s < LONGEST_WAIT_S else math.inf
        self._rung += 1
        self._forget()


def dpr_for(size: tuple[float, float], dpr: float, most_px: float = 3_200_000.0) -> float:
    """Return the device px per CSS px to draw with: at most 2, and `most_px` in all, but never below 1."""
    fits = math.sqrt(most_px / max(1.0, size[0] * size[1]))
    return min(dpr, max(1.0, min(2.0, fits)))
