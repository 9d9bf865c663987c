"""A visitor's variants of the experiments, assigned in the page by the same code as on the server.

The page sends JSON (`web/connected/consent.js`); the variants change how the fish starts.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from candlefish.browser.messages import MessageError
from candlefish.browser.options import COMPLEXITIES, EFFECTS
from candlefish.experiments.assignment import Exposures, assign_all
from candlefish.experiments.definition import DefinitionError, from_wire

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from candlefish.browser.messages import Start
    from candlefish.experiments.assignment import Assignment

PERSISTENCES = ("local", "hybrid", "cloud_sync")
TRUST_RATES = (0.1, 10.0)
"""Least and greatest multiplier a variant may set."""


@dataclass(frozen=True, slots=True)
class Participant:
    """A visitor as the page describes them.

    Attributes:
        client: random id of this browser.
        device: desktop, tablet or phone.
        config: the answer of `/api/ab-config`, or None if there was none in time.
        sticky: variants of earlier visits, by experiment.
        exposed: exposures already reported, as (experiment, variant).
        fixed: settings the site's owner chose, which no experiment changes.
        bot: an automated browser, which takes no part.
    """

    client: str
    device: str
    config: str | None
    sticky: Mapping[str, str]
    exposed: frozenset[tuple[str, str]]
    fixed: frozenset[str]
    bot: bool


@dataclass(frozen=True, slots=True)
class VisitorAssignment:
    """How the fish starts for a visitor, and the assignments that took effect in it."""

    start: Start
    trust_rate: float
    persistence: str
    taken: tuple[Assignment, ...]

    def exposures(self, reported: Iterable[tuple[str, str]]) -> list[dict[str, Any]]:
        """An exposure for each assignment that is not among those `reported`."""
        exposures = Exposures(reported)
        return [
            {"type": "exposure", "experiment": each.experiment, "variant": each.variant.name}
            for each in self.taken
            if exposures.first(each)
        ]


def parse_participant(text: str) -> Participant:
    """Read what the page sent.

    Raises:
        MessageError: it does not have the agreed shape.
    """
    try:
        fields = json.loads(text)
        return Participant(
            client=str(fields["client"]),
            device=str(fields["device"]),
            config=None if fields["config"] is None else str(fields["config"]),
            sticky={str(name): str(variant) for name, variant in fields["sticky"].items()},
            exposed=frozenset((str(name), str(variant)) for name, variant in fields["exposed"]),
            fixed=frozenset(map(str, fields["fixed"])),
            bot=bool(fields["bot"]),
        )
    except (LookupError, TypeError, ValueError, AttributeError) as error:
        raise MessageError(f"init.study: {error!r:.80}") from error


def assign_visitor(participant: Participant, start: Start) -> VisitorAssignment:
    """Assign the variants; without a usable configuration everything stays as the page wants it."""
    try:
        experiments = from_wire(json.loads(participant.config)) if participant.config is not None else ()
    except (DefinitionError, ValueError):
        experiments = ()
    assigned = assign_all(experiments, participant.client, participant.sticky, excluded=participant.bot)
    taken = tuple(each for each in assigned.values() if not participant.fixed & each.variant.settings.keys())
    settings: dict[str, Any] = {}
    for each in taken:
        settings.update(each.variant.settings)
    changed = replace(
        start,
        effects=_choice(settings.get("effects"), EFFECTS, start.effects),
        complexity=_choice(settings.get("complexity"), COMPLEXITIES, start.complexity),
    )
    persistence = _choice(settings.get("persistence"), PERSISTENCES, PERSISTENCES[0])
    return VisitorAssignment(changed, _rate(settings.get("trust_rate")), persistence, taken)


def _choice(value: object, choices: tuple[str, ...], default: str) -> str:
    return value if isinstance(value, str) and value in choices else default


def _rate(value: object) -> float:
    low, high = TRUST_RATES
    usable = isinstance(value, int | float) and not isinstance(value, bool) and low <= value <= high
    return float(value) if usable and isinstance(value, int | float) else 1.0
