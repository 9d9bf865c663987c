"""Definitions of experiments: read from `experiments.toml`, checked, and passed to the browser as JSON."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Mapping


_NAME: Final = re.compile(r"[a-z][a-z0-9_]{0,31}")
_EXPERIMENT_FIELDS: Final = frozenset(
    {"help", "seed", "status", "coverage", "control", "namespace", "variants", "metrics", "guardrails"}
)


class DefinitionError(ValueError):
    """A definition is invalid; the message names the place and the reason."""


class Status(StrEnum):
    """Whether an experiment assigns variants."""

    RUNNING = "running"
    STOPPED = "stopped"


class MetricKind(StrEnum):
    """How a metric is computed: the share of units that reached it, or the mean of a value per unit."""

    CONVERSION = "conversion"
    MEAN = "mean"


@dataclass(frozen=True, slots=True)
class Variant:
    """One arm: its share in hundredths of a percent (10,000 is everyone), and what it changes."""

    name: str
    share: int
    settings: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Namespace:
    """A range of buckets, low ≤ bucket < high of 1000; disjoint ranges share no unit."""

    name: str
    low: int
    high: int


@dataclass(frozen=True, slots=True)
class Metric:
    """A metric of an experiment; a guardrail may be worse than the control by at most `tolerance`."""

    name: str
    kind: MetricKind
    guardrail: bool = False
    higher_is_better: bool = True
    tolerance: float = 0.0


@dataclass(frozen=True, slots=True)
class Experiment:
    """One experiment; `seed` keeps its buckets independent of every other's.

    `stopped` names stopped variants: their units get the control and are not counted.
    """

    name: str
    seed: str
    variants: tuple[Variant, ...]
    control: str
    status: Status = Status.RUNNING
    coverage: int = 10_000
    namespace: Namespace | None = None
    metrics: tuple[Metric, ...] = ()
    help: str = ""
    stopped: frozenset[str] = frozenset()

    def variant(self, name: str) -> Variant | None:
        """The variant of a name, if there is one."""
        return next((variant for variant in self.variants if variant.name == name), None)


def read_experiments(document: Mapping[str, Any]) -> tuple[Experiment, ...]:
    """The experiments of a parsed TOML document.

    Raises:
        DefinitionError: something is missing, unknown or out of range, or shares do not sum to 100 %.
    """
    if set(document) != {"experiments"}:
        raise DefinitionError(f"top level: expected only [experiments.…], got {sorted(document)}")
    return tuple(_experiment(name, table) for name, table in _table(document, "experiments").items())


def _experiment(name: str, table: object) -> Experiment:
    where = f"experiments.{_name(name, 'experiments')}"
    if not isinstance(table, dict):
        raise DefinitionError(f"{where}: expected a table")
    _only(table, _EXPERIMENT_FIELDS, where)
    variants = _variants(_table(table, "variants", where), f"{where}.variants")
    control = table.get("control", variants[0].name)
    if control not in {variant.name for variant in variants}:
        raise DefinitionError(f"{where}.control: no variant is named {control!r}")
    return Experiment(
        name=name,
        seed=str(table.get("seed", name)),
        variants=variants,
        control=control,
        status=_status(table.get("status", "running"), where),
        coverage=_share(table.get("coverage", 100), f"{where}.coverage"),
        namespace=_namespace(table.get("namespace"), f"{where}.namespace"),
        metrics=_metrics(table, where),
        help=str(table.get("help", "")),
    )


def _variants(table: Mapping[str, Any], where: str) -> tuple[Variant, ...]:
    variants = []
    for name, value in table.items():
        here = f"{where}.{_name(name, where)}"
        if not isinstance(value, dict) or "percent" not in value:
            raise DefinitionError(f"{here}: expected {{ percent = …, settings… }}")
        settings = {key: setting for key, setting in value.items() if key != "percent"}
        variants.append(Variant(name, _share(value["percent"], f"{here}.percent"), settings))
    total = sum(variant.share for variant in variants)
    if total != 10_000:
        raise DefinitionError(f"{where}: shares sum to {total / 100:g} %, not 100 %")
    return tuple(variants)


def _metrics(table: Mapping[str, Any], where: str) -> tuple[Metric, ...]:
    wanted = [(name, value, False) for name, value in _optional_table(table, "metrics", where).items()]
    guards = [(name, value, True) for name, value in _optional_table(table, "guardrails", where).items()]
    return tuple(_metric(name, value, guard, where) for name, value, guard in wanted + guards)


def _metric(name: str, value: object, guardrail: bool, where: str) -> Metric:
    here = f"{where}.{'guardrails' if guardrail else 'metrics'}.{_name(name, where)}"
    if not isinstance(value, dict):
        raise DefinitionError(f"{here}: expected a table")
    _only(value, frozenset({"kind", "better", "tolerance"}), here)
    kind, better, tolerance = value.get("kind"), value.get("better", "higher"), value.get("tolerance", 0.0)
    if kind not in set(MetricKind):
        raise DefinitionError(f"{here}.kind: expected conversion or mean, got {kind!r}")
    if better not in {"higher", "lower"}:
        raise DefinitionError(f"{here}.better: expected higher or lower, got {better!r}")
    if isinstance(tolerance, bool) or not isinstance(tolerance, (int, float)) or not tolerance >= 0:
        raise DefinitionError(f"{here}.tolerance: expected a number ≥ 0, got {tolerance!r}")
    return Metric(name, MetricKind(kind), guardrail, better == "higher", float(tolerance))


def _namespace(value: object, where: str) -> Namespace | None:
    if value is None:
        return None
    if not isinstance(value, dict) or set(value) != {"name", "low", "high"}:
        raise DefinitionError(f"{where}: expected name, low and high")
    low, high = (_share(value[key], f"{where}.{key}") // 10 for key in ("low", "high"))
    if low >= high:
        raise DefinitionError(f"{where}: low must be below high")
    return Namespace(_name(str(value["name"]), where), low, high)


def _share(value: object, where: str) -> int:
    """Hundredths of a percent from a percentage with at most two decimals."""
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not 0 <= value <= 100:
        raise DefinitionError(f"{where}: expected a percentage in 0…100, got {value!r}")
    share = round(value * 100)
    if abs(share - value * 100) > 1e-9:
        raise DefinitionError(f"{where}: expected at most two decimals, got {value!r}")
    return share


def _status(value: object, where: str) -> Status:
    if value not in set(Status):
        raise DefinitionError(f"{where}.status: expected running or stopped, got {value!r}")
    return Status(str(value))


def _name(name: str, where: str) -> str:
    if not _NAME.fullmatch(name):
        raise DefinitionError(f"{where}: {name!r} is no name: 1–32 of a–z, 0–9 and _")
    return name


def _table(table: Mapping[str, Any], key: str, where: str = "") -> Mapping[str, Any]:
    value = table.get(key)
    if not isinstance(value, dict) or not value:
        raise DefinitionError(f"{where}{'.' if where else ''}{key}: expected a table with entries")
    return value


def _optional_table(table: Mapping[str, Any], key: str, where: str) -> Mapping[str, Any]:
    return _table(table, key, where) if key in table else {}


def _only(table: Mapping[str, Any], fields: frozenset[str], where: str) -> None:
    if unknown := sorted(set(table) - fields):
        raise DefinitionError(f"{where}: unknown field {unknown[0]}")


def to_wire(experiment: Experiment) -> dict[str, Any]:
    """An experiment as JSON values: only what assignment needs."""
    space = experiment.namespace
    return {
        "name": experiment.name,
        "seed": experiment.seed,
        "status": experiment.status.value,
        "coverage": experiment.coverage,
        "control": experiment.control,
        "namespace": {"name": space.name, "low": space.low, "high": space.high} if space else None,
        "stopped": sorted(experiment.stopped),
        "variants": [
            {"name": variant.name, "share": variant.share, "settings": dict(variant.settings)}
            for variant in experiment.variants
        ],
    }


def from_wire(document: Mapping[str, Any]) -> tuple[Experiment, ...]:
    """The experiments of a configuration document.

    Raises:
        DefinitionError: the document is of another version, or malformed.
    """
    try:
        if document["version"] != 1:
            raise DefinitionError(f"version: expected 1, got {document['version']!r}")
        return tuple(_experiment_from_wire(each) for each in document["experiments"])
    except (LookupError, TypeError, AttributeError) as error:
        raise DefinitionError(f"configuration: {error!r}") from error


def _experiment_from_wire(each: Mapping[str, Any]) -> Experiment:
    space = each["namespace"]
    variants = tuple(Variant(one["name"], one["share"], one["settings"]) for one in each["variants"])
    if sum(variant.share for variant in variants) != 10_000:
        raise DefinitionError(f"{each['name']}: shares do not sum to 100 %")
    return Experiment(
        name=each["name"],
        seed=each["seed"],
        variants=variants,
        control=each["control"],
        status=Status(each["status"]),
        coverage=each["coverage"],
        namespace=Namespace(space["name"], space["low"], space["high"]) if space else None,
        stopped=frozenset(each["stopped"]),
    )
