"""Definitions of experiments, and their form as JSON, by which the service passes them to the browser."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping


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
    """One arm: its share in hundredths of a percent (10,000 is everyone), and the settings it changes."""

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


def to_wire(experiment: Experiment) -> dict[str, Any]:
    """An experiment as JSON values, without the fields that only analysis needs."""
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
