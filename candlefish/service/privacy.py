"""Privacy: pseudonyms of ids under rotating keys, export and erasure of a visitor's data.

An id is hashed with a key made of two halves: a secret from the environment, and a salt in the store. A new
salt is made every PERIOD_MS and destroyed when the last data under it has expired. So the store alone cannot
be searched for an id, and old data cannot be tied to an id at all.
"""

from __future__ import annotations

import hashlib
import itertools
import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import msgspec

from candlefish.events import AGE_MAX_MS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from candlefish.experiments.definition import Experiment
    from candlefish.service.store.base import EventStore, MemoryStore, Removed, Salt, StateStore, Store


DAY_MS: Final = 86_400_000
PERIOD_MS: Final = 30 * DAY_MS
SALT_BYTES: Final = 32
_DIGEST_BYTES: Final = 16
SECRET_BYTES_MIN: Final = 16


@dataclass(frozen=True, slots=True)
class Key:
    """The key of one period. Hashes of different kinds of id never collide."""

    made_ms: int
    key: bytes

    def hash(self, kind: str, text: str) -> bytes:
        """The 16-byte pseudonym of an id: keyed BLAKE2b (RFC 7693), personalised by kind."""
        return hashlib.blake2b(
            text.encode(), digest_size=_DIGEST_BYTES, key=self.key, person=kind.encode()
        ).digest()


class KeyRing:
    """The keys in use, newest first. Call `rotate` regularly: it makes the next key when it is due.

    Args:
        secret: at least SECRET_BYTES_MIN bytes that are not in the store.
        random: a source of random bytes, `os.urandom` outside of tests.
    """

    def __init__(self, store: StateStore, secret: bytes, random: Callable[[int], bytes]) -> None:
        if len(secret) < SECRET_BYTES_MIN:
            raise ValueError(f"secret: expected at least {SECRET_BYTES_MIN} bytes, got {len(secret)}")
        self._store = store
        self._secret = secret
        self._random = random
        self._keys: tuple[Key, ...] = ()

    def rotate(self, now_ms: int) -> None:
        """Read the salts, and add one if the newest is PERIOD_MS old; of two processes one wins."""
        salts = self._store.salts()
        if not salts or now_ms - salts[-1].made_ms >= PERIOD_MS:
            number = salts[-1].number + 1 if salts else 1
            self._store.add_salt(number, self._random(SALT_BYTES), now_ms)
            salts = self._store.salts()
        self._keys = tuple(self._key(salt) for salt in reversed(salts))

    @property
    def current(self) -> Key:
        """The key for new data."""
        return self._keys[0]

    def pseudonyms(self, kind: str, text: str) -> list[bytes]:
        """All pseudonyms of an id, newest first."""
        return [key.hash(kind, text) for key in self._keys]

    def session(self, text: str, now_ms: int) -> tuple[bytes, bytes | None]:
        """The pseudonym of a session, and the previous one if the session may have started under that key."""
        recent = len(self._keys) > 1 and now_ms - self.current.made_ms <= AGE_MAX_MS
        before = self._keys[1].hash("session", text) if recent else None
        return self.current.hash("session", text), before

    def _key(self, salt: Salt) -> Key:
        return Key(salt.made_ms, hashlib.blake2b(salt.salt, key=self._secret[:64], digest_size=32).digest())


def expired_salts(salts: Sequence[Salt], now_ms: int, longest_ms: int) -> int:
    """The number of the last salt whose successor is older than `longest_ms`, so no longer needed; or 0."""
    numbers = [
        salt.number for salt, after in itertools.pairwise(salts) if now_ms - after.made_ms > longest_ms
    ]
    return max(numbers, default=0)


def export(
    store: Store, keys: KeyRing, experiments: Sequence[Experiment], client: str, vault: str | None
) -> Iterator[bytes]:
    """All data of a client, and of a vault if given, as one JSON document in pieces."""
    clients = keys.pseudonyms("client", client)
    yield b'{"events":['
    separator = b""
    for batch in store.batches_of(clients):
        head = {"received_ms": batch.received_ms, "clock_skew_ms": batch.skew_ms}
        yield separator + msgspec.json.encode({**head, "events": msgspec.Raw(batch.body)})
        separator = b","
    tail = {"experiments": _units(store, experiments, clients), "memory": _memory(store, keys, vault)}
    yield b"]," + msgspec.json.encode(tail)[1:]


def erase(store: Store, keys: KeyRing, client: str, vault: str | None) -> Removed:
    """Erase all data of a client, and of a vault if given."""
    vaults = keys.pseudonyms("vault", vault) if vault else []
    return store.erase(keys.pseudonyms("client", client), vaults)


def _units(store: EventStore, experiments: Sequence[Experiment], clients: Sequence[bytes]) -> list[Any]:
    wanted = [(experiment.name, client) for experiment in experiments for client in clients]
    return [
        {"experiment": name, "record": msgspec.Raw(body)}
        for (name, _), body in store.units_of(wanted).items()
    ]


def _memory(store: MemoryStore, keys: KeyRing, vault: str | None) -> Any:
    stored = store.load_memory(keys.pseudonyms("vault", vault)) if vault else None
    return json.loads(stored[1].text) if stored else None
