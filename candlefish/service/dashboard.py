"""Dashboard of the service: its page, script and style, and the figures of the last hours."""

from __future__ import annotations

from html import escape
from importlib.resources import files
from typing import TYPE_CHECKING, Any, Final

import msgspec
from starlette.responses import Response
from starlette.routing import Route

from candlefish.service import aggregation
from candlefish.service.http import HEADERS, page_response

if TYPE_CHECKING:
    from starlette.requests import Request

    from candlefish.service.store.base import EventStore
LIVE: Final = 'content=""'
_FILES: Final = {
    "/dashboard.js": ("dashboard.js", "text/javascript"),
    "/dashboard-charts.js": ("charts.js", "text/javascript"),
    "/dashboard.css": ("dashboard.css", "text/css"),
}


def overview(store: EventStore, now_ms: int, hours: int) -> dict[str, Any]:
    """Figures of the last `hours`, in total and by hour since 1970, UTC."""
    last = now_ms // aggregation.HOUR_MS
    hourly = {
        hour: aggregation.decode_counts(body) for hour, body in store.rollups(last - hours + 1, last).items()
    }
    whole = aggregation.join_hours(hourly.values())
    return {
        "at_ms": now_ms,
        "hours": hours,
        "total": {**_figures(whole), "counts": msgspec.to_builtins(whole)},
        "by_hour": [{"hour": hour, **_figures(counts)} for hour, counts in sorted(hourly.items())],
    }


def _figures(counts: aggregation.HourlyCounts) -> dict[str, Any]:
    sessions = counts.events.get("session_start", 0)
    errors = counts.events.get("error", 0)
    return {
        "sessions": sessions,
        "events": sum(counts.events.values()),
        "fps_median": aggregation.fps_median(counts.fps),
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


def routes(live_address: str = "") -> list[Route]:
    """The routes of the dashboard; `live_address`: the address of live messages, if not this service."""

    async def _page(_request: Request) -> Response:
        text = _read("dashboard.html").replace(LIVE, f'content="{escape(live_address)}"')
        return page_response(text, connect_sources=(live_address,) if live_address else ())

    return [Route("/dashboard", _page), *(Route(path, _file) for path in _FILES)]


async def _file(request: Request) -> Response:
    name, media_type = _FILES[request.url.path]
    return Response(_read(name), headers={**HEADERS, "Cache-Control": "no-cache"}, media_type=media_type)


def _read(name: str) -> str:
    return (files("candlefish.service") / "pages" / name).read_text(encoding="utf-8")
