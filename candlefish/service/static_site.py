"""The built site as an ASGI application: static files, precompressed, isolated and cacheable."""

from __future__ import annotations

import gzip
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Final

from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from candlefish.service.assets import (
    INDEX,
    ISOLATION,
    Asset,
    AssetCatalog,
    content_security_policy,
)

if TYPE_CHECKING:
    from collections.abc import Collection
    from pathlib import Path

    from starlette.requests import Request


IDENTITY = "identity"
PREFERENCE = ("br", "gzip", IDENTITY)
FISH: Final = b"<candle-fish id="
CONNECTED: Final = b"<candle-fish analytics id="


def site(dist: Path, *, connected: bool = False) -> Starlette:
    """An application that serves the built site in ``dist``; a later build is picked up at once.

    ``connected``: the service is on the same origin, so the fish of the index page takes part in analytics.

    Raises:
        SiteError: ``dist`` holds no built site.
    """
    catalog = AssetCatalog(dist)

    async def serve(request: Request) -> Response:
        try:
            asset = catalog.find(request.path_params["path"])
            if connected and request.path_params["path"] in {"", INDEX}:
                return await run_in_threadpool(_connected, request, asset)
            return await run_in_threadpool(_answer, request, asset)
        except (LookupError, FileNotFoundError):
            return _missing(catalog, request.path_params["path"])

    async def refuse(_request: Request, _error: Exception) -> Response:
        return _plain(405, "Only GET and HEAD\n", {"Allow": "GET, HEAD"})

    routes = [Route("/{path:path}", serve, methods=["GET", "HEAD"])]
    return Starlette(routes=routes, exception_handlers={405: refuse})


def _answer(request: Request, asset: Asset) -> Response:
    """The response with an asset: 200 in the best coding, or 304."""
    coding = choose_encoding(request.headers.get("accept-encoding"), asset.codings)
    headers = _headers(asset, coding)
    if matches(request.headers.get("if-none-match"), headers["ETag"]):
        return Response(status_code=304, headers=headers)
    if coding in asset.codings:
        headers["Content-Encoding"] = coding
    headers["Content-Type"] = asset.media_type
    return Response(asset.file(coding).read_bytes(), headers=headers)


@dataclass(frozen=True)
class _Page:
    """A page whose fish has the ``analytics`` attribute, plain and compressed."""

    plain: bytes
    gzipped: bytes


@lru_cache(maxsize=4)
def _page(path: Path, _digest: str) -> _Page:
    plain = path.read_bytes().replace(FISH, CONNECTED)
    return _Page(plain, gzip.compress(plain, 6, mtime=0))


def _connected(request: Request, asset: Asset) -> Response:
    """The response with the connected index page, or 304."""
    coding = choose_encoding(request.headers.get("accept-encoding"), {"gzip"})
    headers = {**_headers(asset, coding), "Vary": "Accept-Encoding"}
    headers["ETag"] = f'"connected-{headers["ETag"][1:]}'
    if matches(request.headers.get("if-none-match"), headers["ETag"]):
        return Response(status_code=304, headers=headers)
    page = _page(asset.path, asset.digest)
    headers["Content-Type"] = asset.media_type
    if coding == "gzip":
        return Response(page.gzipped, headers={**headers, "Content-Encoding": coding})
    return Response(page.plain, headers=headers)


def _headers(asset: Asset, coding: str) -> dict[str, str]:
    headers = {
        "Cache-Control": asset.cache_control,
        "Content-Security-Policy": asset.policy,
        "ETag": asset.etag(coding),
        **ISOLATION,
    }
    if asset.codings:
        headers["Vary"] = "Accept-Encoding"
    return headers


def _missing(catalog: AssetCatalog, path: str) -> Response:
    """301 to a directory's own address, else 404. The address is relative: it cannot lead to another host."""
    if catalog.is_directory(path):
        return _plain(301, "", {"Location": f"{path.rpartition('/')[2]}/"})
    return _plain(404, "Not found\n")


def _plain(status: int, text: str, headers: dict[str, str] | None = None) -> Response:
    policy = {"Cache-Control": "no-store", "Content-Security-Policy": content_security_policy()}
    return PlainTextResponse(text, status, headers={**ISOLATION, **policy, **(headers or {})})


def choose_encoding(accept_encoding: str | None, available: Collection[str]) -> str:
    """The best of the ``available`` content codings (and identity) for an Accept-Encoding header.

    The highest quality wins; among equals the first of PREFERENCE, which is by size. Identity is the
    fallback for a request that accepts none of them. RFC 9110.
    """
    if not accept_encoding:
        return IDENTITY
    qualities = _qualities(accept_encoding)
    offered = [coding for coding in PREFERENCE if coding in available or coding == IDENTITY]
    best = max(offered, key=lambda coding: _quality(coding, qualities))
    return best if _quality(best, qualities) > 0 else IDENTITY


def matches(if_none_match: str | None, etag: str) -> bool:
    """Whether an If-None-Match header names this entity tag, by weak comparison."""
    if if_none_match is None:
        return False
    tags = [tag.strip().removeprefix("W/") for tag in if_none_match.split(",")]
    return "*" in tags or etag in tags


def _quality(coding: str, qualities: dict[str, float]) -> float:
    """The quality of a coding, 0 to 1; identity is acceptable, but last, unless it is named."""
    if coding in qualities:
        return qualities[coding]
    if coding == IDENTITY:
        return qualities.get("*", 1e-6)
    return qualities.get("*", 0.0)


def _qualities(header: str) -> dict[str, float]:
    """The qualities of an Accept-Encoding header by coding; an invalid weight counts as 0."""
    result: dict[str, float] = {}
    for item in header.split(","):
        coding, *parameters = (part.strip().lower() for part in item.split(";"))
        weights = [parameter[2:] for parameter in parameters if parameter.startswith("q=")]
        if coding:
            result[coding] = _weight(weights[0]) if weights else 1.0
    return result


def _weight(text: str) -> float:
    try:
        weight = float(text)
    except ValueError:
        return 0.0
    return weight if 0.0 <= weight <= 1.0 else 0.0
