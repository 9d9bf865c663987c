"""From stored units to the report of an experiment."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from candlefish.experiments.analysis import ExperimentReport, Observation, analyse
from candlefish.experiments.definition import MetricKind
from candlefish.service import units

if TYPE_CHECKING:
    from collections.abc import Iterator

    from candlefish.experiments.analysis import Finding
    from candlefish.experiments.definition import Experiment
    from candlefish.service.store.base import Store


def report(store: Store, experiment: Experiment) -> ExperimentReport:
    """Analyse all that is stored of an experiment. It reads every unit: not for the event loop."""
    return analyse(experiment, list(_observations(store, experiment)))


def broken_guardrails(store: Store, experiment: Experiment) -> list[tuple[str, str]]:
    """The variants that must stop, each with a reason in words."""
    findings = report(store, experiment).findings
    broken = {finding.variant: finding for finding in findings if finding.broken}
    return [(name, _reason(finding)) for name, finding in broken.items() if name not in experiment.stopped]


def plain(experiment: Experiment, result: ExperimentReport) -> dict[str, Any]:
    """A report as JSON."""
    return {
        "experiment": experiment.name,
        "help": experiment.help,
        "status": experiment.status,
        "control": experiment.control,
        "stopped": sorted(experiment.stopped),
        "counts": result.counts,
        "shares": {variant.name: variant.share / 100 for variant in experiment.variants},
        "ratio_p": result.ratio_p,
        "mismatched": result.mismatched,
        "findings": [_plain(finding) for finding in result.findings],
    }


def _plain(finding: Finding) -> dict[str, Any]:
    effect = finding.effect
    return {
        "variant": finding.variant,
        "metric": finding.metric.name,
        "kind": finding.metric.kind,
        "guardrail": finding.metric.guardrail,
        "higher_is_better": finding.metric.higher_is_better,
        "control": {"n": finding.control.n, "mean": finding.control.mean},
        "treatment": {"n": finding.treatment.n, "mean": finding.treatment.mean},
        "difference": effect.difference,
        "relative": effect.relative,
        "interval": [effect.interval.low, effect.interval.high],
        "p": effect.p,
        "sequence": [effect.sequence.low, effect.sequence.high],
        "p_sequential": effect.p_sequential,
        "broken": finding.broken,
    }


def _observations(store: Store, experiment: Experiment) -> Iterator[Observation]:
    for unit in store.units(experiment.name):
        record = units.DECODE(unit.body)
        if record.mixed:
            continue
        values = {}
        for metric in experiment.metrics:
            if metric.kind is MetricKind.CONVERSION:
                if record.reached(metric.name):
                    values[metric.name] = 1.0
            elif (value := record.value(metric.name)) is not None:
                values[metric.name] = value
        yield Observation(record.variant, values, record.prior)


def _reason(finding: Finding) -> str:
    low, high = finding.effect.sequence.low, finding.effect.sequence.high
    return (
        f"{finding.metric.name} differs from the control by {finding.effect.difference:.4g} "
        f"(always-valid interval {low:.4g} to {high:.4g}; tolerated: {finding.metric.tolerance:g})"
    )
