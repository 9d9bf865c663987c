"""Statistics of measured values: quantiles, slopes, paired tests with confidence intervals, pace of frames.

Small pure functions; each names the source of its formula.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from itertools import pairwise
from statistics import NormalDist, fmean, median
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

CONFIDENCE = 0.95
_TINY = 1e-300
REFRESH_MS = 1000.0 / 60.0
"""The display we promise for; Chromium's headless display runs at 60 Hz."""


@dataclass(frozen=True, slots=True)
class ConfidenceInterval:
    """An estimate with its confidence interval; both ends are infinite where the data cannot say."""

    estimate: float
    low: float
    high: float


def quantile(values: Sequence[float], share: float) -> float:
    """The value below which ``share`` of the values lie, interpolated (Hyndman & Fan 1996, type 7).

    Raises:
        ValueError: there are no values.
    """
    if not values:
        raise ValueError("a quantile of no values")
    ordered = sorted(values)
    at = share * (len(ordered) - 1)
    below = math.floor(at)
    above = min(below + 1, len(ordered) - 1)
    return ordered[below] + (at - below) * (ordered[above] - ordered[below])


def deviation(values: Sequence[float]) -> float:
    """The sample standard deviation (n - 1) of at least two values.

    ``statistics.stdev`` rounds differently where values hardly differ, which saved results would show.
    """
    mean = fmean(values)
    return math.sqrt(math.fsum((value - mean) ** 2 for value in values) / (len(values) - 1))


def mean_interval(values: Sequence[float], confidence: float = CONFIDENCE) -> ConfidenceInterval:
    """The mean and its Student interval."""
    mean = fmean(values) if values else math.nan
    if len(values) < 2:
        return ConfidenceInterval(mean, -math.inf, math.inf)
    reach = (
        student_quantile(0.5 + confidence / 2, len(values) - 1) * deviation(values) / math.sqrt(len(values))
    )
    return ConfidenceInterval(mean, mean - reach, mean + reach)


def slope(xs: Sequence[float], ys: Sequence[float], confidence: float = CONFIDENCE) -> ConfidenceInterval:
    """The slope of ``ys`` over ``xs``: Theil–Sen, with Sen's interval (Sen 1968; no ties in x).

    A single odd sample (a collection that came late) moves it little, unlike least squares.

    Raises:
        ValueError: the two do not pair up, or hold fewer than two different ``xs``.
    """
    pairs = list(zip(xs, ys, strict=True))
    slopes = sorted(
        (later_y - y) / (later_x - x)
        for i, (x, y) in enumerate(pairs)
        for later_x, later_y in pairs[i + 1 :]
        if later_x != x
    )
    if not slopes:
        raise ValueError("a slope needs samples at two different times at least")
    count = len(pairs)
    reach = NormalDist().inv_cdf(0.5 + confidence / 2) * math.sqrt(count * (count - 1) * (2 * count + 5) / 18)
    below = math.floor((len(slopes) - reach) / 2)
    above = math.ceil((len(slopes) + reach) / 2)
    low = slopes[below - 1] if below >= 1 else -math.inf
    high = slopes[above] if above < len(slopes) else math.inf
    return ConfidenceInterval(quantile(slopes, 0.5), low, high)


@dataclass(frozen=True, slots=True)
class PairedTest:
    """A paired comparison: the mean change with its interval, the effect size and the p-value of no change.

    ``effect`` is Cohen's d_z (mean change over the deviation of the changes), infinite when all are equal.
    """

    change: ConfidenceInterval
    effect: float
    p_value: float
    pairs: int


def paired_test(
    before: Sequence[float], after: Sequence[float], confidence: float = CONFIDENCE
) -> PairedTest:
    """Student's paired test of ``after - before``.

    Raises:
        ValueError: the two do not pair up.
    """
    changes = [b - a for a, b in zip(before, after, strict=True)]
    interval = mean_interval(changes, confidence)
    if len(changes) < 2:
        return PairedTest(interval, math.nan, math.nan, len(changes))
    spread = deviation(changes)
    if spread == 0.0:
        effect = math.copysign(math.inf, interval.estimate) if interval.estimate else 0.0
        return PairedTest(interval, effect, 0.0 if effect else 1.0, len(changes))
    effect = interval.estimate / spread
    p_value = 2.0 * (1.0 - student_cdf(abs(effect) * math.sqrt(len(changes)), len(changes) - 1))
    return PairedTest(interval, effect, p_value, len(changes))


def student_quantile(share: float, freedom: int) -> float:
    """The inverse of Student's t distribution function, by bisection."""
    low, high = -1e7, 1e7
    for _ in range(200):
        middle = (low + high) / 2.0
        low, high = (middle, high) if student_cdf(middle, freedom) < share else (low, middle)
    return (low + high) / 2.0


def student_cdf(x: float, freedom: int) -> float:
    """Student's t distribution function (Abramowitz & Stegun 26.5.27)."""
    tail = 0.5 * incomplete_beta(freedom / 2.0, 0.5, freedom / (freedom + x * x))
    return 1.0 - tail if x > 0 else tail


def incomplete_beta(a: float, b: float, x: float) -> float:
    """The regularised incomplete beta function, by Lentz's continued fraction (Numerical Recipes, 6.4)."""
    if x <= 0.0 or x >= 1.0:
        return min(max(x, 0.0), 1.0)
    if x > (a + 1.0) / (a + b + 2.0):
        return 1.0 - incomplete_beta(b, a, 1.0 - x)
    scale = math.lgamma(a + b) - math.lgamma(a) - math.lgamma(b)
    front = math.exp(scale + a * math.log(x) + b * math.log1p(-x)) / a
    return front * _beta_fraction(a, b, x)


def _beta_fraction(a: float, b: float, x: float) -> float:
    c, d = 1.0, 1.0 / _away(1.0 - (a + b) * x / (a + 1.0))
    fraction = d
    for m in range(1, 300):
        even = m * (b - m) * x / ((a + 2 * m - 1.0) * (a + 2 * m))
        odd = -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1.0))
        step = 1.0
        for term in (even, odd):
            d = 1.0 / _away(1.0 + term * d)
            c = _away(1.0 + term / c)
            step *= c * d
        fraction *= step
        if abs(step - 1.0) < 1e-14:
            break
    return fraction


def _away(value: float) -> float:
    return value if abs(value) > _TINY else _TINY


@dataclass(frozen=True, slots=True)
class FramePace:
    """The pace of frames. ``freeze_ms``: the longest time without one, ends of the window included."""

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


def frame_pace(
    times_ms: Sequence[float],
    window_ms: float,
    hidden_ms: Sequence[tuple[float, float]] = (),
    refresh_ms: float = REFRESH_MS,
) -> FramePace | None:
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
    return FramePace(
        fps=1000.0 * len(gaps) / sum(gaps),
        median_ms=median(gaps),
        p95_ms=quantile(gaps, 0.95),
        p99_ms=quantile(gaps, 0.99),
        max_ms=max(gaps),
        dropped_percent=100.0 * lost / (lost + len(gaps)),
        freeze_ms=max(*gaps, outside_ms),
    )
