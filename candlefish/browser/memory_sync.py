"""Memory sync: the visitor's memory in step with storage that other tabs write to as well.

The page stores; this says what. Every save names its base, the stored text it grew out of. When the page
finds something else in storage it sends that back, and a three-way merge brings the two together: what is
stored plus what this tab has added since its base. Nothing is lost, nothing counts twice.
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
    """A text to store, and the stored text it grew out of."""

    text: str
    base: str | None


class MemorySync:
    """Memory between the world and storage.

    Attributes:
        memory: what is known at the start, with all that was pending.
        problems: what could not be read of it; empty when all is well.
    """

    def __init__(
        self, text: str | None, pending: tuple[tuple[str | None, str], ...], now_ms: float, device: str
    ) -> None:
        """Read what storage holds and what was pending; `device` is the id of a visitor without memory."""
        self._device = device
        found = parse_memory(text, now_ms=now_ms, device=device)
        self.problems: tuple[str, ...] = found.problems if found.damaged else ()
        self._base, self._base_text = found.memory, text
        self._sent_memory = found.memory
        self._next_s = 0.0
        self.memory = found.memory
        for base, mine in pending:
            self.memory = merge_tabs(self._parse(base, now_ms), self._parse(mine, now_ms), self.memory)

    def due(self, memory: Callable[[], Memory], now_s: float) -> Save | None:
        """Return what to save if it is time and something has changed; `now_s` is any clock in seconds."""
        if now_s < self._next_s:
            return None
        self._next_s = now_s + SAVE_EVERY_S
        return self.save(memory())

    def save(self, memory: Memory) -> Save | None:
        """Return what to save if more than the time of the visit has changed since the last save."""
        if _same(memory, self._sent_memory) and self._base_text is not None:
            return None
        self._sent_memory = memory
        return Save(memory_text(memory), self._base_text)

    def mark_stored(self, text: str, now_ms: float) -> None:
        """The page has stored `text`: later saves grow out of it."""
        self._base_text, self._base = text, self._parse(text, now_ms)

    def merge(self, text: str | None, mine: Memory, now_ms: float) -> Memory:
        """Storage holds `text`, written elsewhere: return it with what `mine` has added since the base."""
        theirs = self._parse(text, now_ms)
        merged = merge_tabs(self._base, mine, theirs)
        self._base_text, self._base = text, theirs
        self._sent_memory = theirs
        return merged

    def remote(self, text: str, mine: Memory, now_ms: float) -> Memory | None:
        """Return `mine` with what another device's memory adds; None if that is nothing, or damaged."""
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
