"""Analysis of experiments: each variant against the control by each metric.

Samples of the arms and CUPED; intervals and p-values for one look and for every look; the sample-ratio check.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from statistics import NormalDist
from typing import TYPE_CHECKING, Final

import numpy as np

from candlefish.experiments.definition import MetricKind

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import ArrayLike, NDArray

    from candlefish.experiments.definition import Experiment, Metric

    FloatArray = NDArray[np.float64]

TUNED_UNITS: Final = 5_000
"""Number of units in both arms for which the sequential interval is tightest."""
UNITS_MIN: Final = 100
"""Smallest arm for the sequential interval, which rests on a central limit theorem."""
_NORMAL: Final = NormalDist()
P_MIN: Final = 0.001
"""Threshold of sample-ratio mismatch: below it results are not trusted (Fabijan et al., KDD 2019)."""
ALPHA: Final = 0.05


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


def sample_ratio_p(counts: Sequence[int], shares: Sequence[float]) -> float:
    """The p-value of Pearson's χ² test of unit counts against shares. Arms without a share are left out.

    Raises:
        ValueError: lengths differ, or a unit is in an arm that has no share.
    """
    if len(counts) != len(shares):
        raise ValueError(f"expected a share for each arm, got {len(counts)} counts and {len(shares)} shares")
    if any(count and not share for count, share in zip(counts, shares, strict=True)):
        raise ValueError("an arm without a share has units")
    active = [(count, share) for count, share in zip(counts, shares, strict=True) if share]
    total, whole = sum(count for count, _ in active), sum(share for _, share in active)
    if not total or len(active) < 2:
        return 1.0
    expected = [total * share / whole for _, share in active]
    chi2 = sum((count - want) ** 2 / want for (count, _), want in zip(active, expected, strict=True))
    return chi2_survival(chi2, len(active) - 1)


def chi2_survival(value: float, degrees: int) -> float:
    """P(χ² > value) for whole degrees of freedom ≥ 1.

    By Q(a + 1, x) = Q(a, x) + xᵃ e⁻ˣ / Γ(a + 1) from Q(½, x) = erfc √x or Q(1, x) = e⁻ˣ (DLMF 8.8.6).
    """
    x = value / 2
    a = 0.5 if degrees % 2 else 1.0
    survival = math.erfc(math.sqrt(x)) if degrees % 2 else math.exp(-x)
    while a < degrees / 2:
        survival += math.exp(a * math.log(x) - x - math.lgamma(a + 1)) if x else 0.0
        a += 1
    return min(1.0, survival)


@dataclass(frozen=True, slots=True)
class Observation:
    """One unit: its variant, its values by metric, and a covariate from before the exposure."""

    variant: str
    values: Mapping[str, float]
    prior: float | None = None


@dataclass(frozen=True, slots=True)
class Finding:
    """A variant against the control by one metric; `broken`: a guardrail metric is significantly worse."""

    variant: str
    metric: Metric
    control: SampleStatistics
    treatment: SampleStatistics
    effect: Effect
    broken: bool


@dataclass(frozen=True, slots=True)
class ExperimentReport:
    """Results of an experiment; `ratio_p` below P_MIN is a sample-ratio mismatch: units were lost."""

    experiment: str
    counts: Mapping[str, int]
    ratio_p: float
    findings: tuple[Finding, ...]

    @property
    def mismatched(self) -> bool:
        """Whether the sizes of the arms contradict their shares."""
        return self.ratio_p < P_MIN


def analyse(
    experiment: Experiment, observations: Sequence[Observation], alpha: float = ALPHA
) -> ExperimentReport:
    """Analyse the units of an experiment. `alpha` is shared among the variants (Bonferroni)."""
    arms: dict[str, list[Observation]] = {variant.name: [] for variant in experiment.variants}
    for observation in observations:
        if observation.variant in arms:
            arms[observation.variant].append(observation)
    counts = {name: len(units) for name, units in arms.items()}
    treatments = [name for name in arms if name != experiment.control]
    level = alpha / max(1, len(treatments))
    findings = [
        _finding(metric, experiment.control, name, samples, level)
        for metric in experiment.metrics
        for samples in [_samples(metric, arms)]
        for name in treatments
    ]
    return ExperimentReport(experiment.name, counts, _ratio(experiment, counts), tuple(findings))


def _ratio(experiment: Experiment, counts: Mapping[str, int]) -> float:
    """The p-value of the active arms: stopped variants get no more units, so they are left out."""
    going = [variant for variant in experiment.variants if variant.name not in experiment.stopped]
    active = [variant for variant in going if variant.share]
    return sample_ratio_p([counts[variant.name] for variant in active], [variant.share for variant in active])


def _samples(metric: Metric, arms: Mapping[str, Sequence[Observation]]) -> dict[str, SampleStatistics]:
    if metric.kind is MetricKind.CONVERSION:
        return {
            name: sample_of_conversions(sum(metric.name in unit.values for unit in units), len(units))
            for name, units in arms.items()
        }
    seen = {name: [unit for unit in units if metric.name in unit.values] for name, units in arms.items()}
    values = [np.array([unit.values[metric.name] for unit in units]) for units in seen.values()]
    priors = [
        np.array([np.nan if unit.prior is None else unit.prior for unit in units]) for units in seen.values()
    ]
    return dict(zip(seen, map(sample_of_values, cuped(list(values), list(priors))), strict=True))


def _finding(
    metric: Metric, control: str, variant: str, samples: Mapping[str, SampleStatistics], alpha: float
) -> Finding:
    result = effect(samples[control], samples[variant], alpha)
    return Finding(variant, metric, samples[control], samples[variant], result, _broken(metric, result))


def _broken(metric: Metric, result: Effect) -> bool:
    if not metric.guardrail:
        return False
    sequence = result.sequence
    return sequence.high < -metric.tolerance if metric.higher_is_better else sequence.low > metric.tolerance
