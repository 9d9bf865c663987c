"""Deployment: the state of an environment, its engine's protocol, metrics of releases, and the journal.

Every method of an engine may be called again after it was interrupted.
"""

from __future__ import annotations

import json
import os
import time
from dataclasses import asdict, dataclass, replace
from enum import StrEnum
from typing import TYPE_CHECKING, Any, Final, Protocol

from candlefish.ops import OpsError

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from contextlib import AbstractContextManager

    from candlefish.ops.environments import Environment
    from candlefish.ops.release import Release, Sources

STATE_DOCUMENT: Final = "standing"
"""The document of the state that cannot be read from the target itself."""
HISTORY_MAX: Final = 50
JOURNAL_DOCUMENT: Final = "journal"


class Colour(StrEnum):
    """One of the two places of a release (blue-green deployment)."""

    BLUE = "blue"
    GREEN = "green"

    @property
    def other(self) -> Colour:
        """The other one."""
        return Colour.GREEN if self is Colour.BLUE else Colour.BLUE


@dataclass(frozen=True, slots=True)
class DeploymentState:
    """The state of an environment.

    Attributes:
        live: the colour that visitors get; None before the first release.
        releases: the release placed in each colour.
        shares: percent of visitors by colour.
        history: releases that were live, newest first, the live one included.
    """

    live: Colour | None
    releases: dict[Colour, str]
    shares: dict[Colour, int]
    history: tuple[str, ...]

    @classmethod
    def read(
        cls, document: str | None, releases: Mapping[Colour, str], shares: Mapping[Colour, int]
    ) -> DeploymentState:
        """From the document `STATE_DOCUMENT`, and releases and shares as read from the target."""
        content = json.loads(document or '{"live": null, "history": []}')
        live = Colour(content["live"]) if content["live"] else None
        return cls(live, dict(releases), dict(shares), tuple(content["history"]))

    def committed(self, colour: Colour, *, back: bool) -> str:
        """The document once `colour` is live; see `DeploymentEngine.commit`.

        Raises:
            OpsError: it has not all visitors.
        """
        if self.shares[colour] != 100:
            raise OpsError(f"{colour} has {self.shares[colour]} % of the visitors: not yet all")
        release, older = self.releases[colour], self.history
        if back and release in older:
            older = older[older.index(release) + 1 :]
        history = [release, *(name for name in older if name != release)][:HISTORY_MAX]
        return json.dumps({"live": colour, "history": history})

    def require_unvisited(self, colour: Colour, otherwise: str) -> None:
        """Raise `OpsError` if a colour has visitors."""
        if self.shares[colour]:
            raise OpsError(f"{colour} has visitors: {otherwise}")

    def disposable(self, kept: Iterable[str], keep: int) -> list[str]:
        """Those of the `kept` releases that are neither placed nor among the last `keep` that were live."""
        spared = {*self.releases.values(), *self.history[:keep]}
        return [name for name in kept if name not in spared]

    @property
    def live_release(self) -> str | None:
        """The release that visitors get."""
        return self.releases.get(self.live) if self.live else None

    @property
    def idle(self) -> Colour:
        """The colour the next release goes to."""
        return self.live.other if self.live else Colour.BLUE


@dataclass(frozen=True, slots=True)
class ReleaseMetrics:
    """Metrics of one release; None where unknown.

    Attributes:
        requests, failed: answers to visitors, and those of them that were server errors.
        fps, memory_mb: medians of the reports of visitors' pages.
        fatal: pages whose fish gave up.
        sessions: visits that began.
    """

    requests: int = 0
    failed: int = 0
    fps: float | None = None
    memory_mb: float | None = None
    fatal: int = 0
    sessions: int = 0

    @property
    def error_rate(self) -> float:
        """The share of answers that were server errors."""
        return self.failed / self.requests if self.requests else 0.0


def audit_entry(entry: Mapping[str, Any]) -> dict[str, Any]:
    """An entry of the audit log, with time and user."""
    return {"at_s": round(time.time(), 3), "by": os.environ.get("USER", ""), **entry}


class DeploymentEngine(Protocol):
    """What a target of deployment does: `local` or `aws`."""

    environment: Environment
    look_s: float
    """Seconds between two looks at the metrics while a release is watched."""

    def lock(self, *, force: bool) -> AbstractContextManager[None]:
        """Keep others out. Raises `OpsError` if one is in; `force` takes over a lock that was left behind."""

    def state(self) -> DeploymentState:
        """The state now, read from the target itself."""

    def pack(self, sources: Sources) -> Release:
        """Make a release and keep it where the target keeps them."""

    def release(self, name: str) -> Release:
        """A kept release. Raises `OpsError`."""

    def release_names(self) -> list[str]:
        """The names of all kept releases."""

    def rehearse(self, release: Release, live: Release | None) -> list[str]:
        """Rehearse it on a copy of the store; returns findings. Raises `BrokenReleaseError`."""

    def place(self, release: Release, colour: Colour) -> None:
        """Put a release into a colour that no visitor gets, and start its service."""

    def shift(self, colour: Colour, percent: int) -> None:
        """Give `colour` this share of visitors, the other colour the rest."""

    def commit(self, colour: Colour, *, back: bool) -> None:
        """Make a colour that has all visitors the live one.

        `back`: what was live after its release is forgotten, so the next rollback goes further back.
        """

    def ensure(self) -> None:
        """Start what visitors need and what does not run, after a crash or a restart."""

    def withdraw(self, colour: Colour) -> None:
        """Stop the service of a colour that no visitor gets."""

    def address(self, colour: Colour | None = None) -> str:
        """Where a colour answers by itself; for None, where visitors come. No slash at the end."""

    def token(self) -> str:
        """The admin token of the service."""

    def mark(self) -> object:
        """A moment, for `metrics`."""

    def metrics(self, since: Any) -> dict[Colour, ReleaseMetrics]:
        """The metrics of each colour since a `mark`."""

    def load(self, name: str) -> str | None:
        """A small document that outlives this command, or None."""

    def save(self, name: str, text: str | None) -> None:
        """Keep a small document, all or nothing; None removes it."""

    def audit(self, entry: dict[str, Any]) -> None:
        """Append an entry to the audit log."""

    def audit_log(self) -> list[dict[str, Any]]:
        """The audit log, oldest first."""

    def prune(self) -> list[str]:
        """Remove releases that are neither placed nor among the kept; returns their names."""


class DeploymentStep(StrEnum):
    """The steps of a deployment, in order; `BACK` is the way out."""

    REHEARSE = "rehearse"
    PLACE = "place"
    SMOKE = "smoke"
    SHIFT = "shift"
    COMMIT = "commit"
    BACK = "roll back"


@dataclass(frozen=True, slots=True)
class Journal:
    """A deployment under way: its next step, and the facts so far.

    Attributes:
        share: percent of visitors that were given to the new release.
        before: the release that was live when it began.
        reason: why it is taken back.
    """

    release: str
    colour: Colour
    before: str | None
    step: DeploymentStep = DeploymentStep.REHEARSE
    share: int = 0
    reason: str = ""
    began_s: float = 0.0

    def at(self, step: DeploymentStep, **changes: object) -> Journal:
        """The same, at another step."""
        return replace(self, step=step, **changes)  # type: ignore[arg-type]


def load_journal(engine: DeploymentEngine) -> Journal | None:
    """The deployment under way, if there is one. Raises `OpsError` if it cannot be read."""
    text = engine.load(JOURNAL_DOCUMENT)
    if text is None:
        return None
    try:
        content = json.loads(text)
        return Journal(
            **{**content, "colour": Colour(content["colour"]), "step": DeploymentStep(content["step"])}
        )
    except (ValueError, LookupError, TypeError) as error:
        raise OpsError(f"the journal of {engine.environment.name} cannot be read: {error}") from error


def save_journal(engine: DeploymentEngine, journal: Journal | None) -> None:
    """Keep it before the step is taken; None when all is done."""
    engine.save(JOURNAL_DOCUMENT, None if journal is None else json.dumps(asdict(journal)))
