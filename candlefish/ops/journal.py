"""How far a deployment has come, kept by the target so that another command can go on after a kill."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, replace
from enum import StrEnum
from typing import TYPE_CHECKING, Final

from candlefish.ops.engine import Colour
from candlefish.ops.errors import OpsError

if TYPE_CHECKING:
    from candlefish.ops.engine import Engine

NAME: Final = "journal"


class Step(StrEnum):
    """The steps of a deployment, in order; `BACK` is the way out."""

    REHEARSE = "rehearse"
    PLACE = "place"
    SMOKE = "smoke"
    SHIFT = "shift"
    COMMIT = "commit"
    BACK = "roll back"


@dataclass(frozen=True, slots=True)
class Journal:
    """A deployment under way: the step that comes next, and what is known by then.

    Attributes:
        share: percent of visitors that were given to the new release.
        before: the release that was live when it began.
        reason: why it is taken back.
    """

    release: str
    colour: Colour
    before: str | None
    step: Step = Step.REHEARSE
    share: int = 0
    reason: str = ""
    began_s: float = 0.0

    def at(self, step: Step, **changes: object) -> Journal:
        """The same, at another step."""
        return replace(self, step=step, **changes)  # type: ignore[arg-type]


def load(engine: Engine) -> Journal | None:
    """The deployment under way, if there is one. Raises `OpsError` if it cannot be read."""
    text = engine.load(NAME)
    if text is None:
        return None
    try:
        said = json.loads(text)
        return Journal(**{**said, "colour": Colour(said["colour"]), "step": Step(said["step"])})
    except (ValueError, LookupError, TypeError) as error:
        raise OpsError(f"the journal of {engine.environment.name} cannot be read: {error}") from error


def save(engine: Engine, journal: Journal | None) -> None:
    """Keep it before the step is taken; None when all is done."""
    engine.save(NAME, None if journal is None else json.dumps(asdict(journal)))
