"""A friend to be remembered, and how much a stored memory trusts its visitor, whatever its shape."""

from __future__ import annotations

import time
from typing import Final

from candlefish.ops.errors import Broken
from candlefish.sim import memory

TRUST: Final = 64.0
"""Of the friend."""


def friend() -> dict[str, object]:
    """A memory of a friend who was here just now, in the oldest shape there is."""
    now_ms = time.time_ns() // 1_000_000
    return {"trustLevel": TRUST, "lastInteraction": now_ms, "visitDates": [now_ms]}


def trust_of(text: str) -> float:
    """The trust in a stored memory, 0…100. Raises `Broken` if anything in it cannot be read."""
    parsed = memory.parse_memory(text, now_ms=time.time() * 1000.0, device="ops")
    if parsed.damaged:
        raise Broken(f"a stored memory is damaged: {parsed.problems[0]}")
    return memory.trust_of(parsed.memory)
