"""Frame statistics: intervals of the last frames, and the work done in them."""

from __future__ import annotations

from array import array

from candlefish.draw.governor import DISPLAY_MS, LATE_INTERVALS

WINDOW = 240
"""Frames looked back on: four seconds at 60 Hz."""


class FrameStats:
    """The last `WINDOW` frame intervals and the work done in them, milliseconds."""

    def __init__(self) -> None:
        """Start without frames."""
        self._intervals_ms = array("d", [0.0] * WINDOW)
        self._work_ms = array("d", [0.0] * WINDOW)
        self._count = 0
        self.frames = 0
        self.dropped = 0

    def add(self, interval_ms: float, work_ms: float, display_ms: float = DISPLAY_MS) -> None:
        """Count a drawn frame; an interval of 0 means the frames before it were not in sequence.

        Dropped is a frame that came later than the display, of which `display_ms` is the interval, allows.
        """
        self.frames += 1
        if interval_ms <= 0.0:
            return
        at = self._count % WINDOW
        self._intervals_ms[at], self._work_ms[at] = interval_ms, work_ms
        self._count += 1
        self.dropped += interval_ms >= LATE_INTERVALS * display_ms

    def fps(self) -> float:
        """Frames per second over the window; 0 before the second frame."""
        intervals = self._window(self._intervals_ms)
        return 1000.0 * len(intervals) / sum(intervals) if intervals else 0.0

    def summary(self) -> dict[str, float]:
        """The `perf` message: fps, the 99th percentile of the interval, median work, counts."""
        intervals, work = sorted(self._window(self._intervals_ms)), sorted(self._window(self._work_ms))
        return {
            "fps": round(self.fps(), 2),
            "frame_p99_ms": round(intervals[int(0.99 * (len(intervals) - 1))], 2) if intervals else 0.0,
            "work_ms": round(work[len(work) // 2], 3) if work else 0.0,
            "dropped": self.dropped,
            "frames": self.frames,
        }

    def _window(self, values: array[float]) -> array[float]:
        return values[: min(self._count, WINDOW)]
