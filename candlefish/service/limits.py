"""Rate limits without a list of addresses: a token bucket for each keyed hash, forgotten when it is full.

The hash key is made anew by each process and never leaves it.
"""

from __future__ import annotations

import hashlib
import os
from collections import OrderedDict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Callable

BUCKETS_MAX: Final = 100_000


@dataclass(frozen=True, slots=True)
class Rate:
    """How much is allowed: `burst` at once, `per_s` on average."""

    per_s: float
    burst: float


class Limiter:
    """One rate for many; `clock_s` is monotonic."""

    def __init__(self, rate: Rate, clock_s: Callable[[], float], *, buckets_max: int = BUCKETS_MAX) -> None:
        self._rate = rate
        self._clock_s = clock_s
        self._buckets_max = buckets_max
        self._key = os.urandom(16)
        self._buckets: OrderedDict[bytes, tuple[float, float]] = OrderedDict()

    def __len__(self) -> int:
        """How many are remembered."""
        return len(self._buckets)

    def wait_s(self, who: str) -> float:
        """0 if one more is allowed (and counted), else how long to wait, in s."""
        name = hashlib.blake2b(who.encode(), digest_size=8, key=self._key).digest()
        now_s = self._clock_s()
        tokens, then_s = self._buckets.pop(name, (self._rate.burst, now_s))
        tokens = min(self._rate.burst, tokens + (now_s - then_s) * self._rate.per_s)
        allowed = tokens >= 1
        self._buckets[name] = (tokens - 1 if allowed else tokens, now_s)
        if len(self._buckets) > self._buckets_max:
            self._buckets.popitem(last=False)
        return 0.0 if allowed else (1 - tokens) / self._rate.per_s
