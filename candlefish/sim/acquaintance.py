"""Meeting the visitor: what the days away have cost, what coming back earns, who is an old friend."""

from __future__ import annotations

from typing import TYPE_CHECKING

from candlefish.sim.memory import best_of, day_of, trust_of
from candlefish.sim.trust import DAILY_BONUS, Trust, after_absence

if TYPE_CHECKING:
    from candlefish.sim.memory import Memory

FRIEND_TRUST = 30.0
"""Above this, someone who comes back is greeted."""
MISSED_S = 120.0
"""Someone who comes back within a visit is greeted after this long without a sign of them."""


def meet(memory: Memory, now_ms: float, trust_rate: float) -> tuple[Memory, Trust, bool]:
    """Take up a memory at `now_ms`; return it with this visit in it, the trust, and whether a friend returns.

    The first visit of a day earns the daily bonus, except for someone never met.
    """
    known = memory.interactions > 0 or len(memory.visit_days) > 0
    before, today = trust_of(memory), day_of(now_ms)
    days_away = today - day_of(memory.last_seen_ms) if known else 0
    trust = Trust(after_absence(before, best_of(memory), days_away), trust_rate)
    if known and today not in memory.visit_days:
        trust.earn(DAILY_BONUS)
    return memory.with_trust(trust.value).visit(now_ms), trust, known and before >= FRIEND_TRUST
