"""Who gets which variant: deterministic, the same in the browser and on the server, and sticky.

The bucket of a unit depends only on its id and the experiment's seed, so a unit keeps its variant for
as long as the shares stay. `sticky` also keeps it when the shares change.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from candlefish.experiments.definition import Status
from candlefish.experiments.hashing import bucket, namespace_bucket

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from candlefish.experiments.definition import Experiment, Variant


@dataclass(frozen=True, slots=True)
class Assignment:
    """The variant a unit has in an experiment.

    `kept`: from an earlier visit, not from its bucket. `counted`: its exposure is logged; not so for one
    whose variant was stopped and who sees the control since.
    """

    experiment: str
    variant: Variant
    kept: bool = False
    counted: bool = True


def assign(experiment: Experiment, unit: str, sticky: str | None = None) -> Assignment | None:
    """The variant of a unit, or None if it takes no part. `sticky` names the variant it had before.

    An empty unit takes no part; neither does anyone once the experiment is stopped.
    """
    if not unit or experiment.status is not Status.RUNNING or not _in_namespace(experiment, unit):
        return None
    kept = experiment.variant(sticky) if sticky is not None else None
    variant = kept or _variant_of(experiment, bucket(experiment.seed, unit))
    if variant is None:
        return None
    if variant.name in experiment.stopped:
        return _instead(experiment)
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
    found = (assign(experiment, unit, before.get(experiment.name)) for experiment in experiments)
    return {assignment.experiment: assignment for assignment in found if assignment is not None}


def settings(assignments: Mapping[str, Assignment]) -> dict[str, object]:
    """What the assigned variants change, together: a later experiment's setting wins over an earlier's."""
    result: dict[str, object] = {}
    for assignment in assignments.values():
        result.update(assignment.variant.settings)
    return result


class Exposures:
    """Says once for each experiment that its variant took effect; `seen` are those already said."""

    def __init__(self, seen: Iterable[tuple[str, str]] = ()) -> None:
        self._seen = set(seen)

    def first(self, assignment: Assignment) -> bool:
        """Whether this exposure is to be logged now."""
        key = (assignment.experiment, assignment.variant.name)
        new = assignment.counted and key not in self._seen
        self._seen.add(key)
        return new


def _instead(experiment: Experiment) -> Assignment | None:
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
