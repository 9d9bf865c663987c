"""What a target of deployment must do. Every method may be called again after it was interrupted."""

from __future__ import annotations

import json
import os
import time
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Any, Final, Protocol

from candlefish.ops.errors import OpsError

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from contextlib import AbstractContextManager

    from candlefish.ops.environments import Environment
    from candlefish.ops.release import Release, Sources


STANDING: Final = "standing"
"""The document in which an engine keeps what cannot be read from the target itself."""
HISTORY_MAX: Final = 50


class Colour(StrEnum):
    """One of the two places a release can be in."""

    BLUE = "blue"
    GREEN = "green"

    @property
    def other(self) -> Colour:
        """The other one."""
        return Colour.GREEN if self is Colour.BLUE else Colour.BLUE


@dataclass(frozen=True, slots=True)
class Standing:
    """How an environment stands.

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
    ) -> Standing:
        """From the document `STANDING` and what the target itself shows."""
        said = json.loads(document or '{"live": null, "history": []}')
        live = Colour(said["live"]) if said["live"] else None
        return cls(live, dict(releases), dict(shares), tuple(said["history"]))

    def committed(self, colour: Colour, *, back: bool) -> str:
        """The document once `colour` is live; see `Engine.commit`.

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
class Figures:
    """What was seen of one release. None: nobody told.

    Attributes:
        requests, failed: answers to visitors, and those of them that were server errors.
        fps, memory_mb: medians of what visitors' pages told.
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


def stamped(entry: Mapping[str, Any]) -> dict[str, Any]:
    """An entry of the record, with when and by whom."""
    return {"at_s": round(time.time(), 3), "by": os.environ.get("USER", ""), **entry}


class Engine(Protocol):
    """A target: `local` or `aws`."""

    environment: Environment
    look_s: float
    """How often its figures are worth a look while a release is watched, in seconds."""

    def lock(self, *, force: bool) -> AbstractContextManager[None]:
        """Keep others out. Raises `OpsError` if one is in; `force` takes over a lock that was left behind."""

    def standing(self) -> Standing:
        """How it stands now, read from the target itself."""

    def pack(self, sources: Sources) -> Release:
        """Make a release and keep it where the target keeps them."""

    def release(self, name: str) -> Release:
        """A kept release. Raises `OpsError`."""

    def kept(self) -> list[str]:
        """The names of all kept releases."""

    def rehearse(self, release: Release, live: Release | None) -> list[str]:
        """Try it on a copy of what is stored; returns what was seen. Raises `Broken`."""

    def place(self, release: Release, colour: Colour) -> None:
        """Put a release into a colour that no visitor gets, and start its service."""

    def shift(self, colour: Colour, percent: int) -> None:
        """Let `colour` have this share of visitors, the other one the rest."""

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
        """A moment, for `figures`."""

    def figures(self, since: Any) -> dict[Colour, Figures]:
        """What was seen of each colour since a `mark`."""

    def load(self, name: str) -> str | None:
        """A small document that outlives this command, or None."""

    def save(self, name: str, text: str | None) -> None:
        """Keep a small document, all or nothing; None removes it."""

    def audit(self, entry: dict[str, Any]) -> None:
        """Add an entry to the record of what was done, for good."""

    def audited(self) -> list[dict[str, Any]]:
        """The record of what was done, oldest first."""

    def prune(self) -> list[str]:
        """Remove releases that are neither placed nor among the kept; returns their names."""
