"""The difference between two arms: an interval for one look, and one that holds at every look."""

from __future__ import annotations

import math
from dataclasses import dataclass
from statistics import NormalDist
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from candlefish.experiments.samples import Sample

TUNED_UNITS: Final = 5_000
"""How many units in both arms the sequential interval is tightest for."""
UNITS_MIN: Final = 100
"""Fewer units in an arm say nothing: the sequential interval rests on a central limit theorem."""
_NORMAL: Final = NormalDist()


@dataclass(frozen=True, slots=True)
class Interval:
    """An interval for a difference, treatment minus control."""

    low: float
    high: float

    def excludes(self, value: float) -> bool:
        """Whether a value is outside."""
        return not self.low <= value <= self.high


@dataclass(frozen=True, slots=True)
class Effect:
    """A treatment against the control.

    `interval` and `p` hold if one looks once, at a number of units fixed before; `sequence` and
    `p_sequential` hold however often one looks. `relative` is the difference over the control's mean.
    """

    difference: float
    relative: float | None
    interval: Interval
    p: float
    sequence: Interval
    p_sequential: float


def effect(control: Sample, treatment: Sample, alpha: float = 0.05) -> Effect:
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


def newcombe(control: Sample, treatment: Sample, alpha: float = 0.05) -> Interval:
    """An interval for a difference of proportions, good also near 0 and 1.

    Method 10 of Newcombe, "Interval estimation for the difference between independent proportions",
    Statistics in Medicine 17, 1998: Wilson's score intervals, combined.
    """
    if not control.n or not treatment.n:
        return Interval(-1.0, 1.0)
    (low_c, high_c), (low_t, high_t) = (wilson(each, alpha) for each in (control, treatment))
    p_c, p_t = control.mean, treatment.mean
    return Interval(
        p_t - p_c - math.hypot(p_t - low_t, high_c - p_c),
        p_t - p_c + math.hypot(high_t - p_t, p_c - low_c),
    )


def wilson(sample: Sample, alpha: float = 0.05) -> tuple[float, float]:
    """Wilson's score interval of one proportion (JASA 22, 1927)."""
    z = _NORMAL.inv_cdf(1 - alpha / 2)
    n, p = sample.n, sample.mean
    centre = (p + z * z / (2 * n)) / (1 + z * z / n)
    half = z / (1 + z * z / n) * math.sqrt(p * (1 - p) / n + z * z / (4 * n * n))
    return max(0.0, centre - half), min(1.0, centre + half)


def confidence_sequence(
    control: Sample, treatment: Sample, alpha: float = 0.05, tuned: float = TUNED_UNITS
) -> Interval:
    """An interval that covers the difference at all looks together with probability 1 − alpha.

    The asymptotic confidence sequence of Waudby-Smith, Arbour, Sinha, Kennedy & Ramdas ("Time-uniform
    central limit theory and asymptotic confidence sequences", Annals of Statistics 52, 2024, theorem 2.2):

        ± σ √( 2 (nρ² + 1) / (n²ρ²) · log( √(nρ² + 1) / α ) )

    with n the units of both arms and σ² = n (s²_c / n_c + s²_t / n_t). Boundless below UNITS_MIN.
    """
    n, variance = _scale(control, treatment)
    if not n:
        return Interval(-math.inf, math.inf)
    rho2 = _rho2(alpha, tuned)
    spread = n * rho2 + 1
    half = math.sqrt(variance * 2 * spread / (n * n * rho2) * math.log(math.sqrt(spread) / alpha))
    difference = treatment.mean - control.mean
    return Interval(difference - half, difference + half)


def sequential_p(
    control: Sample, treatment: Sample, alpha: float = 0.05, tuned: float = TUNED_UNITS
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


def _scale(control: Sample, treatment: Sample) -> tuple[int, float]:
    """N and σ²; n is 0 while an arm has too few units."""
    if min(control.n, treatment.n) < UNITS_MIN:
        return 0, 0.0
    n = control.n + treatment.n
    return n, n * (control.variance / control.n + treatment.variance / treatment.n)


def _fixed(difference: float, error: float, alpha: float) -> Interval:
    half = _NORMAL.inv_cdf(1 - alpha / 2) * error if math.isfinite(error) else math.inf
    return Interval(difference - half, difference + half)


def _p(difference: float, error: float) -> float:
    if not math.isfinite(error):
        return 1.0
    if error == 0:
        return 1.0 if difference == 0 else 0.0
    return math.erfc(abs(difference) / error / math.sqrt(2))
