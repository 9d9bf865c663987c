"""Load test of live messages, `WS /api/live`: many clients at once, and the latency of their messages."""

from __future__ import annotations

import asyncio
import json
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from websockets.asyncio.client import connect
from websockets.exceptions import WebSocketException

from candlefish.service.load import percentile_ms

if TYPE_CHECKING:
    from websockets.asyncio.client import ClientConnection

AT_ONCE: Final = 50
"""Number of clients that connect at the same time."""
SETTLE_S: Final = 1.0


@dataclass(frozen=True, slots=True)
class LoadResult:
    """Result of the load test; latencies in ms, from making a message to receiving it."""

    clients: int
    seconds: float
    messages: int
    failed: int
    dropped: int
    p50_ms: float
    p95_ms: float
    p99_ms: float

    def text(self) -> str:
        """The result as one line."""
        rate = self.messages / self.clients / self.seconds
        return (
            f"{self.clients} clients heard {rate:.2f} messages/s each; "
            f"p50 {self.p50_ms:.1f} p95 {self.p95_ms:.1f} p99 {self.p99_ms:.1f} ms; "
            f"{self.dropped} dropped, {self.failed} connections failed"
        )


async def measure_live(host: str, port: int, token: str, *, clients: int, seconds: float) -> LoadResult:
    """Subscribe `clients` to the metrics of a service on this machine (one clock) for `seconds`.

    Raises:
        OSError: none of them could connect.
    """
    hello = json.dumps({"token": token, "topics": ["metrics"]})
    gate = asyncio.Semaphore(AT_ONCE)
    opened = await asyncio.gather(*(_connect(host, port, hello, gate) for _ in range(clients)))
    sockets = [socket for socket in opened if socket is not None]
    if not sockets:
        raise OSError(f"ws://{host}:{port}/api/live: no client could connect")
    await asyncio.sleep(SETTLE_S)
    subscribed = [_LiveClient(socket) for socket in sockets]
    begin_s = time.perf_counter()
    try:
        async with asyncio.timeout(seconds):
            await asyncio.gather(*(each.listen(time.time()) for each in subscribed))
    except TimeoutError:
        pass
    took_s = time.perf_counter() - begin_s
    await asyncio.gather(*(socket.close() for socket in sockets))
    late = sorted(one for each in subscribed for one in each.late_s)
    failed = clients - len(sockets) + sum(each.failed for each in subscribed)
    shares = (percentile_ms(late, share) for share in (0.5, 0.95, 0.99))
    return LoadResult(
        len(subscribed), took_s, len(late), failed, sum(each.dropped for each in subscribed), *shares
    )


async def _connect(host: str, port: int, hello: str, gate: asyncio.Semaphore) -> ClientConnection | None:
    async with gate:
        try:
            socket = await connect(f"ws://{host}:{port}/api/live", compression=None, ping_interval=None)
            await socket.send(hello)
        except (OSError, TimeoutError, WebSocketException):
            return None
    return socket


class _LiveClient:
    """One client. Messages made before it subscribed are not counted."""

    def __init__(self, socket: ClientConnection) -> None:
        self._socket = socket
        self.late_s: list[float] = []
        self.dropped = 0
        self.failed = False

    async def listen(self, since_s: float) -> None:
        try:
            async for text in self._socket:
                message = json.loads(text)
                if message["topic"] == "dropped":
                    self.dropped += message["data"]
                elif message["topic"] == "metrics" and (made_s := message["data"]["at_ms"] / 1e3) >= since_s:
                    self.late_s.append(time.time() - made_s)
            self.failed = True
        except WebSocketException:
            self.failed = True
