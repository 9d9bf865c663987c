"""Statistics: quantiles, slopes, and comparisons that say how sure they are.

Small pure functions; each names the source of its formula.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

CONFIDENCE = 0.95
_TINY = 1e-300


@dataclass(frozen=True, slots=True)
class Interval:
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


def median(values: Sequence[float]) -> float:
    """The middle value.

    Raises:
        ValueError: there are no values.
    """
    return quantile(values, 0.5)


def mean(values: Sequence[float]) -> float:
    """The arithmetic mean; NaN of nothing."""
    return math.fsum(values) / len(values) if values else math.nan


def deviation(values: Sequence[float]) -> float:
    """The sample standard deviation (n - 1); NaN of fewer than two values."""
    if len(values) < 2:
        return math.nan
    middle = mean(values)
    return math.sqrt(math.fsum((value - middle) ** 2 for value in values) / (len(values) - 1))


def mean_interval(values: Sequence[float], confidence: float = CONFIDENCE) -> Interval:
    """The mean and its Student interval."""
    middle = mean(values)
    if len(values) < 2:
        return Interval(middle, -math.inf, math.inf)
    reach = (
        student_quantile(0.5 + confidence / 2, len(values) - 1) * deviation(values) / math.sqrt(len(values))
    )
    return Interval(middle, middle - reach, middle + reach)


def slope(xs: Sequence[float], ys: Sequence[float], confidence: float = CONFIDENCE) -> Interval:
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
    reach = normal_quantile(0.5 + confidence / 2) * math.sqrt(count * (count - 1) * (2 * count + 5) / 18)
    below = math.floor((len(slopes) - reach) / 2)
    above = math.ceil((len(slopes) + reach) / 2)
    low = slopes[below - 1] if below >= 1 else -math.inf
    high = slopes[above] if above < len(slopes) else math.inf
    return Interval(quantile(slopes, 0.5), low, high)


@dataclass(frozen=True, slots=True)
class Paired:
    """A paired comparison: the mean change with its interval, the effect size and the p-value of no change.

    ``effect`` is Cohen's d_z (mean change over the deviation of the changes), infinite when all are equal.
    """

    change: Interval
    effect: float
    p_value: float
    pairs: int


def paired(before: Sequence[float], after: Sequence[float], confidence: float = CONFIDENCE) -> Paired:
    """Student's paired test of ``after - before``.

    Raises:
        ValueError: the two do not pair up.
    """
    changes = [b - a for a, b in zip(before, after, strict=True)]
    interval = mean_interval(changes, confidence)
    spread = deviation(changes)
    if math.isnan(spread):
        return Paired(interval, math.nan, math.nan, len(changes))
    if spread == 0.0:
        effect = math.copysign(math.inf, interval.estimate) if interval.estimate else 0.0
        return Paired(interval, effect, 0.0 if effect else 1.0, len(changes))
    effect = interval.estimate / spread
    p_value = 2.0 * (1.0 - student_cdf(abs(effect) * math.sqrt(len(changes)), len(changes) - 1))
    return Paired(interval, effect, p_value, len(changes))


def normal_quantile(share: float) -> float:
    """The inverse of the standard normal distribution function, by bisection on ``math.erf``."""
    return _bisect(lambda x: 0.5 * (1.0 + math.erf(x / math.sqrt(2.0))), share)


def student_quantile(share: float, freedom: int) -> float:
    """The inverse of Student's t distribution function, by bisection."""
    return _bisect(lambda x: student_cdf(x, freedom), share)


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


def _bisect(rising: Callable[[float], float], share: float) -> float:
    low, high = -1e7, 1e7
    for _ in range(200):
        middle = (low + high) / 2.0
        low, high = (middle, high) if rising(middle) < share else (low, middle)
    return (low + high) / 2.0
