"""Live messages: published once, sent to whoever asked, never waiting for anyone slow.

Each client has a short queue. When it is full the oldest message goes, and the next one sent says how
many went. What is published in a tick is encoded once, for all.
"""

from __future__ import annotations

import asyncio
from collections import deque
from statistics import median
from typing import TYPE_CHECKING, Any, Final

import anyio
import msgspec

if TYPE_CHECKING:
    from collections.abc import Iterable

    from candlefish.service.metrics import Metrics

TOPICS: Final = ("metrics", "moods", "trust", "milestones")
QUEUE_MAX: Final = 32
CLIENTS_MAX: Final = 4_000
SHOWN_A_TICK: Final = 20
WINDOWS: Final = 60
_ENCODE: Final = msgspec.json.Encoder().encode


class Subscriber:
    """One client's queue."""

    def __init__(self, topics: Iterable[str]) -> None:
        self.topics = frozenset(topics)
        self.dropped = 0
        self._queue: deque[str] = deque()
        self._ready = asyncio.Event()

    def offer(self, message: str) -> int:
        """Queue a message. Returns how many older ones made room: 0 or 1."""
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
    """Who listens, and what happened since the last tick. Only for the event loop's thread."""

    def __init__(self, metrics: Metrics) -> None:
        self._metrics = metrics
        self._subscribers: set[Subscriber] = set()
        self._recent: dict[str, list[dict[str, Any]]] = {}
        self._missed: dict[str, int] = {}
        self._windows: deque[tuple[float, float]] = deque(maxlen=WINDOWS)
        self.errors = 0

    def __len__(self) -> int:
        """How many listen."""
        return len(self._subscribers)

    @property
    def full(self) -> bool:
        """No more may listen."""
        return len(self._subscribers) >= CLIENTS_MAX

    def join(self, subscriber: Subscriber) -> None:
        """Begin to listen."""
        self._subscribers.add(subscriber)
        self._metrics.live_clients.set(len(self._subscribers))

    def leave(self, subscriber: Subscriber) -> None:
        """Stop listening."""
        self._subscribers.discard(subscriber)
        self._metrics.live_clients.set(len(self._subscribers))

    @property
    def fps(self) -> float | None:
        """The median of the last WINDOWS frame rates that were told, Hz."""
        return round(median(fps for fps, _ in self._windows), 1) if self._windows else None

    @property
    def memory_mb(self) -> float | None:
        """The median memory of the same windows, MB."""
        return round(median(memory for _, memory in self._windows), 1) if self._windows else None

    def saw(self, events: Iterable[Any]) -> None:
        """Committed events: those that are shown live wait for the tick, without any id."""
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
        """Publish the metrics, and what was seen since the last tick."""
        self.publish("metrics", metrics)
        for topic, shown in self._recent.items():
            self.publish(topic, {"changes": shown, "more": self._missed.get(topic, 0)})
        self._recent, self._missed = {}, {}

    def publish(self, topic: str, data: object) -> None:
        """Send a message to everyone who asked for its topic."""
        message = _ENCODE({"topic": topic, "data": data}).decode()
        lost = sum(each.offer(message) for each in self._subscribers if topic in each.topics)
        if lost:
            self._metrics.live_dropped.inc(lost)


_TOPIC_OF: Final = {"mood_transition": "moods", "trust_level_change": "trust", "milestone": "milestones"}
_SHOWN: Final = {
    "moods": ("before", "after", "reason", "trust"),
    "trust": ("trust", "change", "cause"),
    "milestones": ("name", "trust"),
}
