"""The wall clock, as an argument: what needs the time is given one of these."""

from __future__ import annotations

import time
from collections.abc import Callable

Clock = Callable[[], int]
"""Returns ms since 1970."""


def now_ms() -> int:
    """The wall clock of this machine."""
    return time.time_ns() // 1_000_000
