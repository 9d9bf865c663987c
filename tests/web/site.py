"""The built site on a port of its own, with a recorder in each page: the same for every browser engine."""

from __future__ import annotations

import re
import socket
import threading
import time
from typing import TYPE_CHECKING

import uvicorn
from starlette.requests import Request
from starlette.responses import Response

from candlefish.bench.fish_page import RECORDER
from candlefish.service.static_site import site

if TYPE_CHECKING:
    from pathlib import Path

    from starlette.types import ASGIApp, Receive, Scope, Send

RECORDER_PATH = "/recorder.js"
# What a console shows as an error, where a driver cannot read the console.
TROUBLE = """
window.trouble = [];
addEventListener("error", (event) => trouble.push(String(event.message ?? event.target?.src)));
addEventListener("unhandledrejection", (event) => trouble.push(String(event.reason)));
const { error } = console;
console.error = (...words) => (trouble.push(words.join(" ")), error.apply(console, words));
"""
HEAD = re.compile(rb"<head[^>]*>", re.IGNORECASE)
DOCTYPE = re.compile(rb"\s*<!doctype html>", re.IGNORECASE)
START_S = 90.0


class RecordedSite:
    """Serves ``dist``; every page of it begins with a script that records events and errors.

    Each has an origin of its own (its port), and so a storage and service workers of its own.

    Attributes:
        preload: further JavaScript that runs before the scripts of each page.
        policy: a Content-Security-Policy of the pages made by ``serve``; "" for none.
        closed: ends of paths that are not answered for, as if there were no network.
    """

    def __init__(self, dist: Path, *, recorded: bool = True) -> None:
        """Begin to serve; without a recorder the bytes are the build's, as a service worker wants them."""
        self.preload = ""
        self.policy = ""
        self.closed: tuple[str, ...] = ()
        self._pages: dict[str, str] = {}
        self._socket = socket.socket()
        self._socket.bind(("127.0.0.1", 0))
        self.address = f"http://127.0.0.1:{self._socket.getsockname()[1]}"
        app: ASGIApp = self._recorded(site(dist)) if recorded else site(dist)
        self._server = uvicorn.Server(uvicorn.Config(app, log_level="warning", lifespan="off"))
        self._thread = threading.Thread(
            target=self._server.run, kwargs={"sockets": [self._socket]}, daemon=True
        )
        self._thread.start()
        deadline_s = time.monotonic() + START_S
        while not self._server.started:
            assert time.monotonic() < deadline_s, "the test server did not start"
            time.sleep(0.02)

    def serve(self, path: str, html: str) -> None:
        """Have one more page."""
        self._pages[path] = html

    def stop(self) -> None:
        """Answer no more: nothing listens on the port."""
        self._server.should_exit = self._server.force_exit = True
        self._thread.join(START_S)
        self._socket.close()

    def _recorded(self, inner: ASGIApp) -> ASGIApp:
        async def app(scope: Scope, receive: Receive, send: Send) -> None:
            answer = self._answer(Request(scope).url.path) or _with_recorder(inner)
            await answer(scope, receive, send)

        return app

    def _answer(self, path: str) -> Response | None:
        """What this site adds to, or takes from, the one in ``dist``."""
        if path == RECORDER_PATH:
            script = "\n".join((TROUBLE, RECORDER, self.preload))
            return Response(script, media_type="text/javascript", headers={"Cache-Control": "no-store"})
        if path in self._pages:
            headers = {"Content-Security-Policy": self.policy} if self.policy else {}
            page = insert_recorder(self._pages[path].encode())
            return Response(page, media_type="text/html", headers=headers)
        return Response(status_code=503) if self.closed and path.endswith(self.closed) else None


def _with_recorder(inner: ASGIApp) -> ASGIApp:
    """The same application, the recorder's tag first in the head of each page."""

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        start: dict[str, object] = {}
        parts: list[bytes] = []

        async def changed(message: dict[str, object]) -> None:
            headers = dict(message.get("headers", ()))  # type: ignore[call-overload]
            if message["type"] == "http.response.start" and _is_page(headers):
                start.update(message)
            elif not start:
                await send(message)
            else:
                parts.append(message.get("body", b""))  # type: ignore[arg-type]
                if not message.get("more_body"):
                    body = insert_recorder(b"".join(parts))
                    kept = [(k, v) for k, v in start["headers"] if k != b"content-length"]  # type: ignore[attr-defined]
                    start["headers"] = [*kept, (b"content-length", str(len(body)).encode())]
                    await send(start)
                    await send({"type": "http.response.body", "body": body})

        plain = [(name, value) for name, value in scope["headers"] if name != b"accept-encoding"]
        await inner({**scope, "headers": plain}, receive, changed)  # type: ignore[arg-type]

    return app


def _is_page(headers: dict[bytes, bytes]) -> bool:
    return headers.get(b"content-type", b"").startswith(b"text/html")


def insert_recorder(page: bytes) -> bytes:
    """The page with the recorder's tag before everything else in it."""
    tag = f'<script src="{RECORDER_PATH}"></script>'.encode()
    begin = HEAD.search(page) or DOCTYPE.match(page)
    end = begin.end() if begin else 0
    return page[:end] + tag + page[end:]
