"""Running the service under Uvicorn: fast protocol implementations, bounded, drained at the end."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import uvicorn

if TYPE_CHECKING:
    import socket

    from starlette.types import ASGIApp

DRAIN_S: Final = 10
CONNECTIONS_MAX: Final = 8_192
MESSAGE_BYTES_MAX: Final = 4_096
"""What a live client may say at once."""


def run(app: ASGIApp, sock: socket.socket) -> None:
    """Serve `app` on a listening socket until interrupted or terminated; then answer what is under way."""
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
    server = uvicorn.Server(config)
    with sock:
        try:
            server.run(sockets=[sock])
        except KeyboardInterrupt:
            return
