"""Tables of the SQLite store: migration steps, each run once; `user_version` counts them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from candlefish.service.store.base import StoreError

if TYPE_CHECKING:
    import sqlite3

_FIRST: Final = """
-- Events, a row for each batch: appended in order of arrival, read by cursor.
CREATE TABLE batches (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    received_ms INTEGER NOT NULL,
    skew_ms INTEGER NOT NULL,
    client BLOB NOT NULL,
    session BLOB NOT NULL,
    body BLOB NOT NULL
) STRICT;
CREATE INDEX batches_by_client ON batches (client);
CREATE INDEX batches_by_time ON batches (received_ms);
-- Which events of a session are stored, a bit each: that is what makes sending twice harmless.
CREATE TABLE sessions (
    session BLOB PRIMARY KEY,
    seen BLOB NOT NULL,
    updated_ms INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE TABLE rollups (hour INTEGER PRIMARY KEY, body BLOB NOT NULL) STRICT;
CREATE TABLE progress (one INTEGER PRIMARY KEY CHECK (one = 1), cursor TEXT NOT NULL) STRICT;
INSERT INTO progress VALUES (1, '');
CREATE TABLE units (
    experiment TEXT NOT NULL,
    client BLOB NOT NULL,
    updated_ms INTEGER NOT NULL,
    body BLOB NOT NULL,
    PRIMARY KEY (experiment, client)
) STRICT, WITHOUT ROWID;
CREATE INDEX units_by_client ON units (client);
CREATE TABLE memories (
    vault BLOB PRIMARY KEY,
    version INTEGER NOT NULL,
    updated_ms INTEGER NOT NULL,
    body TEXT NOT NULL
) STRICT, WITHOUT ROWID;
CREATE TABLE pairings (code BLOB PRIMARY KEY, vault TEXT NOT NULL, expires_ms INTEGER NOT NULL) STRICT;
CREATE TABLE state (name TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT, WITHOUT ROWID;
CREATE TABLE salts (number INTEGER PRIMARY KEY, salt BLOB NOT NULL, made_ms INTEGER NOT NULL) STRICT;
"""

STEPS: Final = (_FIRST,)


def migrate(connection: sqlite3.Connection) -> None:
    """Bring the tables up to date, each step in one transaction.

    Raises:
        StoreError: the file was written by a later version.
    """
    (version,) = connection.execute("PRAGMA user_version").fetchone()
    if version > len(STEPS):
        raise StoreError(f"the store has tables of version {version}; this program knows {len(STEPS)}")
    for number, step in enumerate(STEPS[version:], version + 1):
        connection.executescript(f"BEGIN IMMEDIATE;{step}PRAGMA user_version = {number};COMMIT;")
