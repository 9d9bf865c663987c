"""Experiments as they go to the browser: only what assignment needs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from candlefish.experiments.definition import DefinitionError, Experiment, Namespace, Status, Variant

if TYPE_CHECKING:
    from collections.abc import Mapping


def plain(experiment: Experiment) -> dict[str, Any]:
    """An experiment as JSON values."""
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


def read_plain(document: Mapping[str, Any]) -> tuple[Experiment, ...]:
    """The experiments of a configuration document.

    Raises:
        DefinitionError: it is not one this version understands.
    """
    try:
        if document["version"] != 1:
            raise DefinitionError(f"version: expected 1, got {document['version']!r}")
        return tuple(_experiment(each) for each in document["experiments"])
    except (LookupError, TypeError, AttributeError) as error:
        raise DefinitionError(f"configuration: {error!r}") from error


def _experiment(each: Mapping[str, Any]) -> Experiment:
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
