"""Effect of a treatment: samples of each arm, CUPED, and intervals for one look and for every look."""

from __future__ import annotations

import math
from dataclasses import dataclass
from statistics import NormalDist
from typing import TYPE_CHECKING, Final

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

    FloatArray = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class SampleStatistics:
    """Sample statistics of one arm: number of units, mean and variance (n − 1) of a metric.

    `successes` is set where values are 0 or 1.
    """

    n: int
    mean: float
    variance: float
    successes: int | None = None

    @property
    def standard_error(self) -> float:
        """Standard error of the mean; infinite without a unit."""
        return math.sqrt(self.variance / self.n) if self.n else math.inf


def sample_of_values(values: ArrayLike) -> SampleStatistics:
    """A sample of measured values; nan and infinite ones raise `ValueError`."""
    array = np.asarray(values, dtype=np.float64)
    if array.ndim != 1 or not np.isfinite(array).all():
        raise ValueError("values: expected one list of finite numbers")
    n = int(array.size)
    variance = float(array.var(ddof=1)) if n > 1 else 0.0
    return SampleStatistics(n, float(array.mean()) if n else 0.0, variance)


def sample_of_conversions(successes: int, n: int) -> SampleStatistics:
    """A sample of `n` units of which `successes` converted.

    The variance is that of the Agresti–Coull proportion (successes + 1) / (n + 2), so that a few units
    without a conversion are not taken for certainty (Agresti & Caffo, The American Statistician, 2000).
    """
    if not 0 <= successes <= n:
        raise ValueError(f"conversions: expected 0…{n}, got {successes}")
    shrunk = (successes + 1) / (n + 2)
    return SampleStatistics(n, successes / n if n else 0.0, shrunk * (1 - shrunk), successes)


def cuped(values: list[ArrayLike], priors: list[ArrayLike]) -> list[FloatArray]:
    """Values of each arm, adjusted by their priors (CUPED).

    The coefficient θ = cov(value, prior) / var(prior) is one for all arms, and priors are centred over
    all units, so the difference between arms keeps its meaning. A prior of nan counts as the mean.
    Deng, Xu, Kohavi, Walker: "Improving the sensitivity of online controlled experiments", WSDM 2013.
    """
    arms = [np.asarray(arm, dtype=np.float64) for arm in values]
    before = [np.asarray(arm, dtype=np.float64) for arm in priors]
    if [arm.shape for arm in arms] != [arm.shape for arm in before]:
        raise ValueError("cuped: expected a prior for each value")
    x = np.concatenate(before)
    known = np.isfinite(x)
    if known.sum() < 2 or np.ptp(x[known]) == 0:
        return arms
    centre = x[known].mean()
    theta = _slope(arms, before)
    explained = [theta * np.nan_to_num(prior - centre, nan=0.0) for prior in before]
    return [arm - part for arm, part in zip(arms, explained, strict=True)]


def _slope(arms: list[FloatArray], priors: list[FloatArray]) -> float:
    """The slope of values over priors within arms, not between them."""
    top = bottom = 0.0
    for arm, prior in zip(arms, priors, strict=True):
        known = np.isfinite(prior)
        if known.sum() > 1:
            x = prior[known] - prior[known].mean()
            top += float(x @ (arm[known] - arm[known].mean()))
            bottom += float(x @ x)
    return top / bottom if bottom else 0.0


TUNED_UNITS: Final = 5_000
"""Number of units in both arms for which the sequential interval is tightest."""
UNITS_MIN: Final = 100
"""Smallest arm for the sequential interval, which rests on a central limit theorem."""
_NORMAL: Final = NormalDist()


@dataclass(frozen=True, slots=True)
class DifferenceInterval:
    """Confidence interval of a difference, treatment minus control."""

    low: float
    high: float

    def excludes(self, value: float) -> bool:
        """Whether a value is outside."""
        return not self.low <= value <= self.high


@dataclass(frozen=True, slots=True)
class Effect:
    """Effect of a treatment against the control.

    `interval` and `p` hold for one look, at a number of units fixed before; `sequence` and `p_sequential`
    hold at every look. `relative` is the difference over the control's mean.
    """

    difference: float
    relative: float | None
    interval: DifferenceInterval
    p: float
    sequence: DifferenceInterval
    p_sequential: float


def effect(control: SampleStatistics, treatment: SampleStatistics, alpha: float = 0.05) -> Effect:
    """The effect of a treatment, at level `alpha` (two-sided)."""
    if not 0 < alpha < 1:
        raise ValueError(f"alpha: expected a number between 0 and 1, got {alpha}")
    difference = treatment.mean - control.mean
    error = math.hypot(control.standard_error, treatment.standard_error)
    proportions = control.successes is not None and treatment.successes is not None
    return Effect(
        difference=difference,
        relative=difference / control.mean if control.mean else None,
        interval=newcombe(control, treatment, alpha) if proportions else _fixed(difference, error, alpha),
        p=_p(difference, error),
        sequence=confidence_sequence(control, treatment, alpha),
        p_sequential=sequential_p(control, treatment),
    )


def newcombe(
    control: SampleStatistics, treatment: SampleStatistics, alpha: float = 0.05
) -> DifferenceInterval:
    """An interval for a difference of proportions, good also near 0 and 1.

    Method 10 of Newcombe, "Interval estimation for the difference between independent proportions",
    Statistics in Medicine 17, 1998: Wilson's score intervals, combined.
    """
    if not control.n or not treatment.n:
        return DifferenceInterval(-1.0, 1.0)
    (low_c, high_c), (low_t, high_t) = (wilson(each, alpha) for each in (control, treatment))
    p_c, p_t = control.mean, treatment.mean
    return DifferenceInterval(
        p_t - p_c - math.hypot(p_t - low_t, high_c - p_c),
        p_t - p_c + math.hypot(high_t - p_t, p_c - low_c),
    )


def wilson(sample: SampleStatistics, alpha: float = 0.05) -> tuple[float, float]:
    """Wilson's score interval of one proportion (JASA 22, 1927)."""
    z = _NORMAL.inv_cdf(1 - alpha / 2)
    n, p = sample.n, sample.mean
    centre = (p + z * z / (2 * n)) / (1 + z * z / n)
    half = z / (1 + z * z / n) * math.sqrt(p * (1 - p) / n + z * z / (4 * n * n))
    return max(0.0, centre - half), min(1.0, centre + half)


def confidence_sequence(
    control: SampleStatistics, treatment: SampleStatistics, alpha: float = 0.05, tuned: float = TUNED_UNITS
) -> DifferenceInterval:
    """An interval that covers the difference at all looks together with probability 1 − alpha.

    The asymptotic confidence sequence of Waudby-Smith, Arbour, Sinha, Kennedy & Ramdas ("Time-uniform
    central limit theory and asymptotic confidence sequences", Annals of Statistics 52, 2024, theorem 2.2):

        ± σ √( 2 (nρ² + 1) / (n²ρ²) · log( √(nρ² + 1) / α ) )

    with n the units of both arms and σ² = n (s²_c / n_c + s²_t / n_t). Boundless below UNITS_MIN.
    """
    n, variance = _scale(control, treatment)
    if not n:
        return DifferenceInterval(-math.inf, math.inf)
    rho2 = _rho2(alpha, tuned)
    spread = n * rho2 + 1
    half = math.sqrt(variance * 2 * spread / (n * n * rho2) * math.log(math.sqrt(spread) / alpha))
    difference = treatment.mean - control.mean
    return DifferenceInterval(difference - half, difference + half)


def sequential_p(
    control: SampleStatistics, treatment: SampleStatistics, alpha: float = 0.05, tuned: float = TUNED_UNITS
) -> float:
    """The least level at which the sequence (tuned for `alpha`) excludes 0: valid at every look."""
    n, variance = _scale(control, treatment)
    difference = treatment.mean - control.mean
    if not n or difference == 0:
        return 1.0
    if variance == 0:
        return 0.0
    rho2 = _rho2(alpha, tuned)
    spread = n * rho2 + 1
    exponent = difference * difference * n * n * rho2 / (2 * variance * spread)
    return min(1.0, math.exp(math.log(spread) / 2 - exponent))


def _rho2(alpha: float, tuned: float) -> float:
    """ρ² that makes the sequence about tightest at `tuned` units (ibid., equation 24)."""
    doubled = -2 * math.log(alpha)
    return (doubled + math.log(doubled) + 1) / tuned


def _scale(control: SampleStatistics, treatment: SampleStatistics) -> tuple[int, float]:
    """N and σ²; n is 0 while an arm has too few units."""
    if min(control.n, treatment.n) < UNITS_MIN:
        return 0, 0.0
    n = control.n + treatment.n
    return n, n * (control.variance / control.n + treatment.variance / treatment.n)


def _fixed(difference: float, error: float, alpha: float) -> DifferenceInterval:
    half = _NORMAL.inv_cdf(1 - alpha / 2) * error if math.isfinite(error) else math.inf
    return DifferenceInterval(difference - half, difference + half)


def _p(difference: float, error: float) -> float:
    if not math.isfinite(error):
        return 1.0
    if error == 0:
        return 1.0 if difference == 0 else 0.0
    return math.erfc(abs(difference) / error / math.sqrt(2))
