"""Memory sync: the visitor's memory in step with storage that other tabs write to as well.

The page stores, this module decides what. Every save names its base: the stored text it started from. When
the page finds another text in storage it sends that back for a three-way merge: the stored memory plus what
this tab has added since its base. Nothing is lost, nothing counts twice.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from candlefish.sim.memory import Memory, absorb, memory_text, merge_tabs, parse_memory

if TYPE_CHECKING:
    from collections.abc import Callable

SAVE_EVERY_S = 0.5
"""Pause between two saves (the page writes to storage less often still)."""


@dataclass(frozen=True, slots=True)
class Save:
    """A text to store, and the stored text it started from."""

    text: str
    base: str | None


class MemorySync:
    """Memory between the world and storage.

    Attributes:
        memory: the one to start with, all pending ones merged.
        problems: of a damaged text; empty otherwise.
    """

    def __init__(
        self, text: str | None, pending: tuple[tuple[str | None, str], ...], now_ms: float, device: str
    ) -> None:
        """Read the stored text and the pending ones; `device` is the id of a visitor without memory."""
        self._device = device
        parsed = parse_memory(text, now_ms=now_ms, device=device)
        self.problems: tuple[str, ...] = parsed.problems if parsed.damaged else ()
        self._base, self._base_text = parsed.memory, text
        self._sent_memory = parsed.memory
        self._next_s = 0.0
        self.memory = parsed.memory
        for base, mine in pending:
            self.memory = merge_tabs(self._parse(base, now_ms), self._parse(mine, now_ms), self.memory)

    def due(self, memory: Callable[[], Memory], now_s: float) -> Save | None:
        """Return a save if it is time and something has changed; `now_s` is any clock in seconds."""
        if now_s < self._next_s:
            return None
        self._next_s = now_s + SAVE_EVERY_S
        return self.save(memory())

    def save(self, memory: Memory) -> Save | None:
        """Return a save if more than the time of the visit has changed since the last one."""
        if _same(memory, self._sent_memory) and self._base_text is not None:
            return None
        self._sent_memory = memory
        return Save(memory_text(memory), self._base_text)

    def mark_stored(self, text: str, now_ms: float) -> None:
        """Take the `text` that the page has stored as the base of later saves."""
        self._base_text, self._base = text, self._parse(text, now_ms)

    def merge(self, text: str | None, mine: Memory, now_ms: float) -> Memory:
        """Merge a stored `text` of another tab with what `mine` has added since the base."""
        theirs = self._parse(text, now_ms)
        merged = merge_tabs(self._base, mine, theirs)
        self._base_text, self._base = text, theirs
        self._sent_memory = theirs
        return merged

    def remote(self, text: str, mine: Memory, now_ms: float) -> Memory | None:
        """Merge another device's memory into `mine`; None if it adds nothing, or is damaged."""
        parsed = parse_memory(text, now_ms=now_ms, device=self._device)
        joined = None if parsed.damaged else absorb(mine, parsed.memory)
        return None if joined is None or _same(joined, mine) else joined

    def forget(self, memory: Memory, device: str) -> Memory:
        """Return the memory of a visitor who asked to be forgotten; the next save carries it."""
        self._next_s = 0.0
        return memory.forget(device, memory.last_seen_ms)

    def _parse(self, text: str | None, now_ms: float) -> Memory:
        return parse_memory(text, now_ms=now_ms, device=self._device).memory


def _same(a: Memory, b: Memory) -> bool:
    return replace(a, last_seen_ms=b.last_seen_ms) == b
