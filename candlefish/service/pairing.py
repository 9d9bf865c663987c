"""Pairing of devices: a short code, valid once and for ten minutes, passes a vault to another device.

Meanwhile the vault is stored encrypted with a key made of the code and the service's secret.
"""

from __future__ import annotations

import hashlib
import secrets
from typing import TYPE_CHECKING, Final

from candlefish.service.http import ApiError

if TYPE_CHECKING:
    from candlefish.service.app_state import Clock
    from candlefish.service.store.base import MemoryStore

LIFE_MS: Final = 600_000
ALPHABET: Final = "23456789ABCDEFGHJKMNPQRSTVWXYZ"
"""Without characters that look alike: 0 O, 1 I L, U V."""
LENGTH: Final = 8
TRIES: Final = 5


class Pairings:
    """Pairing codes. Every method blocks."""

    def __init__(self, store: MemoryStore, secret: bytes, clock: Clock) -> None:
        self._store = store
        self._secret = secret
        self._clock = clock

    def offer(self, vault: str) -> str:
        """Make a code for a vault. Raises `ApiError` (503)."""
        for _ in range(TRIES):
            code = "".join(secrets.choice(ALPHABET) for _ in range(LENGTH))
            expires_ms = self._clock() + LIFE_MS
            if self._store.add_pairing(
                self._name(code), self._encrypted(code, vault.encode()).hex(), expires_ms
            ):
                return f"{code[:4]}-{code[4:]}"
        raise ApiError(503, "busy", "no free code; try again", wait_s=1)

    def take(self, text: str) -> str:
        """Use up a code and return its vault. Raises `ApiError` (404)."""
        code = "".join(letter for letter in text.upper() if letter in ALPHABET)
        sealed = self._store.take_pairing(self._name(code), self._clock())
        if sealed is None:
            raise ApiError(404, "code", "this code is unknown, used or too old")
        return self._encrypted(code, bytes.fromhex(sealed)).decode()

    def _name(self, code: str) -> bytes:
        return hashlib.blake2b(
            code.encode(), key=self._secret[:64], digest_size=16, person=b"pairing"
        ).digest()

    def _encrypted(self, code: str, data: bytes) -> bytes:
        """Data xor a key stream of this code alone; the same operation decrypts."""
        stream = hashlib.blake2b(
            code.encode(), key=self._secret[:64], digest_size=64, person=b"seal"
        ).digest()
        return bytes(a ^ b for a, b in zip(data, stream, strict=False))
