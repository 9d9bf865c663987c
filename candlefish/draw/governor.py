"""The governor: holds the frame budget by drawing less, and more again when there is room."""

from __future__ import annotations

import math

DISPLAY_MS = 1000.0 / 60.0
"""The interval of the display, until frames have shown another. One that is faster is not used up."""
SLOWEST_MS = 45.0
"""No display is slower than 24 Hz."""
LEARN_S = 0.5
EVEN = 1.25
"""Frames of which the late ones take at most so much longer than the early ones come evenly."""
IDLE_SHARE = 0.5
"""Work in that much of the interval, or less, leaves time to spare."""
BUDGET_SHARE = 0.66
"""Work beyond this share of the interval makes the picture cheaper: the browser needs the rest."""
HEADROOM_SHARE = 0.51
LATE_INTERVALS = 1.5
"""An interval from here on, in intervals of the display, has lost a frame."""
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


class DisplayInterval:
    """The display's own interval, learned from frames.

    Frames that come evenly with time to spare show a slow display (30 Hz: a phone that saves power); frames
    that come sooner than expected show a faster one. Uneven frames, and those full of work, show a slow
    machine.

    Attributes:
        ms: the interval, `DISPLAY_MS` or more.
    """

    def __init__(self) -> None:
        """Expect 60 Hz."""
        self.ms = DISPLAY_MS
        self._seen_ms = 0.0
        self._intervals_ms: list[float] = []
        self._work_ms: list[float] = []

    def add(self, interval_ms: float, work_ms: float) -> bool:
        """Take a frame's interval and work, ms; return whether another display is seen."""
        self._intervals_ms.append(interval_ms)
        self._work_ms.append(work_ms)
        self._seen_ms += interval_ms
        if self._seen_ms < 1000.0 * LEARN_S:
            return False
        before_ms, self.ms, self._seen_ms = self.ms, self._learn(), 0.0
        self._intervals_ms.clear()
        self._work_ms.clear()
        return not 1.0 / EVEN < self.ms / before_ms < EVEN

    def _learn(self) -> float:
        """The interval that the frames of the last while show, ms."""
        intervals, work = sorted(self._intervals_ms), sorted(self._work_ms)
        tenth, half = len(intervals) // 10, len(intervals) // 2
        early, middle, late = intervals[tenth], intervals[half], intervals[-1 - tenth]
        even, idle = late <= EVEN * early, work[half] <= IDLE_SHARE * middle
        if middle > SLOWEST_MS:
            return self.ms
        if even and (idle or middle < self.ms):
            return max(DISPLAY_MS, middle)
        return max(DISPLAY_MS, early) if EVEN * early < self.ms else self.ms


class Governor:
    """Chooses a rung of detail from what frames cost, against the display's interval.

    It goes down as soon as `DOWN_AFTER_S` of frames are too dear, and up after a wait of cheap ones. A step
    up that has to be taken back doubles the next wait, so it never swings to and fro.

    Attributes:
        detail: share 0…1 of what would be drawn, eased from rung to rung.
        display: the display's interval, as far as it is known.
    """

    def __init__(self) -> None:
        """Start with everything."""
        self.detail = RUNGS[0]
        self.display = DisplayInterval()
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
        if self.display.add(interval_ms, work_ms):
            self._forget()
        budget_ms, headroom_ms = BUDGET_SHARE * self.display.ms, HEADROOM_SHARE * self.display.ms
        late = interval_ms >= LATE_INTERVALS * self.display.ms
        passed_s = min(interval_ms, 250.0) / 1000.0
        self._since_up_s += passed_s
        self._seen_s += passed_s
        self._frames += 1
        self._dear += work_ms > budget_ms or late
        cheap = work_ms < headroom_ms and not late
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
