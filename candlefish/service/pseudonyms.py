"""Pseudonyms: what is stored in place of the random ids that clients make.

An id is hashed with a key, and the key is made of two halves: a secret from the environment, and a
salt kept in the store. A new salt is made every PERIOD_MS and destroyed when the last data under it has
expired. So the store alone cannot be searched for an id, and old data cannot be tied to one at all.
"""

from __future__ import annotations

import hashlib
import itertools
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from candlefish.events import AGE_MAX_MS

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from candlefish.service.store.base import Salt, Store

DAY_MS: Final = 86_400_000
PERIOD_MS: Final = 30 * DAY_MS
SALT_BYTES: Final = 32
_DIGEST_BYTES: Final = 16
SECRET_BYTES_MIN: Final = 16


@dataclass(frozen=True, slots=True)
class Key:
    """One period's key. Hashes of different kinds of id never meet."""

    made_ms: int
    key: bytes

    def hash(self, kind: str, text: str) -> bytes:
        """The 16-byte pseudonym of an id: keyed BLAKE2b (RFC 7693), personalised by kind."""
        return hashlib.blake2b(
            text.encode(), digest_size=_DIGEST_BYTES, key=self.key, person=kind.encode()
        ).digest()


class KeyRing:
    """The keys in use, newest first. Call `turn` now and then: it makes the next key when it is time.

    Args:
        secret: at least SECRET_BYTES_MIN bytes that are not in the store.
        random: a source of random bytes, `os.urandom` outside of tests.
    """

    def __init__(self, store: Store, secret: bytes, random: Callable[[int], bytes]) -> None:
        if len(secret) < SECRET_BYTES_MIN:
            raise ValueError(f"secret: expected at least {SECRET_BYTES_MIN} bytes, got {len(secret)}")
        self._store = store
        self._secret = secret
        self._random = random
        self._keys: tuple[Key, ...] = ()

    def turn(self, now_ms: int) -> None:
        """Read the salts, and add one if the newest is PERIOD_MS old. Two processes agree on the winner."""
        salts = self._store.salts()
        if not salts or now_ms - salts[-1].made_ms >= PERIOD_MS:
            number = salts[-1].number + 1 if salts else 1
            self._store.add_salt(number, self._random(SALT_BYTES), now_ms)
            salts = self._store.salts()
        self._keys = tuple(self._key(salt) for salt in reversed(salts))

    @property
    def current(self) -> Key:
        """The key new data is stored under."""
        return self._keys[0]

    def pseudonyms(self, kind: str, text: str) -> list[bytes]:
        """Every pseudonym an id may be stored under, the newest first."""
        return [key.hash(kind, text) for key in self._keys]

    def session(self, text: str, now_ms: int) -> tuple[bytes, bytes | None]:
        """A session's pseudonym, and the one it may have begun with before the last turn."""
        recent = len(self._keys) > 1 and now_ms - self.current.made_ms <= AGE_MAX_MS
        before = self._keys[1].hash("session", text) if recent else None
        return self.current.hash("session", text), before

    def _key(self, salt: Salt) -> Key:
        return Key(salt.made_ms, hashlib.blake2b(salt.salt, key=self._secret[:64], digest_size=32).digest())


def expired(salts: Sequence[Salt], now_ms: int, longest_ms: int) -> int:
    """The greatest number of a salt whose successor is older than `longest_ms`: nothing needs it any more."""
    numbers = [
        salt.number for salt, after in itertools.pairwise(salts) if now_ms - after.made_ms > longest_ms
    ]
    return max(numbers, default=0)
