"""Analysis of an experiment: each variant against the control by each metric, and the sample-ratio check."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

from candlefish.experiments.definition import MetricKind
from candlefish.experiments.effects import (
    Effect,
    SampleStatistics,
    cuped,
    effect,
    sample_of_conversions,
    sample_of_values,
)

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from candlefish.experiments.definition import Experiment, Metric


P_MIN: Final = 0.001
"""Threshold of sample-ratio mismatch: below it results are not trusted (Fabijan et al., KDD 2019)."""


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


ALPHA: Final = 0.05


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
