"""Server: listening sockets, and Uvicorn on them."""

from __future__ import annotations

import errno
import socket
from contextlib import suppress
from typing import TYPE_CHECKING, Final

import uvicorn

from candlefish import signals
from candlefish.service import ServiceError

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from starlette.applications import Starlette
    from starlette.types import ASGIApp


DEFAULT_HOST = "127.0.0.1"
DEFAULT_PORT = 8000
PORTS_TRIED = 20
BACKLOG = 128
DRAIN_S = 10
"""Time limit of requests in progress when the server is asked to stop."""
CONNECTIONS_MAX: Final = 8_192
MESSAGE_BYTES_MAX: Final = 4_096
"""Largest message of a live client."""


class PortError(ServiceError):
    """A port or path cannot be listened on; the message says why."""


def listen(host: str, port: int | None) -> socket.socket:
    """A listening socket on ``port`` (0: any free one), or, for None, on the first free from DEFAULT_PORT.

    Raises:
        PortError: the port is taken or not allowed, or the host is not an address of this machine.
    """
    candidates = range(DEFAULT_PORT, DEFAULT_PORT + PORTS_TRIED) if port is None else (port,)
    for candidate in candidates:
        try:
            return _bound(host, candidate)
        except OSError as error:
            if error.errno != errno.EADDRINUSE or port is not None:
                raise PortError(
                    f"cannot listen on {host} port {candidate}: {error.strerror or error}"
                ) from error
    last = DEFAULT_PORT + PORTS_TRIED - 1
    raise PortError(f"cannot listen on {host}: ports {DEFAULT_PORT} to {last} are all in use")


def listen_local(path: Path) -> socket.socket:
    """A listening Unix socket at a path; a file left behind by an earlier server is replaced.

    Raises:
        PortError: the path is too long, or cannot be written.
    """
    sock = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    try:
        with suppress(FileNotFoundError):
            path.unlink()
        sock.bind(str(path))
        sock.listen(BACKLOG)
    except OSError as error:
        sock.close()
        raise PortError(f"cannot listen on {path}: {error.strerror or error}") from error
    return sock


def address(sock: socket.socket) -> str:
    """The URL of a listening socket; of a Unix socket, its path."""
    if sock.family == socket.AF_UNIX:
        return f"unix:{sock.getsockname()}:/"
    host, port = sock.getsockname()[:2]
    return f"http://[{host}]:{port}/" if ":" in host else f"http://{host}:{port}/"


def run_site(app: Starlette, sock: socket.socket, announce: Callable[[], None]) -> None:
    """Serve a site alone, until interrupted or terminated."""
    config = uvicorn.Config(
        app, log_level="warning", access_log=False, lifespan="off", timeout_graceful_shutdown=DRAIN_S
    )
    serve(config, sock, announce)


def run_service(app: ASGIApp, sock: socket.socket, announce: Callable[[], None]) -> None:
    """Serve the service, until interrupted or terminated; then finish its requests within DRAIN_S."""
    config = uvicorn.Config(
        app,
        log_level="warning",
        access_log=False,
        lifespan="on",
        http="httptools",
        ws="websockets-sansio",
        ws_max_size=MESSAGE_BYTES_MAX,
        ws_per_message_deflate=False,
        server_header=False,
        date_header=False,
        limit_concurrency=CONNECTIONS_MAX,
        timeout_graceful_shutdown=DRAIN_S,
        backlog=2_048,
    )
    serve(config, sock, announce)


def serve(config: uvicorn.Config, sock: socket.socket, announce: Callable[[], None]) -> None:
    """Serve on a listening socket until interrupted (Ctrl-C) or terminated.

    ``announce`` is called once requests are answered and signals are handled; not if a signal came before.
    """
    signals.record()
    with sock:
        try:
            _Server(config, announce).run(sockets=[sock])
        except KeyboardInterrupt:
            return


class _Server(uvicorn.Server):
    """A server that handles signals received before its own handlers were installed."""

    def __init__(self, config: uvicorn.Config, announce: Callable[[], None]) -> None:
        super().__init__(config)
        self._announce = announce

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        early = signals.received()
        if early is None:
            self._announce()
        else:
            self.handle_exit(early, None)


def _bound(host: str, port: int) -> socket.socket:
    family = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0][0]
    sock = socket.socket(family, socket.SOCK_STREAM)
    try:
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        sock.bind((host, port))
        sock.listen(BACKLOG)
    except OSError:
        sock.close()
        raise
    return sock
