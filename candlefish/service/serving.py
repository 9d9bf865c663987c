"""Running the service under Uvicorn: fast protocol implementations, bounded, drained at the end."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import uvicorn

from candlefish.service import runner

if TYPE_CHECKING:
    import socket
    from collections.abc import Callable

    from starlette.types import ASGIApp

CONNECTIONS_MAX: Final = 8_192
MESSAGE_BYTES_MAX: Final = 4_096
"""What a live client may say at once."""


def run(app: ASGIApp, sock: socket.socket, announce: Callable[[], None]) -> None:
    """Serve `app` as `runner.serve` does; at the end answer what is under way, for at most DRAIN_S."""
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
        timeout_graceful_shutdown=runner.DRAIN_S,
        backlog=2_048,
    )
    runner.serve(config, sock, announce)
