"""The dashboard: one page, its script and its style, all from here and nothing inline."""

from __future__ import annotations

from html import escape
from importlib.resources import files
from typing import TYPE_CHECKING, Final

from starlette.responses import Response
from starlette.routing import Route

from candlefish.service.answers import HEADERS, page

if TYPE_CHECKING:
    from starlette.requests import Request

LIVE: Final = 'content=""'
_FILES: Final = {
    "/dashboard.js": ("dashboard.js", "text/javascript"),
    "/dashboard-charts.js": ("charts.js", "text/javascript"),
    "/dashboard.css": ("dashboard.css", "text/css"),
}


def routes(live_address: str = "") -> list[Route]:
    """The routes of the dashboard; `live_address`: where live messages are, if not here."""

    async def _page(_request: Request) -> Response:
        text = _read("dashboard.html").replace(LIVE, f'content="{escape(live_address)}"')
        return page(text, connect_sources=(live_address,) if live_address else ())

    return [Route("/dashboard", _page), *(Route(path, _file) for path in _FILES)]


async def _file(request: Request) -> Response:
    name, media_type = _FILES[request.url.path]
    return Response(_read(name), headers={**HEADERS, "Cache-Control": "no-cache"}, media_type=media_type)


def _read(name: str) -> str:
    return (files("candlefish.service") / "pages" / name).read_text(encoding="utf-8")
