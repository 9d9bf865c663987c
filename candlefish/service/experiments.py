"""Experiments on the server: definitions, their configuration for the browser, units, and results."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass, field, replace
from importlib.resources import files
from typing import TYPE_CHECKING, Annotated, Any, Final, Literal

import msgspec
from msgspec import Meta

from candlefish.experiments.analysis import ExperimentReport, Observation, analyse
from candlefish.experiments.definition import (
    DefinitionError,
    Experiment,
    Metric,
    MetricKind,
    Namespace,
    Status,
    Variant,
    to_wire,
)
from candlefish.tables import convert, load_toml

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

    from candlefish.experiments.analysis import Finding
    from candlefish.service.store.base import EventStore, StateStore, Store

MAX_AGE_S: Final = 300
"""How long a browser may use a configuration, s."""
DAY_MS: Final = 86_400_000
RETURN_AFTER_MS: Final = DAY_MS // 2
RETURN_WITHIN_MS: Final = 7 * DAY_MS
METRICS_MAX: Final = 24
Percent = Annotated[float, Meta(ge=0, le=100)]
_NAME: Final = re.compile(r"[a-z][a-z0-9_]{0,31}")


@dataclass(frozen=True, slots=True)
class _MetricTable:
    kind: MetricKind
    better: Literal["higher", "lower"] = "higher"
    tolerance: Annotated[float, Meta(ge=0)] = 0.0


@dataclass(frozen=True, slots=True)
class _NamespaceTable:
    name: str
    low: Percent
    high: Percent


@dataclass(frozen=True, slots=True)
class _ExperimentTable:
    """One experiment of the file; `variants`: `percent` and the variant's settings by its name."""

    variants: dict[str, Any]
    help: str = ""
    seed: str | None = None
    status: Status = Status.RUNNING
    coverage: Percent = 100.0
    control: str | None = None
    namespace: _NamespaceTable | None = None
    metrics: dict[str, _MetricTable] = field(default_factory=dict)
    guardrails: dict[str, _MetricTable] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class _DefinitionFile:
    experiments: dict[str, _ExperimentTable]


def load_experiments(path: Path | None = None) -> tuple[Experiment, ...]:
    """The experiments of a TOML file, or of the one that is part of the package.

    Raises:
        DefinitionError: the file cannot be read, or a definition cannot be used.
    """
    source = path if path is not None else files("candlefish.experiments") / "experiments.toml"
    return read_experiments(load_toml(source, DefinitionError), str(source))


def read_experiments(document: Mapping[str, Any], where: str) -> tuple[Experiment, ...]:
    """The experiments of a parsed TOML document.

    Raises:
        DefinitionError: something is missing, unknown or out of range, or shares do not sum to 100 %.
    """
    tables = convert(document, _DefinitionFile, where, DefinitionError).experiments
    if not tables:
        raise DefinitionError(f"{where}: experiments: expected a table with entries")
    return tuple(_experiment(name, table, f"{where}: experiments.{name}") for name, table in tables.items())


def _experiment(name: str, table: _ExperimentTable, where: str) -> Experiment:
    variants = tuple(_variant(key, one, f"{where}.variants.{key}") for key, one in table.variants.items())
    if (total := sum(variant.share for variant in variants)) != 10_000:
        raise DefinitionError(f"{where}.variants: shares sum to {total / 100:g} %, not 100 %")
    control = table.control if table.control is not None else variants[0].name
    if control not in table.variants:
        raise DefinitionError(f"{where}.control: no variant is named {control!r}")
    return Experiment(
        name=_name(name, where),
        seed=table.seed if table.seed is not None else name,
        variants=variants,
        control=control,
        status=table.status,
        coverage=_share(table.coverage, f"{where}.coverage"),
        namespace=_namespace(table.namespace, f"{where}.namespace"),
        metrics=(
            *(_metric(key, one, where, guardrail=False) for key, one in table.metrics.items()),
            *(_metric(key, one, where, guardrail=True) for key, one in table.guardrails.items()),
        ),
        help=table.help,
    )


def _variant(name: str, table: object, where: str) -> Variant:
    if not isinstance(table, dict) or "percent" not in table:
        raise DefinitionError(f"{where}: expected {{ percent = …, settings… }}, got {table!r:.60}")
    percent = convert(table["percent"], Percent, f"{where}.percent", DefinitionError)
    settings = {key: setting for key, setting in table.items() if key != "percent"}
    return Variant(_name(name, where), _share(percent, f"{where}.percent"), settings)


def _metric(name: str, table: _MetricTable, where: str, *, guardrail: bool) -> Metric:
    _name(name, f"{where}.{'guardrails' if guardrail else 'metrics'}")
    return Metric(name, table.kind, guardrail, table.better == "higher", table.tolerance)


def _namespace(table: _NamespaceTable | None, where: str) -> Namespace | None:
    if table is None:
        return None
    low, high = _share(table.low, f"{where}.low") // 10, _share(table.high, f"{where}.high") // 10
    if low >= high:
        raise DefinitionError(f"{where}: low must be below high, got {table.low:g} and {table.high:g}")
    return Namespace(_name(table.name, f"{where}.name"), low, high)


def _share(percent: float, where: str) -> int:
    """Hundredths of a percent from a percentage with at most two decimals."""
    share = round(percent * 100)
    if abs(share - percent * 100) > 1e-9:
        raise DefinitionError(f"{where}: expected at most two decimals, got {percent!r}")
    return share


def _name(name: str, where: str) -> str:
    if not _NAME.fullmatch(name):
        raise DefinitionError(f"{where}: {name!r} is no name: 1–32 of a–z, 0–9 and _")
    return name


def configuration_document(experiments: Sequence[Experiment]) -> tuple[bytes, str]:
    """The answer to `GET /api/ab-config`: the configuration for assignment as JSON, and its entity tag."""
    body = msgspec.json.encode({"version": 1, "experiments": [to_wire(each) for each in experiments]})
    return body, f'"{hashlib.sha256(body).hexdigest()[:32]}"'


class UnitRecord(msgspec.Struct):
    """The record of one client in one experiment. `mixed`: seen in two variants, left out of the analysis.

    `metrics` holds [count, sum] by name since exposure; `prior` is the trust before it, for CUPED.
    """

    variant: str
    exposed_ms: int
    mixed: bool = False
    prior: float | None = None
    metrics: dict[str, list[float]] = {}

    def add(self, metric: str, count: float, value: float) -> None:
        """Add to a metric; names beyond METRICS_MAX are ignored."""
        if metric in self.metrics or len(self.metrics) < METRICS_MAX:
            row = self.metrics.setdefault(metric, [0.0, 0.0])
            row[0] += count
            row[1] += value

    def value(self, metric: str) -> float | None:
        """The unit's mean of a metric; None without a value."""
        count, total = self.metrics.get(metric, (0.0, 0.0))
        return total / max(count, 1.0) if count or total else None

    def reached(self, metric: str) -> bool:
        """Whether a conversion happened at least once."""
        return metric in self.metrics

    def expose(self, variant: str) -> None:
        """Record another exposure, in this variant."""
        self.mixed = self.mixed or variant != self.variant


def derived_metrics(event: Any, since_exposure_ms: int) -> Iterator[tuple[str, float, float]]:
    """The contributions of an event to the built-in metrics: (metric, count, sum)."""
    match event.__struct_config__.tag:
        case "session_start":
            yield "errors", 1, 0
            if event.returning and RETURN_AFTER_MS <= since_exposure_ms <= RETURN_WITHIN_MS:
                yield "returned_in_7_days", 1, 1
        case "session_end":
            yield "session_duration_s", 1, event.duration_s
            yield "interactions", 1, event.interactions
            yield "trust_gained", 1, event.trust_gained
        case "performance_metrics":
            yield "fps", 1, event.fps
        case "error":
            yield "errors", 0, 1
        case "milestone" if event.name == "comfortable":
            yield "trust_milestone_50", 1, 1


encode_unit: Final = msgspec.json.Encoder().encode
decode_unit: Final = msgspec.json.Decoder(UnitRecord).decode


def experiment_report(store: EventStore, experiment: Experiment) -> ExperimentReport:
    """Analyse all stored units of an experiment. Blocks, as it reads every unit."""
    return analyse(experiment, list(_observations(store, experiment)))


def broken_guardrails(store: EventStore, experiment: Experiment) -> list[tuple[str, str]]:
    """The variants that break a guardrail, each with a reason in words."""
    findings = experiment_report(store, experiment).findings
    broken = {finding.variant: finding for finding in findings if finding.broken}
    return [(name, _reason(finding)) for name, finding in broken.items() if name not in experiment.stopped]


def report_json(experiment: Experiment, result: ExperimentReport) -> dict[str, Any]:
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
        "findings": [_finding_json(finding) for finding in result.findings],
    }


def _finding_json(finding: Finding) -> dict[str, Any]:
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


def _observations(store: EventStore, experiment: Experiment) -> Iterator[Observation]:
    for unit in store.units(experiment.name):
        record = decode_unit(unit.body)
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


OVERRIDES_NAME: Final = "switches"
"""Key of the overrides in the store."""


class Override(msgspec.Struct):
    """Override of one experiment. `stopped` has a reason for each stopped variant."""

    status: str | None = None
    reason: str = ""
    at_ms: int = 0
    stopped: dict[str, str] = {}


_decode_overrides: Final = msgspec.json.Decoder(dict[str, Override]).decode


def load_overrides(store: StateStore) -> dict[str, Override]:
    """Every override by experiment."""
    return _decode_overrides(store.load_state(OVERRIDES_NAME) or "{}")


def apply_overrides(
    experiments: Sequence[Experiment], overrides: dict[str, Override]
) -> tuple[Experiment, ...]:
    """The experiments with their overrides applied."""
    return tuple(
        _overridden(experiment, overrides.get(experiment.name, Override())) for experiment in experiments
    )


def set_status(store: StateStore, experiment: str, status: Status, reason: str, now_ms: int) -> None:
    """Start or stop an experiment. Starting it also starts its stopped variants."""

    def change(override: Override) -> None:
        override.status, override.reason, override.at_ms = status.value, reason, now_ms
        if status is Status.RUNNING:
            override.stopped = {}

    _change_override(store, experiment, change)


def stop_variant(store: StateStore, experiment: str, variant: str, reason: str, now_ms: int) -> None:
    """Stop one variant: its units get the control."""

    def change(override: Override) -> None:
        override.stopped = {**override.stopped, variant: reason}
        override.at_ms = now_ms

    _change_override(store, experiment, change)


def enforce_guardrails(store: Store, experiments: Sequence[Experiment], now_ms: int) -> list[dict[str, str]]:
    """Stop every variant that breaks a guardrail. Returns the stopped variants with reasons."""
    stopped = []
    for experiment in experiments:
        if experiment.status is not Status.RUNNING or not any(m.guardrail for m in experiment.metrics):
            continue
        for variant, reason in broken_guardrails(store, experiment):
            stop_variant(store, experiment.name, variant, reason, now_ms)
            stopped.append({"experiment": experiment.name, "variant": variant, "reason": reason})
    return stopped


def _overridden(experiment: Experiment, override: Override) -> Experiment:
    names = {variant.name for variant in experiment.variants} - {experiment.control}
    status = Status(override.status) if override.status else experiment.status
    return replace(experiment, status=status, stopped=frozenset(override.stopped) & names)


def _change_override(store: StateStore, experiment: str, change: Any) -> None:
    while True:
        before = store.load_state(OVERRIDES_NAME)
        overrides = _decode_overrides(before or "{}")
        change(overrides.setdefault(experiment, Override()))
        if store.save_state(OVERRIDES_NAME, before, msgspec.json.encode(overrides).decode()):
            return
