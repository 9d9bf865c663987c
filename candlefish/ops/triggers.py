"""Triggers: reasons to take a release back while visitors see it; pure, from two sets of metrics."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from candlefish.ops.deployment import ReleaseMetrics
    from candlefish.ops.environments import Limits

SESSIONS_MIN: Final = 5
FATAL_SHARE_MAX: Final = 0.02
MEMORY_GROWTH: Final = 1.25


def triggers(live: ReleaseMetrics, new: ReleaseMetrics, limits: Limits) -> list[str]:
    """Why the new release must go, in words; empty while it may stay.

    `live` is what the release before did meanwhile; without its figures the limits themselves are the bar.
    """
    found = [_errors(new, limits), _frames(live, new, limits), _memory(live, new, limits), _fatal(live, new)]
    return [reason for reason in found if reason]


def _errors(new: ReleaseMetrics, limits: Limits) -> str:
    if new.requests < limits.requests_min or new.error_rate <= limits.error_rate_max:
        return ""
    most = 100 * limits.error_rate_max
    return f"error rate {100 * new.error_rate:.1f} % of {new.requests} answers, at most {most:g} %"


def _frames(live: ReleaseMetrics, new: ReleaseMetrics, limits: Limits) -> str:
    usual = live.fps or limits.fps_min
    if new.fps is None or new.fps >= (1.0 - limits.fps_drop) * usual:
        return ""
    return f"visitors see {new.fps:.0f} frames a second where {usual:.0f} are usual"


def _memory(live: ReleaseMetrics, new: ReleaseMetrics, limits: Limits) -> str:
    """Pages of visitors that hold much more than before and more than they may: they leak."""
    if new.memory_mb is None or new.memory_mb <= limits.memory_max_mb:
        return ""
    if live.memory_mb is not None and new.memory_mb < MEMORY_GROWTH * live.memory_mb:
        return ""
    return f"visitors' pages hold {new.memory_mb:.0f} MB, at most {limits.memory_max_mb:g}"


def _fatal(live: ReleaseMetrics, new: ReleaseMetrics) -> str:
    """The still picture came back, for more of the visits than it does anyway."""
    if new.sessions + new.fatal < SESSIONS_MIN:
        return ""
    share = new.fatal / max(1, new.sessions + new.fatal)
    usual = live.fatal / max(1, live.sessions + live.fatal)
    if share <= FATAL_SHARE_MAX + usual:
        return ""
    return f"the fish gave up in {100 * share:.0f} % of {new.sessions + new.fatal} visits"
