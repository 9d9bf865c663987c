"""Rehearsal: a release runs on a copy of the store before it may touch the original.

What was remembered must still be, nothing stored may have gone, and the live release must be able to go on
with what the new one has written: that is what a rollback needs.
"""

from __future__ import annotations

import json
import shutil
import sqlite3
import time
from contextlib import closing, contextmanager
from typing import TYPE_CHECKING, Final

from candlefish.ops import BrokenReleaseError
from candlefish.ops.checks import TRUST, friend, trust_of
from candlefish.ops.local.process import ServiceProcess
from candlefish.service.settings import SECRET_FILE, TOKEN_FILE

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from candlefish.ops.release import Release

STORE: Final = "candlefish.sqlite3"
VAULT: Final = "rehearsal-0123456789abcdef"
DAY_MS: Final = 86_400_000
RECENT: Final = {
    "batches": ("received_ms", 80 * DAY_MS),
    "sessions": ("updated_ms", 80 * DAY_MS),
    "memories": ("updated_ms", 350 * DAY_MS),
}
"""Rows that no retention may remove yet: table, column of time, age."""
TRUST_SLACK: Final = 0.5
_AS_OWNER: Final = {"Authorization": f"Bearer {VAULT}", "Content-Type": "application/json"}


def rehearse(release: Release, live: Release | None, data: Path, stage: Path) -> list[str]:
    """Start the release on a copy of `data` below `stage`, then the live one again. Returns the findings.

    Raises:
        BrokenReleaseError: something was lost, or one of the two cannot work with it.
    """
    copy = stage / "data"
    process = ServiceProcess(stage, copy, stage / "service.log")
    process.stop()  # of a rehearsal that was killed
    shutil.rmtree(stage, ignore_errors=True)
    copy.mkdir(parents=True)
    try:
        _copy_store(data, copy)
        if live is not None:
            with _running(process, live, "the live release"):
                _remember(process)
        before = _recent(copy / STORE)
        with _running(process, release, "the release"):
            if live is None:
                _remember(process)
            trust = _trust(process, "the release")
            _remember(process)
        after = _recent(copy / STORE)
        lost = [
            f"{name} {count} → {after.get(name, 0)}"
            for name, count in before.items()
            if after.get(name, 0) < count
        ]
        if lost:
            raise BrokenReleaseError(f"on a copy of the store it lost rows: {', '.join(lost)}")
        if live is not None:
            with _running(process, live, "the live release, after it,"):
                _trust(process, "the live release, after it,")
    except (OSError, sqlite3.Error, ValueError, LookupError) as error:
        raise BrokenReleaseError(f"on a copy of the store: {error!r}") from error
    finally:
        process.stop()
        shutil.rmtree(stage, ignore_errors=True)
    rows = ", ".join(f"{count} {name}" for name, count in after.items())
    return [f"on a copy of the store: {rows}; trust {trust:.1f} of {TRUST:g} remembered"]


@contextmanager
def _running(process: ServiceProcess, release: Release, who: str) -> Iterator[None]:
    try:
        process.start(release)
    except BrokenReleaseError as error:
        raise BrokenReleaseError(f"on a copy of the store, {who} does not start: {error}") from error
    try:
        yield
    finally:
        process.stop()


def _remember(process: ServiceProcess) -> None:
    """Store the memory of a trusted visitor, in the oldest format."""
    original = friend() | {"interactionCount": 40}
    status, body = process.ask("PUT", "/api/memory", json.dumps(original).encode(), _AS_OWNER)
    if status != 200:
        raise BrokenReleaseError(f"a memory cannot be stored: {status} {body[:200]!r}")


def _trust(process: ServiceProcess, who: str) -> float:
    """The stored trust. Raises `BrokenReleaseError` where the memory is missing or unreadable."""
    status, body = process.ask("GET", "/api/memory", None, _AS_OWNER)
    if status != 200:
        raise BrokenReleaseError(f"{who} has no memory of a friend: {status} {body[:200]!r}")
    trust = trust_of(json.dumps(json.loads(body)["memory"]))
    if abs(trust - TRUST) > TRUST_SLACK:
        raise BrokenReleaseError(f"{who} remembers trust {trust:.1f} where {TRUST:g} was stored")
    return trust


def _copy_store(data: Path, copy: Path) -> None:
    """Copy the store, while others write to it, with its secrets."""
    if (data / STORE).exists():
        with (
            closing(sqlite3.connect(data / STORE)) as source,
            closing(sqlite3.connect(copy / STORE)) as target,
        ):
            source.backup(target)
    for name in (SECRET_FILE, TOKEN_FILE):
        if (data / name).exists():
            shutil.copy2(data / name, copy / name)


def _recent(store: Path) -> dict[str, int]:
    """How many rows there are that must stay; a table that is not there has none."""
    if not store.exists():
        return {}
    now_ms = time.time_ns() // 1_000_000
    with closing(sqlite3.connect(store)) as connection:
        return {
            table: _count(connection, f"SELECT count(*) FROM {table} WHERE {column} > ?", now_ms - age_ms)
            for table, (column, age_ms) in RECENT.items()
        }


def _count(connection: sqlite3.Connection, query: str, since_ms: int) -> int:
    try:
        return int(connection.execute(query, (since_ms,)).fetchone()[0])
    except sqlite3.OperationalError:
        return 0
