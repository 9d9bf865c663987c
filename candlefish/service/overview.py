"""The hours behind the dashboard's charts."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import msgspec

from candlefish.service import rollup

if TYPE_CHECKING:
    from candlefish.service.store.base import Store


def overview(store: Store, now_ms: int, hours: int) -> dict[str, Any]:
    """The last `hours` together, and each by itself; hours are counted from 1970, UTC."""
    last = now_ms // rollup.HOUR_MS
    found = {hour: rollup.DECODE(body) for hour, body in store.rollups(last - hours + 1, last).items()}
    whole = rollup.joined(found.values())
    return {
        "at_ms": now_ms,
        "hours": hours,
        "total": {**_figures(whole), "counts": msgspec.to_builtins(whole)},
        "by_hour": [{"hour": hour, **_figures(counts)} for hour, counts in sorted(found.items())],
    }


def _figures(counts: rollup.Hour) -> dict[str, Any]:
    sessions = counts.events.get("session_start", 0)
    errors = counts.events.get("error", 0)
    return {
        "sessions": sessions,
        "events": sum(counts.events.values()),
        "fps_median": rollup.fps_median(counts.fps),
        "memory_mean_mb": counts.memory_mb.mean,
        "memory_max_mb": counts.memory_max_mb,
        "dropped": counts.dropped.mean,
        "load_ms": counts.load_ms.mean,
        "errors": errors,
        "errors_per_session": errors / sessions if sessions else None,
        "interactions": counts.interactions + counts.fed,
        "trust_mean": counts.trust.mean,
        "trust_gained_mean": counts.trust_gained.mean,
        "duration_mean_s": counts.duration_s.mean,
    }
