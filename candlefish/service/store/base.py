"""Storage protocols and records: events, memories and shared state.

Every method blocks; none may be called on the event loop.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

import msgspec

from candlefish.service import ServiceError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence


class StoreError(ServiceError):
    """The store failed (no room, no connection, throttled) and changed nothing."""


@dataclass(frozen=True, slots=True)
class Batch:
    """Checked events of one session, to be stored.

    `client` and `session` are pseudonyms; `session_before` is an earlier pseudonym of the session, under the
    previous key. `mask` has bit seq set for each event in `body` (a JSON array). Client time plus `skew_ms`
    is server time.
    """

    client: bytes
    session: bytes
    session_before: bytes | None
    received_ms: int
    skew_ms: int
    mask: int
    body: bytes


@dataclass(frozen=True, slots=True)
class BatchReceipt:
    """Result of storing a batch: number of new events, and of events that were stored before."""

    accepted: int
    duplicates: int


@dataclass(frozen=True, slots=True)
class StoredBatch:
    """A stored batch."""

    client: bytes
    session: bytes
    received_ms: int
    skew_ms: int
    body: bytes


@dataclass(frozen=True, slots=True)
class MemoryRecord:
    """A stored memory: its text, its version (1, 2, …) and when it was written."""

    text: str
    version: int
    updated_ms: int


@dataclass(frozen=True, slots=True)
class Salt:
    """The stored half of the pseudonym key of one period."""

    number: int
    salt: bytes
    made_ms: int


@dataclass(frozen=True, slots=True)
class Unit:
    """The record of one client in one experiment; `body` is an encoded `UnitRecord`."""

    experiment: str
    client: bytes
    updated_ms: int
    body: bytes


@dataclass(frozen=True, slots=True)
class Removed:
    """Numbers of records erased or expired."""

    batches: int = 0
    memories: int = 0
    units: int = 0


class EventStore(Protocol):
    """Batches of events, and the counts and experiment units made from them up to a cursor."""

    def append(self, batches: Sequence[Batch]) -> list[BatchReceipt]:
        """Store batches durably, each event once; returns their receipts in order. Raises `StoreError`."""

    def batches_a_pass(self, experiments: int) -> int:
        """Largest number of batches that one `apply` can count, given the number of experiments."""

    def read_after(self, cursor: str, now_ms: int, limit: int) -> tuple[list[StoredBatch], str]:
        """Up to about `limit` batches stored after `cursor` ("" is the start), and the next cursor."""

    def batches_of(self, clients: Sequence[bytes]) -> Iterator[StoredBatch]:
        """All batches of these clients, oldest first."""

    def cursor(self) -> str:
        """The cursor of the last batch that was counted."""

    def rollups(self, first_hour: int, last_hour: int) -> dict[int, bytes]:
        """The encoded counts by hour since 1970, first to last, of hours that have any."""

    def units(self, experiment: str) -> Iterator[Unit]:
        """Every client's record in an experiment."""

    def units_of(self, keys: Sequence[tuple[str, bytes]]) -> dict[tuple[str, bytes], bytes]:
        """The bodies of units by (experiment, client), of those that exist."""

    def apply(self, before: str, after: str, rollups: Mapping[int, bytes], units: Sequence[Unit]) -> bool:
        """Replace counts and move the cursor from `before` to `after`; False if it has moved meanwhile."""


class MemoryStore(Protocol):
    """Memories of visitors by vault, and the pairing codes that hand a vault to another device."""

    def load_memory(self, vaults: Sequence[bytes]) -> tuple[bytes, MemoryRecord] | None:
        """The first of these vaults that holds a memory, and the memory."""

    def save_memory(self, vault: bytes, body: str, expected: int, now_ms: int) -> bool:
        """Store version `expected` + 1 (0: there must be none); False if another version is there."""

    def move_memory(self, source: bytes, target: bytes) -> bool:
        """Move a memory to another pseudonym; False if there is none, or `target` holds one."""

    def add_pairing(self, code: bytes, vault: str, expires_ms: int) -> bool:
        """Offer a vault under a short-lived code; False if the code is taken."""

    def take_pairing(self, code: bytes, now_ms: int) -> str | None:
        """Remove a code and return its vault; None if it is unknown, used or expired."""


class StateStore(Protocol):
    """Small texts by name, and the salts of the pseudonym keys."""

    def load_state(self, name: str) -> str | None:
        """The text stored under a name, or None."""

    def save_state(self, name: str, before: str | None, after: str) -> bool:
        """Store a text under a name; False if the stored one is not `before` (None: there is none)."""

    def salts(self) -> list[Salt]:
        """Every salt, oldest first."""

    def add_salt(self, number: int, salt: bytes, now_ms: int) -> None:
        """Add a salt; if there is one of this number it stays."""

    def drop_salts(self, last: int) -> None:
        """Destroy the salts up to a number."""


class Store(EventStore, MemoryStore, StateStore, Protocol):
    """The whole store. Opened by its constructor; `close` ends it."""

    def erase(self, clients: Sequence[bytes], vaults: Sequence[bytes]) -> Removed:
        """Remove all records of these pseudonyms, from the medium too where possible."""

    def expire(self, events_before_ms: int, memories_before_ms: int, now_ms: int) -> Removed:
        """Remove older records, and expired pairings."""

    def check(self) -> None:
        """Raises `StoreError` unless the store can be read and written."""

    def close(self) -> None:
        """Close all connections."""


def encode_seen(seen: int) -> bytes:
    """The bits of the stored events of a session, least first, in as few bytes as possible."""
    return seen.to_bytes((seen.bit_length() + 7) // 8, "little")


def decode_seen(data: bytes) -> int:
    """The inverse of `encode_seen`."""
    return int.from_bytes(data, "little")


def unseen_part(batch: Batch, seen: int) -> tuple[bytes | None, BatchReceipt]:
    """The part of a batch's body that is not stored yet (or None), and the receipt.

    `seen` has bit seq set for each event of the session that is stored.
    """
    fresh = batch.mask & ~seen
    receipt = BatchReceipt(fresh.bit_count(), (batch.mask & seen).bit_count())
    if fresh == batch.mask:
        return batch.body, receipt
    if not fresh:
        return None, receipt
    events = [event for event in msgspec.json.decode(batch.body) if fresh >> event["seq"] & 1]
    return msgspec.json.encode(events), receipt
