"""Assignment of variants: deterministic, sticky, and the same in the browser and on the server.

The bucket of a unit is a hash of its id and the experiment's seed, so a unit keeps its variant as long as
the shares stay. `sticky` also keeps it when the shares change.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from candlefish.experiments.definition import Status

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from candlefish.experiments.definition import Experiment, Variant


_OFFSET: Final = 0x811C9DC5
_PRIME: Final = 0x01000193


def fnv1a32(text: str) -> int:
    """The 32-bit FNV-1a hash of a text's UTF-8 bytes."""
    value = _OFFSET
    for byte in text.encode():
        value = ((value ^ byte) * _PRIME) & 0xFFFFFFFF
    return value


def bucket(seed: str, unit: str) -> int:
    """The bucket of a unit for a seed, 0…9999: hash version 2, which has no bias between seeds."""
    return fnv1a32(str(fnv1a32(seed + unit))) % 10_000


def namespace_bucket(name: str, unit: str) -> int:
    """The bucket of a unit in a namespace, 0…999: hash version 1 with the seed `__name`."""
    return fnv1a32(f"{unit}__{name}") % 1_000


@dataclass(frozen=True, slots=True)
class Assignment:
    """The variant of a unit in an experiment.

    `kept`: from an earlier visit, not from its bucket. `counted`: its exposure is logged; False for a unit
    that gets the control because its variant was stopped.
    """

    experiment: str
    variant: Variant
    kept: bool = False
    counted: bool = True


def assign(experiment: Experiment, unit: str, sticky: str | None = None) -> Assignment | None:
    """The variant of a unit, or None if it takes no part. `sticky` names the variant it had before.

    No unit takes part in a stopped experiment; an empty unit never does.
    """
    if not unit or experiment.status is not Status.RUNNING or not _in_namespace(experiment, unit):
        return None
    kept = experiment.variant(sticky) if sticky is not None else None
    variant = kept or _variant_of(experiment, bucket(experiment.seed, unit))
    if variant is None:
        return None
    if variant.name in experiment.stopped:
        return _control_of_stopped(experiment)
    return Assignment(experiment.name, variant, kept=kept is not None)


def assign_all(
    experiments: Iterable[Experiment],
    unit: str,
    sticky: Mapping[str, str] | None = None,
    *,
    excluded: bool = False,
) -> dict[str, Assignment]:
    """The assignments of a unit by experiment; none for those `excluded` (bots, opted-out visitors)."""
    if excluded:
        return {}
    before = sticky or {}
    assigned = (assign(experiment, unit, before.get(experiment.name)) for experiment in experiments)
    return {assignment.experiment: assignment for assignment in assigned if assignment is not None}


def settings(assignments: Mapping[str, Assignment]) -> dict[str, object]:
    """The settings of all assigned variants; a later experiment overrides an earlier one."""
    result: dict[str, object] = {}
    for assignment in assignments.values():
        result.update(assignment.variant.settings)
    return result


class Exposures:
    """Exposure log: each (experiment, variant) is logged once; `seen` holds those logged before."""

    def __init__(self, seen: Iterable[tuple[str, str]] = ()) -> None:
        self._seen = set(seen)

    def first(self, assignment: Assignment) -> bool:
        """Whether this exposure is new and must be logged."""
        key = (assignment.experiment, assignment.variant.name)
        new = assignment.counted and key not in self._seen
        self._seen.add(key)
        return new


def _control_of_stopped(experiment: Experiment) -> Assignment | None:
    control = experiment.variant(experiment.control)
    return Assignment(experiment.name, control, counted=False) if control else None


def _in_namespace(experiment: Experiment, unit: str) -> bool:
    space = experiment.namespace
    return space is None or space.low <= namespace_bucket(space.name, unit) < space.high


def _variant_of(experiment: Experiment, place: int) -> Variant | None:
    """The variant whose range holds a bucket: each range starts where the shares before it end."""
    start = 0
    for variant in experiment.variants:
        if start <= place < start + variant.share * experiment.coverage / 10_000:
            return variant
        start += variant.share
    return None
