"""What an experiment has shown: each variant against the control, by each metric."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

from candlefish.experiments.definition import Kind
from candlefish.experiments.effects import Effect, effect
from candlefish.experiments.ratio import P_MIN, sample_ratio_p
from candlefish.experiments.samples import Sample, cuped, of_conversions, of_values

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from candlefish.experiments.definition import Experiment, Metric

ALPHA: Final = 0.05


@dataclass(frozen=True, slots=True)
class Observation:
    """One unit: its variant, its value of each metric that was seen, and a covariate from before."""

    variant: str
    values: Mapping[str, float]
    prior: float | None = None


@dataclass(frozen=True, slots=True)
class Finding:
    """A variant against the control by one metric; `broken`: as a guardrail, it is surely worse."""

    variant: str
    metric: Metric
    control: Sample
    treatment: Sample
    effect: Effect
    broken: bool


@dataclass(frozen=True, slots=True)
class Report:
    """All of an experiment. `ratio_p` below P_MIN: units were lost on the way, believe nothing else."""

    experiment: str
    counts: Mapping[str, int]
    ratio_p: float
    findings: tuple[Finding, ...]

    @property
    def mismatched(self) -> bool:
        """Whether arms are not as large as their shares say."""
        return self.ratio_p < P_MIN


def analyse(experiment: Experiment, observations: Sequence[Observation], alpha: float = ALPHA) -> Report:
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
    return Report(experiment.name, counts, _ratio(experiment, counts), tuple(findings))


def _ratio(experiment: Experiment, counts: Mapping[str, int]) -> float:
    """Stopped variants get no more units, so their share is no longer what it was: they are left out."""
    going = [variant for variant in experiment.variants if variant.name not in experiment.stopped]
    active = [variant for variant in going if variant.share]
    return sample_ratio_p([counts[variant.name] for variant in active], [variant.share for variant in active])


def _samples(metric: Metric, arms: Mapping[str, Sequence[Observation]]) -> dict[str, Sample]:
    if metric.kind is Kind.CONVERSION:
        return {
            name: of_conversions(sum(metric.name in unit.values for unit in units), len(units))
            for name, units in arms.items()
        }
    seen = {name: [unit for unit in units if metric.name in unit.values] for name, units in arms.items()}
    values = [np.array([unit.values[metric.name] for unit in units]) for units in seen.values()]
    priors = [
        np.array([np.nan if unit.prior is None else unit.prior for unit in units]) for units in seen.values()
    ]
    return dict(zip(seen, map(of_values, cuped(list(values), list(priors))), strict=True))


def _finding(
    metric: Metric, control: str, variant: str, samples: Mapping[str, Sample], alpha: float
) -> Finding:
    result = effect(samples[control], samples[variant], alpha)
    return Finding(variant, metric, samples[control], samples[variant], result, _broken(metric, result))


def _broken(metric: Metric, result: Effect) -> bool:
    if not metric.guardrail:
        return False
    sequence = result.sequence
    return sequence.high < -metric.tolerance if metric.higher_is_better else sequence.low > metric.tolerance
