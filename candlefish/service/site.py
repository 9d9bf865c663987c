"""The site itself as an ASGI application: static files, precompressed, isolated and cacheable."""

from __future__ import annotations

import gzip
from contextlib import suppress
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Final

from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from candlefish.service.assets import MANIFEST, Asset, SiteError, load_assets
from candlefish.service.negotiation import choose_encoding, matches
from candlefish.service.policy import ISOLATION, content_security_policy

if TYPE_CHECKING:
    from pathlib import Path

    from starlette.requests import Request

INDEX = "index.html"
FISH: Final = b"<candle-fish id="
CONNECTED: Final = b"<candle-fish analytics id="


def site(dist: Path, *, connected: bool = False) -> Starlette:
    """An application that serves the built site in ``dist``; a later build is picked up when it is there.

    ``connected``: the service is beside it, so the index page's fish takes part in analytics.

    Raises:
        SiteError: ``dist`` holds no built site.
    """
    shelf = Shelf(dist)

    async def serve(request: Request) -> Response:
        try:
            asset = shelf.find(request.path_params["path"])
            if connected and request.path_params["path"] in {"", INDEX}:
                return await run_in_threadpool(_connected, request, asset)
            return await run_in_threadpool(_answer, request, asset)
        except (LookupError, FileNotFoundError):
            return _missing(shelf, request.path_params["path"])

    async def refuse(_request: Request, _error: Exception) -> Response:
        return _plain(405, "Only GET and HEAD\n", {"Allow": "GET, HEAD"})

    routes = [Route("/{path:path}", serve, methods=["GET", "HEAD"])]
    return Starlette(routes=routes, exception_handlers={405: refuse})


class Shelf:
    """The assets of a directory, read again when its manifest has changed."""

    def __init__(self, dist: Path) -> None:
        self._dist = dist
        self._assets = load_assets(dist)
        self._version = self._manifest_version()

    def find(self, path: str) -> Asset:
        """The asset at a path of the site; "" and what ends with a slash are a directory's index page.

        Raises:
            KeyError: the site has no such file.
        """
        version = self._manifest_version()
        if version not in {self._version, None}:
            self._renew(version)
        return self._assets[f"{path}{INDEX}" if path == "" or path.endswith("/") else path]

    def is_directory(self, path: str) -> bool:
        """Whether a path without a slash at its end names a directory that has an index page."""
        return f"{path}/{INDEX}" in self._assets

    def _renew(self, version: tuple[int, int] | None) -> None:
        """Take over a new build; keep the old one if the new one is not whole."""
        with suppress(SiteError):
            self._assets, self._version = load_assets(self._dist), version

    def _manifest_version(self) -> tuple[int, int] | None:
        """What tells one build's manifest from another's; None while one is being put in place."""
        try:
            status = (self._dist / MANIFEST).stat()
        except OSError:
            return None
        return status.st_mtime_ns, status.st_ino


def _answer(request: Request, asset: Asset) -> Response:
    """200 with the asset in the best coding, or 304."""
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
    """The index page with its fish connected, or 304."""
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


def _missing(shelf: Shelf, path: str) -> Response:
    """301 to a directory's own address, else 404. The address is relative: it cannot lead to another host."""
    if shelf.is_directory(path):
        return _plain(301, "", {"Location": f"{path.rpartition('/')[2]}/"})
    return _plain(404, "Not found\n")


def _plain(status: int, text: str, headers: dict[str, str] | None = None) -> Response:
    policy = {"Cache-Control": "no-store", "Content-Security-Policy": content_security_policy()}
    return PlainTextResponse(text, status, headers={**ISOLATION, **policy, **(headers or {})})
