"""The embedded store: one SQLite file in write-ahead mode, one writer, any number of readers.

`synchronous = FULL`: a batch that `append` has returned survives a killed process and a power failure. One
commit serves many batches, so that the disk syncs once for all of them. `secure_delete`: erased data is
overwritten, not just unlinked.
"""

from __future__ import annotations

import sqlite3
import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Final

from candlefish.service.store.base import (
    Batch,
    BatchReceipt,
    MemoryRecord,
    Removed,
    Salt,
    StoredBatch,
    StoreError,
    Unit,
    decode_seen,
    encode_seen,
    unseen_part,
)
from candlefish.service.store.sqlite_schema import migrate

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

SESSIONS_REMEMBERED: Final = 50_000
BUSY_S: Final = 5.0
PAGE_ROWS: Final = 500
BATCHES_A_PASS: Final = 500
ROWS_A_STATEMENT: Final = 128
_STORED: Final = "client, session, received_ms, skew_ms, body"
_SETTINGS: Final = """
PRAGMA journal_mode = WAL;
PRAGMA synchronous = FULL;
PRAGMA secure_delete = ON;
PRAGMA journal_size_limit = 67108864;
PRAGMA cache_size = -32768;
PRAGMA temp_store = MEMORY;
"""


class SQLiteStore:
    """A `Store` in the file `path`, made if it is not there.

    Raises:
        StoreError: the file cannot be opened, is no database, or is of a later version.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._writing = threading.RLock()
        self._local = threading.local()
        self._readers: list[sqlite3.Connection] = []
        self._seen: dict[bytes, int] = {}
        self._data_version = 0
        with _translated(f"opening {path}"):
            path.parent.mkdir(parents=True, exist_ok=True)
            self._writer = self._connect()
            self._writer.executescript("PRAGMA auto_vacuum = INCREMENTAL;" + _SETTINGS)
            migrate(self._writer)

    def append(self, batches: Sequence[Batch]) -> list[BatchReceipt]:
        """See `EventStore.append`."""
        with self._writing:
            receipts, changed = self._append(batches)
            self._remember(changed)
        return receipts

    def _append(self, batches: Sequence[Batch]) -> tuple[list[BatchReceipt], dict[bytes, int]]:
        changed: dict[bytes, int] = {}
        receipts, rows = [], []
        with self._transaction() as connection:
            self._forget_if_changed_by_others(connection)
            known = self._known(connection, batches)
            for batch in batches:
                session, seen = _session(batch, changed, known)
                body, receipt = unseen_part(batch, seen)
                receipts.append(receipt)
                if body is not None:
                    changed[session] = seen | batch.mask
                    rows.append((batch.received_ms, batch.skew_ms, batch.client, session, body))
            now_ms = max((batch.received_ms for batch in batches), default=0)
            insert = "INSERT INTO batches (received_ms, skew_ms, client, session, body)"
            _insert(connection, insert, rows)
            sessions = [(session, encode_seen(seen), now_ms) for session, seen in sorted(changed.items())]
            _insert(connection, "INSERT OR REPLACE INTO sessions", sessions)
        return receipts, changed

    def batches_a_pass(self, experiments: int) -> int:  # noqa: ARG002
        """See `EventStore.batches_a_pass`."""
        return BATCHES_A_PASS

    def read_after(self, cursor: str, now_ms: int, limit: int) -> tuple[list[StoredBatch], str]:  # noqa: ARG002
        """See `EventStore.read_after`. Commits are atomic, so `now_ms` is not needed."""
        rows = self._read(
            f"SELECT {_STORED}, id FROM batches WHERE id > ? ORDER BY id LIMIT ?",
            (int(cursor or 0), limit),
        )
        return [StoredBatch(*row[:5]) for row in rows], str(rows[-1][5]) if rows else cursor

    def batches_of(self, clients: Sequence[bytes]) -> Iterator[StoredBatch]:
        """See `EventStore.batches_of`."""
        last = 0
        while rows := self._read(
            f"SELECT {_STORED}, id FROM batches WHERE client IN ({_marks(clients)}) "
            "AND id > ? ORDER BY id LIMIT ?",
            (*clients, last, PAGE_ROWS),
        ):
            last = rows[-1][5]
            yield from (StoredBatch(*row[:5]) for row in rows)

    def cursor(self) -> str:
        """See `EventStore.cursor`."""
        return str(self._read("SELECT cursor FROM progress")[0][0])

    def rollups(self, first_hour: int, last_hour: int) -> dict[int, bytes]:
        """See `EventStore.rollups`."""
        rows = self._read(
            "SELECT hour, body FROM rollups WHERE hour BETWEEN ? AND ? ORDER BY hour", (first_hour, last_hour)
        )
        return dict(rows)

    def units(self, experiment: str) -> Iterator[Unit]:
        """See `EventStore.units`."""
        last = b""
        while rows := self._read(
            "SELECT experiment, client, updated_ms, body FROM units WHERE experiment = ? AND client > ? "
            "ORDER BY client LIMIT ?",
            (experiment, last, PAGE_ROWS),
        ):
            last = rows[-1][1]
            yield from (Unit(*row) for row in rows)

    def units_of(self, keys: Sequence[tuple[str, bytes]]) -> dict[tuple[str, bytes], bytes]:
        """See `EventStore.units_of`."""
        query = "SELECT body FROM units WHERE experiment = ? AND client = ?"
        bodies = ((key, self._read(query, key)) for key in keys)
        return {key: rows[0][0] for key, rows in bodies if rows}

    def apply(self, before: str, after: str, rollups: Mapping[int, bytes], units: Sequence[Unit]) -> bool:
        """See `EventStore.apply`."""
        with self._transaction() as connection:
            moved = connection.execute("UPDATE progress SET cursor = ? WHERE cursor = ?", (after, before))
            if moved.rowcount != 1:
                return False
            connection.executemany("INSERT OR REPLACE INTO rollups VALUES (?, ?)", list(rollups.items()))
            connection.executemany(
                "INSERT OR REPLACE INTO units VALUES (?, ?, ?, ?)",
                [(unit.experiment, unit.client, unit.updated_ms, unit.body) for unit in units],
            )
        return True

    def load_memory(self, vaults: Sequence[bytes]) -> tuple[bytes, MemoryRecord] | None:
        """See `MemoryStore.load_memory`."""
        query = "SELECT vault, body, version, updated_ms FROM memories WHERE vault = ?"
        for vault in vaults:
            for row in self._read(query, (vault,)):
                return row[0], MemoryRecord(*row[1:])
        return None

    def save_memory(self, vault: bytes, body: str, expected: int, now_ms: int) -> bool:
        """See `MemoryStore.save_memory`."""
        new = "INSERT OR IGNORE INTO memories (body, version, updated_ms, vault) VALUES (?, ? + 1, ?, ?)"
        old = "UPDATE memories SET body = ?, version = ? + 1, updated_ms = ? WHERE vault = ? AND version = ?"
        values = (body, expected, now_ms, vault)
        with self._transaction() as connection:
            if expected == 0:
                return connection.execute(new, values).rowcount == 1
            return connection.execute(old, (*values, expected)).rowcount == 1

    def move_memory(self, source: bytes, target: bytes) -> bool:
        """See `MemoryStore.move_memory`."""
        with self._transaction() as connection:
            query = "UPDATE OR IGNORE memories SET vault = ? WHERE vault = ?"
            return connection.execute(query, (target, source)).rowcount == 1

    def add_pairing(self, code: bytes, vault: str, expires_ms: int) -> bool:
        """See `MemoryStore.add_pairing`."""
        with self._transaction() as connection:
            query = "INSERT INTO pairings VALUES (?, ?, ?) ON CONFLICT DO NOTHING"
            return connection.execute(query, (code, vault, expires_ms)).rowcount == 1

    def take_pairing(self, code: bytes, now_ms: int) -> str | None:
        """See `MemoryStore.take_pairing`."""
        with self._transaction() as connection:
            query = "DELETE FROM pairings WHERE code = ? RETURNING vault, expires_ms"
            row = connection.execute(query, (code,)).fetchone()
        return row[0] if row and row[1] > now_ms else None

    def load_state(self, name: str) -> str | None:
        """See `StateStore.load_state`."""
        rows = self._read("SELECT value FROM state WHERE name = ?", (name,))
        return rows[0][0] if rows else None

    def save_state(self, name: str, before: str | None, after: str) -> bool:
        """See `StateStore.save_state`."""
        with self._transaction() as connection:
            if before is None:
                new = connection.execute("INSERT OR IGNORE INTO state VALUES (?, ?)", (name, after))
                return new.rowcount == 1
            query = "UPDATE state SET value = ? WHERE name = ? AND value = ?"
            return connection.execute(query, (after, name, before)).rowcount == 1

    def salts(self) -> list[Salt]:
        """See `StateStore.salts`."""
        return [Salt(*row) for row in self._read("SELECT number, salt, made_ms FROM salts ORDER BY number")]

    def add_salt(self, number: int, salt: bytes, now_ms: int) -> None:
        """See `StateStore.add_salt`."""
        with self._transaction() as connection:
            connection.execute("INSERT OR IGNORE INTO salts VALUES (?, ?, ?)", (number, salt, now_ms))

    def drop_salts(self, last: int) -> None:
        """See `StateStore.drop_salts`."""
        with self._transaction() as connection:
            connection.execute("DELETE FROM salts WHERE number <= ?", (last,))
        self._clean()

    def erase(self, clients: Sequence[bytes], vaults: Sequence[bytes]) -> Removed:
        """See `Store.erase`. The write-ahead log is emptied too."""
        theirs = f"client IN ({_marks(clients)})"
        with self._transaction() as connection:
            sessions = connection.execute(
                f"DELETE FROM sessions WHERE session IN (SELECT session FROM batches WHERE {theirs}) "
                "RETURNING session",
                clients,
            ).fetchall()
            batches = connection.execute(f"DELETE FROM batches WHERE {theirs}", clients).rowcount
            units = connection.execute(f"DELETE FROM units WHERE {theirs}", clients).rowcount
            memories = connection.execute(
                f"DELETE FROM memories WHERE vault IN ({_marks(vaults)})",
                vaults,
            ).rowcount
        with self._writing:
            for (session,) in sessions:
                self._seen.pop(session, None)
        self._clean()
        return Removed(batches, memories, units)

    def expire(self, events_before_ms: int, memories_before_ms: int, now_ms: int) -> Removed:
        """See `Store.expire`."""
        with self._transaction() as connection:
            run = connection.execute
            batches = run("DELETE FROM batches WHERE received_ms < ?", (events_before_ms,)).rowcount
            run("DELETE FROM sessions WHERE updated_ms < ?", (events_before_ms,))
            units = run("DELETE FROM units WHERE updated_ms < ?", (events_before_ms,)).rowcount
            memories = run("DELETE FROM memories WHERE updated_ms < ?", (memories_before_ms,)).rowcount
            run("DELETE FROM pairings WHERE expires_ms <= ?", (now_ms,))
        with self._writing:
            self._seen.clear()
            self._writer.execute("PRAGMA incremental_vacuum").fetchall()
        self._clean()
        return Removed(batches, memories, units)

    def backup(self, target: Path) -> None:
        """Copy the store to a file while it is in use."""
        with _translated(f"copying to {target}"), sqlite3.connect(target) as copy:
            self._reader().backup(copy)
        copy.close()

    def integrity(self) -> list[str]:
        """Problems that SQLite finds in the file; empty if it is sound."""
        return [row[0] for row in self._read("PRAGMA integrity_check") if row[0] != "ok"]

    def check(self) -> None:
        """See `Store.check`."""
        with self._transaction() as connection:
            connection.execute("UPDATE progress SET cursor = cursor")

    def close(self) -> None:
        """See `Store.close`."""
        with self._writing:
            for connection in (*self._readers, self._writer):
                connection.close()

    def _connect(self) -> sqlite3.Connection:
        return sqlite3.connect(self._path, timeout=BUSY_S, isolation_level=None, check_same_thread=False)

    def _reader(self) -> sqlite3.Connection:
        """The thread's own connection: readers neither wait for the writer nor for each other."""
        connection: sqlite3.Connection | None = getattr(self._local, "connection", None)
        if connection is None:
            connection = self._connect()
            connection.execute("PRAGMA query_only = ON")
            self._local.connection = connection
            self._readers.append(connection)
        return connection

    def _read(self, query: str, values: Sequence[Any] = ()) -> list[Any]:
        with _translated("reading"):
            return self._reader().execute(query, values).fetchall()

    @contextmanager
    def _transaction(self) -> Iterator[sqlite3.Connection]:
        """The writer, in a transaction that is committed at the end or leaves nothing behind."""
        with self._writing, _translated("writing"):
            self._writer.execute("BEGIN IMMEDIATE")
            try:
                yield self._writer
                self._writer.execute("COMMIT")
            except BaseException:
                if self._writer.in_transaction:
                    self._writer.execute("ROLLBACK")
                raise

    def _known(self, connection: sqlite3.Connection, batches: Sequence[Batch]) -> dict[bytes, int]:
        """The bits of stored events by session, of those sessions of the batches that are stored at all."""
        wanted = {batch.session for batch in batches} | {batch.session_before for batch in batches}
        known = {name: self._seen[name] for name in wanted if name is not None and name in self._seen}
        unknown = [name for name in wanted if name is not None and name not in known]
        for at in range(0, len(unknown), PAGE_ROWS):
            page = unknown[at : at + PAGE_ROWS]
            query = f"SELECT session, seen FROM sessions WHERE session IN ({_marks(page)})"
            known.update((name, decode_seen(seen)) for name, seen in connection.execute(query, page))
        return known

    def _forget_if_changed_by_others(self, connection: sqlite3.Connection) -> None:
        """Drop the cache of sessions if another process has written to the file."""
        (version,) = connection.execute("PRAGMA data_version").fetchone()
        if version != self._data_version:
            self._seen.clear()
            self._data_version = version

    def _remember(self, changed: Mapping[bytes, int]) -> None:
        self._seen.update(changed)
        while len(self._seen) > SESSIONS_REMEMBERED:
            del self._seen[next(iter(self._seen))]

    def _clean(self) -> None:
        """Move the write-ahead log into the file and empty it, so that no removed data is left in it."""
        with self._writing, _translated("emptying the log"):
            self._writer.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()


def _session(batch: Batch, *places: Mapping[bytes, int]) -> tuple[bytes, int]:
    """The pseudonym under which a batch's session is stored, and the bits of its stored events."""
    for session in (batch.session, batch.session_before):
        for known in places:
            if session is not None and session in known:
                return session, known[session]
    return batch.session, 0


def _insert(connection: sqlite3.Connection, insert: str, rows: Sequence[tuple[Any, ...]]) -> None:
    """Insert many rows by few statements, as each releases and takes Python's lock."""
    at = 0
    while at < len(rows):
        count = min(ROWS_A_STATEMENT, 1 << ((len(rows) - at).bit_length() - 1))
        row = f"({_marks(rows[at])})"
        values = [value for each in rows[at : at + count] for value in each]
        connection.execute(f"{insert} VALUES {', '.join([row] * count)}", values)
        at += count


def _marks(values: Sequence[object]) -> str:
    return ",".join("?" * len(values))


@contextmanager
def _translated(what: str) -> Iterator[None]:
    """Translate errors of SQLite to `StoreError`."""
    try:
        yield
    except (sqlite3.Error, OSError) as error:
        raise StoreError(f"{what}: {error}") from error
