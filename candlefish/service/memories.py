"""Memories of visitors, and the pairing of their devices.

A vault is a random id made by a client, and its own credential. The memory stored under its pseudonym is
the join of all memories that were ever sent (`candlefish.sim.memory`): merged, never replaced, so that no
point of trust is lost. A pairing code, valid once and for ten minutes, passes a vault to another device;
meanwhile the vault is stored encrypted with a key made of the code and the service's secret.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import secrets
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from candlefish.service.http import ApiError
from candlefish.service.store.base import MemoryRecord
from candlefish.sim.memory import TEXT_BYTES_MAX, memory_text, merge, parse_memory

if TYPE_CHECKING:
    from candlefish.service.app_state import Clock
    from candlefish.service.privacy import KeyRing
    from candlefish.service.store.base import MemoryStore
    from candlefish.sim.memory import Memory

MICRO: Final = 1_000_000
GAIN_AT_ONCE: Final = 200.0
"""Points of trust that one write may add at any time: more than twice the way from 20 to 100."""
GAIN_PER_S: Final = 2.0
"""Points that a write may add for each second since the last: more than any visitor earns."""
TRIES: Final = 8
_NOBODY: Final = "server"


@dataclass(frozen=True, slots=True)
class StoredMemory:
    """A stored memory with its version; `etag` signs version and text."""

    memory: dict[str, Any]
    version: int
    etag: str


class Memories:
    """Memories by vault. Every method blocks."""

    def __init__(self, store: MemoryStore, keys: KeyRing, secret: bytes, clock: Clock) -> None:
        self._store = store
        self._keys = keys
        self._secret = secret
        self._clock = clock

    def get(self, vault: str) -> StoredMemory | None:
        """The memory of a vault, or None."""
        stored = self._load(vault)
        return self._signed(vault, stored[1]) if stored else None

    def put(self, vault: str, text: str, if_match: str | None) -> StoredMemory:
        """Merge a memory's `text` into what `vault` holds.

        `if_match` is the etag the client believes to be current; None merges with whatever is there.

        Raises:
            ApiError: the text is no memory (422), gains more than can be (422), or is not for the current
                version (412, with the current memory to merge with).
        """
        new = self._parsed(text)
        for _ in range(TRIES):
            stored = self._load(vault)
            self._check_match(vault, stored, if_match)
            merged = memory_text(self._merged(stored, new))
            version = stored[1].version if stored else 0
            if stored and stored[1].text == merged:
                return self._signed(vault, stored[1])
            target = stored[0] if stored else self._keys.current.hash("vault", vault)
            now_ms = self._clock()
            if self._store.save_memory(target, merged, version, now_ms):
                return self._signed(vault, MemoryRecord(merged, version + 1, now_ms))
        raise ApiError(503, "busy", "others write this memory too; try again", wait_s=1)

    def _load(self, vault: str) -> tuple[bytes, MemoryRecord] | None:
        """The record of a vault, moved to its newest pseudonym."""
        names = self._keys.pseudonyms("vault", vault)
        stored = self._store.load_memory(names)
        if stored and stored[0] != names[0] and self._store.move_memory(stored[0], names[0]):
            return names[0], stored[1]
        return stored

    def _parsed(self, text: str) -> Memory:
        if len(text.encode()) > TEXT_BYTES_MAX:
            raise ApiError(413, "too_large", f"a memory has at most {TEXT_BYTES_MAX} bytes")
        if not text.strip():
            raise ApiError(422, "memory", "expected a memory, got nothing")
        parsed = parse_memory(text, now_ms=self._clock(), device=_NOBODY)
        if parsed.damaged:
            raise ApiError(422, "memory", "this is not a whole memory", problems=parsed.problems[:10])
        return parsed.memory

    def _merged(self, stored: tuple[bytes, MemoryRecord] | None, new: Memory) -> Memory:
        if stored is None:
            return new
        record = stored[1]
        old = parse_memory(record.text, now_ms=self._clock(), device=_NOBODY).memory
        merged = merge(old, new)
        if merged.epoch == old.epoch:
            allowed = GAIN_AT_ONCE + GAIN_PER_S * max(0, self._clock() - record.updated_ms) / 1000
            gained = _earned(merged) - _earned(old)
            if gained > allowed:
                raise ApiError(
                    422, "implausible", f"{gained:.0f} points since the last time cannot be earned"
                )
        return merged

    def _check_match(
        self, vault: str, stored: tuple[bytes, MemoryRecord] | None, if_match: str | None
    ) -> None:
        if if_match is None:
            return
        kept = self._signed(vault, stored[1]) if stored else None
        if kept is None or (
            if_match != "*" and not hmac.compare_digest(if_match.encode(), kept.etag.encode())
        ):
            current = {"memory": kept.memory, "version": kept.version, "etag": kept.etag} if kept else None
            text = "this is not the current version: merge and try again"
            raise ApiError(412, "version", text, current=current)

    def _signed(self, vault: str, record: MemoryRecord) -> StoredMemory:
        signed = f"{vault}\n{record.version}\n{record.text}".encode()
        signature = hashlib.blake2b(signed, key=self._secret[:64], digest_size=12, person=b"etag").hexdigest()
        return StoredMemory(json.loads(record.text), record.version, f'"{record.version}-{signature}"')


def _earned(memory: Memory) -> float:
    return sum(row.earned for row in memory.ledger.values()) / MICRO


LIFE_MS: Final = 600_000
ALPHABET: Final = "23456789ABCDEFGHJKMNPQRSTVWXYZ"
"""Without characters that look alike: 0 O, 1 I L, U V."""
LENGTH: Final = 8
PAIRING_TRIES: Final = 5


class Pairings:
    """Pairing codes. Every method blocks."""

    def __init__(self, store: MemoryStore, secret: bytes, clock: Clock) -> None:
        self._store = store
        self._secret = secret
        self._clock = clock

    def offer(self, vault: str) -> str:
        """Make a code for a vault. Raises `ApiError` (503)."""
        for _ in range(PAIRING_TRIES):
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
