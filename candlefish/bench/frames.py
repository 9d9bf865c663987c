"""Frame intervals: from time stamps to the numbers that people feel."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

from candlefish.bench.stats import median, quantile

if TYPE_CHECKING:
    from collections.abc import Sequence

REFRESH_MS = 1000.0 / 60.0
"""The display we promise for; Chromium's headless display runs at 60 Hz."""


@dataclass(frozen=True, slots=True)
class Pace:
    """How evenly frames came. ``freeze_ms``: the longest time without one, ends of the window included."""

    fps: float
    median_ms: float
    p95_ms: float
    p99_ms: float
    max_ms: float
    dropped_percent: float
    freeze_ms: float


def intervals(times_ms: Sequence[float]) -> list[float]:
    """Times between one frame and the next."""
    return [later - earlier for earlier, later in pairwise(times_ms)]


def dropped(interval_ms: float, refresh_ms: float = REFRESH_MS) -> int:
    """Refreshes of the display that an interval left without a new frame."""
    return max(0, round(interval_ms / refresh_ms) - 1)


def pace(
    times_ms: Sequence[float],
    window_ms: float,
    hidden_ms: Sequence[tuple[float, float]] = (),
    refresh_ms: float = REFRESH_MS,
) -> Pace | None:
    """The pace of frames at ``times_ms`` in a window of ``window_ms``; None with fewer than three frames.

    Nobody waits for a frame in the spans ``hidden_ms``, on the clock of the frames.
    """
    gaps = [
        later - earlier
        for earlier, later in pairwise(times_ms)
        if not any(begin < later and end > earlier for begin, end in hidden_ms)
    ]
    if len(gaps) < 2:
        return None
    outside_ms = 0.0 if hidden_ms else window_ms - (times_ms[-1] - times_ms[0]) - refresh_ms
    lost = sum(dropped(gap, refresh_ms) for gap in gaps)
    return Pace(
        fps=1000.0 * len(gaps) / sum(gaps),
        median_ms=median(gaps),
        p95_ms=quantile(gaps, 0.95),
        p99_ms=quantile(gaps, 0.99),
        max_ms=max(gaps),
        dropped_percent=100.0 * lost / (lost + len(gaps)),
        freeze_ms=max(*gaps, outside_ms),
    )
