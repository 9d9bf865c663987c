"""What the service counts of itself, for Prometheus. Labels are few and fixed."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Final

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest

from candlefish.service.visits import Visits

if TYPE_CHECKING:
    from collections.abc import Callable

LATENCY_BUCKETS_S: Final = (0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.15, 0.25, 0.5, 1.0, 2.0, 3.0, 5.0)
RECENT: Final = 2_048
CONTENT_TYPE: Final = "text/plain; version=0.0.4; charset=utf-8"


class Metrics:
    """The counters of one application; each has a registry of its own."""

    def __init__(self, visits: Visits | None = None) -> None:
        self._registry = registry = CollectorRegistry()
        events = Counter("candlefish_events", "Events by what became of them", ["result"], registry=registry)
        batches = Counter(
            "candlefish_batches", "Batches by what became of them", ["result"], registry=registry
        )
        self._events = {result: events.labels(result) for result in ("accepted", "duplicate", "rejected")}
        self.totals = dict.fromkeys(self._events, 0)
        self._batches = {
            result: batches.labels(result)
            for result in ("stored", "malformed", "too_large", "limited", "shed", "failed", "opted_out")
        }
        self.latency_s = Histogram(
            "candlefish_ingest_seconds",
            "From a batch's request to its answer",
            buckets=LATENCY_BUCKETS_S,
            registry=registry,
        )
        self.commits = Histogram(
            "candlefish_commit_seconds", "One group commit", buckets=LATENCY_BUCKETS_S, registry=registry
        )
        self.live_clients = Gauge("candlefish_live_clients", "Open live connections", registry=registry)
        self.live_dropped = Counter(
            "candlefish_live_dropped", "Live messages dropped for slow clients", registry=registry
        )
        self._requests = Counter(
            "candlefish_requests",
            "Other requests by route and status",
            ["route", "status"],
            registry=registry,
        )
        self.visits = visits or Visits()
        registry.register(self.visits)
        self._recent_s: list[float] = []
        self._next = 0

    def batch(self, result: str) -> None:
        """One batch came to this end."""
        self._batches[result].inc()

    def events(self, result: str, count: int) -> None:
        """So many events came to this end: accepted, duplicate or rejected."""
        if count:
            self.totals[result] += count
            self._events[result].inc(count)

    def request(self, route: str, status: int) -> None:
        """One request to a route (its pattern, not its path) was answered."""
        self._requests.labels(route, str(status)).inc()

    def watch(self, name: str, help_text: str, value: Callable[[], float]) -> None:
        """Show a value that is asked for when somebody looks."""
        Gauge(name, help_text, registry=self._registry).set_function(value)

    def took(self, duration_s: float) -> None:
        """A batch was answered in this time."""
        self.latency_s.observe(duration_s)
        if len(self._recent_s) < RECENT:
            self._recent_s.append(duration_s)
        else:
            self._recent_s[self._next] = duration_s
            self._next = (self._next + 1) % RECENT

    def p95_ms(self) -> float | None:
        """The 95th percentile of the last RECENT answers, ms."""
        if not self._recent_s:
            return None
        ranked = sorted(self._recent_s)
        return ranked[math.ceil(0.95 * len(ranked)) - 1] * 1e3

    def text(self) -> bytes:
        """Everything, as Prometheus reads it."""
        return generate_latest(self._registry)
