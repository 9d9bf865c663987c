"""The dashboard: one page, its script and its style, all from here and nothing inline."""

from __future__ import annotations

from importlib.resources import files
from typing import TYPE_CHECKING, Final

from starlette.responses import Response
from starlette.routing import Route

from candlefish.service.answers import HEADERS, page

if TYPE_CHECKING:
    from starlette.requests import Request

_FILES: Final = {
    "/dashboard.js": ("dashboard.js", "text/javascript"),
    "/dashboard-charts.js": ("charts.js", "text/javascript"),
    "/dashboard.css": ("dashboard.css", "text/css"),
}


def routes() -> list[Route]:
    """The routes of the dashboard."""
    return [Route("/dashboard", _page), *(Route(path, _file) for path in _FILES)]


async def _page(_request: Request) -> Response:
    return page(_read("dashboard.html"))


async def _file(request: Request) -> Response:
    name, media_type = _FILES[request.url.path]
    return Response(_read(name), headers={**HEADERS, "Cache-Control": "no-cache"}, media_type=media_type)


def _read(name: str) -> str:
    return (files("candlefish.service") / "pages" / name).read_text(encoding="utf-8")
