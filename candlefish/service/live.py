"""Live messages, `WS /api/live`: published once, sent to every subscriber, never delayed by a slow one.

The first message of a client carries the admin token and the topics; messages of these topics follow:

    → {"token": "…", "topics": ["metrics", "moods"]}
    ← {"topic": "metrics", "data": {…}}          a heartbeat after HEARTBEAT_S without a message

Each client has a short queue. When it is full the oldest message is dropped, and the next one sent tells how
many were. Each message of a tick is encoded once, for all clients.
"""

from __future__ import annotations

import asyncio
from collections import deque
from contextlib import suppress
from statistics import median
from typing import TYPE_CHECKING, Annotated, Any, Final

import anyio
import msgspec
from starlette.websockets import WebSocketDisconnect

if TYPE_CHECKING:
    from collections.abc import Iterable

    from starlette.websockets import WebSocket

    from candlefish.service.http import AccessControl
    from candlefish.service.metrics import Metrics


TOPICS: Final = ("metrics", "moods", "trust", "milestones")
QUEUE_MAX: Final = 32
CLIENTS_MAX: Final = 4_000
SHOWN_A_TICK: Final = 20
WINDOWS: Final = 60
_ENCODE: Final = msgspec.json.Encoder().encode
_TOPIC_OF: Final = {"mood_transition": "moods", "trust_level_change": "trust", "milestone": "milestones"}
_SHOWN: Final = {
    "moods": ("before", "after", "reason", "trust"),
    "trust": ("trust", "change", "cause"),
    "milestones": ("name", "trust"),
}
PATIENCE_S: Final = 5.0
HEARTBEAT_S: Final = 15.0
HEARTBEAT: Final = '{"topic":"heartbeat","data":null}'
BAD_REQUEST: Final = 4400
UNAUTHORIZED: Final = 4401
FULL: Final = 4503
"""Close codes: HTTP's, plus 4000."""


class Subscriber:
    """The message queue of one client."""

    def __init__(self, topics: Iterable[str]) -> None:
        self.topics = frozenset(topics)
        self.dropped = 0
        self._queue: deque[str] = deque()
        self._ready = asyncio.Event()

    def offer(self, message: str) -> int:
        """Queue a message. Returns the number of older ones dropped for it: 0 or 1."""
        lost = 0
        if len(self._queue) >= QUEUE_MAX:
            self._queue.popleft()
            lost = 1
        self.dropped += lost
        self._queue.append(message)
        self._ready.set()
        return lost

    async def next(self, patience_s: float) -> str | None:
        """The next message, or None if there is none within `patience_s`."""
        if not self._queue:
            self._ready.clear()
            with anyio.move_on_after(patience_s):
                await self._ready.wait()
            if not self._queue:
                return None
        if self.dropped:
            lost, self.dropped = self.dropped, 0
            return _ENCODE({"topic": "dropped", "data": lost}).decode()
        return self._queue.popleft()


class Hub:
    """Subscribers, and the events to show since the last tick. Only for the event loop's thread."""

    def __init__(self, metrics: Metrics) -> None:
        self._metrics = metrics
        self._subscribers: set[Subscriber] = set()
        self._recent: dict[str, list[dict[str, Any]]] = {}
        self._missed: dict[str, int] = {}
        self._windows: deque[tuple[float, float]] = deque(maxlen=WINDOWS)
        self.errors = 0

    def __len__(self) -> int:
        """Number of subscribers."""
        return len(self._subscribers)

    @property
    def full(self) -> bool:
        """Whether no more subscribers are accepted."""
        return len(self._subscribers) >= CLIENTS_MAX

    def join(self, subscriber: Subscriber) -> None:
        """Add a subscriber."""
        self._subscribers.add(subscriber)
        self._metrics.live_clients.set(len(self._subscribers))

    def leave(self, subscriber: Subscriber) -> None:
        """Remove a subscriber."""
        self._subscribers.discard(subscriber)
        self._metrics.live_clients.set(len(self._subscribers))

    @property
    def fps(self) -> float | None:
        """Median of the last WINDOWS reported frame rates, Hz."""
        return round(median(fps for fps, _ in self._windows), 1) if self._windows else None

    @property
    def memory_mb(self) -> float | None:
        """Median memory of the same windows, MB."""
        return round(median(memory for _, memory in self._windows), 1) if self._windows else None

    def record(self, events: Iterable[Any]) -> None:
        """Record committed events: those shown live wait for the next tick, without ids."""
        events = tuple(events)
        self._metrics.visits.add(events)
        for event in events:
            name = event.__struct_config__.tag
            if name == "performance_metrics":
                self._windows.append((event.fps, event.memory_mb))
            self.errors += name == "error"
            topic = _TOPIC_OF.get(name)
            if topic is None or not self._subscribers:
                continue
            recent = self._recent.setdefault(topic, [])
            if len(recent) < SHOWN_A_TICK:
                recent.append({name: getattr(event, name) for name in _SHOWN[topic]})
            else:
                self._missed[topic] = self._missed.get(topic, 0) + 1

    def tick(self, metrics: dict[str, Any]) -> None:
        """Publish the metrics, and the events since the last tick."""
        self.publish("metrics", metrics)
        for topic, shown in self._recent.items():
            self.publish(topic, {"changes": shown, "more": self._missed.get(topic, 0)})
        self._recent, self._missed = {}, {}

    def publish(self, topic: str, data: object) -> None:
        """Send a message to all subscribers of its topic."""
        message = _ENCODE({"topic": topic, "data": data}).decode()
        lost = sum(each.offer(message) for each in self._subscribers if topic in each.topics)
        if lost:
            self._metrics.live_dropped.inc(lost)


class Hello(msgspec.Struct, forbid_unknown_fields=True):
    """The first message of a client."""

    token: str
    topics: Annotated[list[str], msgspec.Meta(max_length=len(TOPICS))] = msgspec.field(
        default_factory=lambda: list(TOPICS)
    )


class HandshakeError(Exception):
    """The first message of a client is refused; `code` is the close code."""

    def __init__(self, code: int, reason: str) -> None:
        super().__init__(reason)
        self.code, self.reason = code, reason


def parse_hello(message: str, access: AccessControl) -> Hello:
    """Parse the first message of a client. Raises `HandshakeError`."""
    try:
        hello = _DECODE(message)
    except (msgspec.DecodeError, RecursionError):
        raise HandshakeError(BAD_REQUEST, EXPECTED) from None
    if not access.is_admin(hello.token):
        raise HandshakeError(UNAUTHORIZED, "wrong token")
    if unknown := sorted(set(hello.topics) - set(TOPICS)):
        raise HandshakeError(BAD_REQUEST, f"unknown topic {unknown[0][:40]!a}")
    return hello


_DECODE: Final = msgspec.json.Decoder(Hello).decode
EXPECTED: Final = 'expected {"token": "…", "topics": […]}'


class LiveEndpoint:
    """The endpoint `WS /api/live`."""

    def __init__(self, hub: Hub, access: AccessControl) -> None:
        self._hub = hub
        self._access = access

    async def serve(self, socket: WebSocket) -> None:
        """Serve one client until it leaves."""
        await socket.accept()
        hello = await self._handshake(socket)
        if hello is None:
            return
        subscriber = Subscriber(hello.topics)
        self._hub.join(subscriber)
        try:
            async with anyio.create_task_group() as tasks:
                tasks.start_soon(_send, socket, subscriber)
                await _until_closed(socket)
                tasks.cancel_scope.cancel()
        finally:
            self._hub.leave(subscriber)

    async def _handshake(self, socket: WebSocket) -> Hello | None:
        """Receive the first message; None if it was refused, which closes the connection."""
        try:
            async with asyncio.timeout(PATIENCE_S):
                message = await socket.receive_text()
            hello = parse_hello(message, self._access)
            if self._hub.full:
                raise HandshakeError(FULL, "too many clients")
        except WebSocketDisconnect:
            return None
        except (TimeoutError, KeyError):
            await socket.close(BAD_REQUEST, EXPECTED)
        except HandshakeError as error:
            await socket.close(error.code, error.reason)
        else:
            return hello
        return None


async def _send(socket: WebSocket, subscriber: Subscriber) -> None:
    """Send messages until the connection closes."""
    with suppress(WebSocketDisconnect):
        while True:
            await socket.send_text(await subscriber.next(HEARTBEAT_S) or HEARTBEAT)


async def _until_closed(socket: WebSocket) -> None:
    """Read and discard messages, to notice when the client disconnects."""
    while (await socket.receive())["type"] != "websocket.disconnect":
        pass
