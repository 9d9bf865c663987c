"""What the service needs of a store. Every method blocks; none may be called on the event loop."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence


class StoreError(Exception):
    """The store cannot do what was asked now (no room, no connection, throttled); nothing was changed."""


@dataclass(frozen=True, slots=True)
class Batch:
    """Checked events of one session, to be stored.

    `client` and `session` are pseudonyms; `session_before` is one the session may already be known by.
    `mask` has bit seq set for each event in `body` (a JSON array). `skew_ms` is what to add to the
    client's times to get the server's.
    """

    client: bytes
    session: bytes
    session_before: bytes | None
    received_ms: int
    skew_ms: int
    mask: int
    body: bytes


@dataclass(frozen=True, slots=True)
class Receipt:
    """How many events of a batch are new and now stored, and how many were stored before."""

    accepted: int
    duplicates: int


@dataclass(frozen=True, slots=True)
class Stored:
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
    """Half of a period's key."""

    number: int
    salt: bytes
    made_ms: int


@dataclass(frozen=True, slots=True)
class Unit:
    """What one client did in one experiment: `body` is for the one who counts to read."""

    experiment: str
    client: bytes
    updated_ms: int
    body: bytes


@dataclass(frozen=True, slots=True)
class Removed:
    """How much was erased or had expired."""

    batches: int = 0
    memories: int = 0
    units: int = 0


class Store(Protocol):
    """A place to keep things. Opened by its constructor; `close` ends it."""

    def append(self, batches: Sequence[Batch]) -> list[Receipt]:
        """Store batches durably, each event once; a receipt for each, in order. Raises `StoreError`."""

    def batches_a_pass(self, experiments: int) -> int:
        """How many batches may be counted in one `apply`, with so many experiments."""

    def read_after(self, cursor: str, now_ms: int, limit: int) -> tuple[list[Stored], str]:
        """Up to about `limit` batches stored after `cursor` ("" is the beginning), and the next cursor."""

    def batches_of(self, clients: Sequence[bytes]) -> Iterator[Stored]:
        """Everything these pseudonyms sent, oldest first."""

    def cursor(self) -> str:
        """How far the counting has come."""

    def rollups(self, first_hour: int, last_hour: int) -> dict[int, bytes]:
        """The counts of hours since 1970, first to last, where there are any."""

    def units(self, experiment: str) -> Iterator[Unit]:
        """Every client's record in an experiment."""

    def units_of(self, keys: Sequence[tuple[str, bytes]]) -> dict[tuple[str, bytes], bytes]:
        """The bodies of units by (experiment, client), where there are any."""

    def apply(self, before: str, after: str, rollups: Mapping[int, bytes], units: Sequence[Unit]) -> bool:
        """Replace counts and move the cursor from `before` to `after`; False if it is elsewhere by now."""

    def load_memory(self, vaults: Sequence[bytes]) -> tuple[bytes, MemoryRecord] | None:
        """The first of these vaults that holds a memory, and the memory."""

    def save_memory(self, vault: bytes, body: str, expected: int, now_ms: int) -> bool:
        """Store version `expected` + 1 (0: there must be none); False if another version is there."""

    def move_memory(self, source: bytes, target: bytes) -> bool:
        """Keep a memory under another pseudonym; False if there is none, or `target` holds one."""

    def add_pairing(self, code: bytes, vault: str, expires_ms: int) -> bool:
        """Offer a vault under a short-lived code; False if the code is taken."""

    def take_pairing(self, code: bytes, now_ms: int) -> str | None:
        """What a code stands for, once; None if it is unknown, used or expired."""

    def load_state(self, name: str) -> str | None:
        """A text kept under a name, if there is one."""

    def save_state(self, name: str, before: str | None, after: str) -> bool:
        """Keep a text under a name; False if what is there is not `before` (None: nothing)."""

    def salts(self) -> list[Salt]:
        """Every salt, oldest first."""

    def add_salt(self, number: int, salt: bytes, now_ms: int) -> None:
        """Add a salt; if there is one of this number it stays."""

    def drop_salts(self, last: int) -> None:
        """Destroy the salts up to a number."""

    def erase(self, clients: Sequence[bytes], vaults: Sequence[bytes]) -> Removed:
        """Remove all that is kept of these pseudonyms, from the medium too where that can be done."""

    def expire(self, events_before_ms: int, memories_before_ms: int, now_ms: int) -> Removed:
        """Remove what is older, and pairings that have ended."""

    def check(self) -> None:
        """Raises `StoreError` unless the store can be read and written."""

    def close(self) -> None:
        """Let go of everything."""
