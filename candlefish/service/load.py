"""Load test of ingestion: batches of events over keep-alive connections, for a fixed time.

Requests are prepared except for their ids before the clock starts, so that the run costs little but the
socket. It sends as fast as answers come (closed loop), or at a steady rate whose lateness counts as latency,
so that a server that stalls cannot hide it ("coordinated omission", G. Tene).
"""

from __future__ import annotations

import asyncio
import json
import math
import secrets
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from websockets.asyncio.client import connect
from websockets.exceptions import WebSocketException

if TYPE_CHECKING:
    from websockets.asyncio.client import ClientConnection

CONNECTIONS: Final = 64
BATCHES_A_SESSION: Final = 10
RETRY_S: Final = 0.1
"""Delay before a failed connection is opened again."""
_MOODS: Final = ("curious", "playful", "shy", "excited", "trusting", "lonely")


@dataclass(frozen=True, slots=True)
class IngestLoadResult:
    """Result of a run; latencies in ms, of acknowledged batches."""

    seconds: float
    acknowledged: int
    refused: int
    failed: int
    p50_ms: float
    p95_ms: float
    p99_ms: float

    def text(self) -> str:
        """The result as one line."""
        return (
            f"{self.acknowledged / self.seconds:.0f} batches/s acknowledged over {self.seconds:.1f} s; "
            f"p50 {self.p50_ms:.1f} p95 {self.p95_ms:.1f} p99 {self.p99_ms:.1f} ms; "
            f"{self.refused} refused, {self.failed} failed"
        )


def batch(client: str, session: str, first_seq: int, events: int, now_ms: int) -> bytes:
    """A batch in the form of a browser."""
    return json.dumps(
        {
            "v": 1,
            "client": client,
            "session": session,
            "sent_ms": now_ms,
            "events": [_event(first_seq + index, now_ms - 100 * index) for index in range(events)],
        },
        separators=(",", ":"),
    ).encode()


async def send_batches(
    host: str,
    port: int,
    *,
    seconds: float,
    connections: int = CONNECTIONS,
    events: int = 20,
    rate: float | None = None,
) -> IngestLoadResult:
    """Send batches for `seconds`; `rate` is batches/s over all connections, None: as fast as answered."""
    opened = [_Connection(host, port, events) for _ in range(connections)]
    for connection in opened:
        await connection.connect()
    interval_s = connections / rate if rate else 0.0
    start_s = time.perf_counter()
    await asyncio.gather(
        *(
            connection.run(start_s + interval_s * index / connections, start_s + seconds, interval_s)
            for index, connection in enumerate(opened)
        )
    )
    took_s = time.perf_counter() - start_s
    latencies = sorted(latency for connection in opened for latency in connection.latencies_s)
    return IngestLoadResult(
        took_s,
        len(latencies),
        sum(connection.refused for connection in opened),
        sum(connection.failed for connection in opened),
        *(percentile_ms(latencies, share) for share in (0.5, 0.95, 0.99)),
    )


class _Connection:
    """One connection, which sends as many clients, one after the other."""

    def __init__(self, host: str, port: int, events: int) -> None:
        self._host, self._port = host, port
        self.latencies_s: list[float] = []
        self.refused = self.failed = 0
        self._batches = [
            _RequestTemplate(host, number * events, events) for number in range(BATCHES_A_SESSION)
        ]

    async def connect(self) -> None:
        self._reader, self._writer = await asyncio.open_connection(self._host, self._port)

    async def run(self, start_s: float, end_s: float, interval_s: float) -> None:
        due_s, number = start_s, 0
        client = session = b""
        while (now_s := time.perf_counter()) < end_s:
            if interval_s and due_s > now_s:
                await asyncio.sleep(due_s - now_s)
            if number % BATCHES_A_SESSION == 0:
                client, session = _id(), _id()
            request = self._batches[number % BATCHES_A_SESSION].request(client, session)
            await self._send(request, due_s if interval_s else now_s)
            number += 1
            due_s += interval_s
        self._writer.close()

    async def _send(self, request: bytes, sent_s: float) -> None:
        try:
            if self._writer.is_closing():
                await self.connect()
            self._writer.write(request)
            head = await self._reader.readuntil(b"\r\n\r\n")
            length = int(head.lower().partition(b"content-length:")[2].partition(b"\r")[0])
            await self._reader.readexactly(length)
        except (OSError, EOFError, ValueError):
            self.failed += 1
            self._writer.close()
            await asyncio.sleep(RETRY_S)
            return
        status = head[9:12]
        if status == b"200":
            self.latencies_s.append(time.perf_counter() - sent_s)
        elif status in {b"429", b"503"}:
            self.refused += 1
        else:
            self.failed += 1


class _RequestTemplate:
    """A prepared request, complete except for the ids of client and session."""

    def __init__(self, host: str, first_seq: int, events: int) -> None:
        client, session = _id(), _id()
        body = batch(client.decode(), session.decode(), first_seq, events, time.time_ns() // 1_000_000)
        head = (
            f"POST /api/analytics HTTP/1.1\r\nHost: {host}\r\n"
            f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
        )
        before, _, rest = body.partition(client)
        between, _, after = rest.partition(session)
        self._before, self._between, self._after = head.encode() + before, between, after

    def request(self, client: bytes, session: bytes) -> bytes:
        return b"".join((self._before, client, self._between, session, self._after))


def _id() -> bytes:
    """A random id in the form of a browser, of constant length."""
    return secrets.token_urlsafe(16).encode()


def _event(seq: int, at_ms: int) -> dict[str, object]:
    kinds: list[dict[str, object]] = [
        {
            "type": "mood_transition",
            "before": _MOODS[seq % 6],
            "after": _MOODS[(seq + 1) % 6],
            "reason": "you came close",
            "dwell_s": 4.25,
            "trust": 33.5,
        },
        {"type": "trust_level_change", "trust": 34.5, "change": 1, "cause": "presence"},
        {"type": "feeding_interaction", "x": 0.5, "y": 0.25, "eaten": True, "trust": 37},
        {
            "type": "performance_metrics",
            "window_s": 10,
            "fps": 59.9,
            "frame_p99_ms": 17.5,
            "dropped": 0.001,
            "memory_mb": 38.2,
            "effects": "standard",
        },
    ]
    return {**kinds[seq % len(kinds)], "seq": seq, "at_ms": at_ms}


def percentile_ms(ranked: list[float], share: float) -> float:
    """Nearest-rank percentile of sorted latencies in s, as ms; `share` in 0…1; NaN without latencies."""
    return ranked[math.ceil(share * len(ranked)) - 1] * 1e3 if ranked else math.nan


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
