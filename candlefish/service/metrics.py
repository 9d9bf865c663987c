"""Prometheus metrics of the service and of visitors' pages. Labels are few and fixed."""

from __future__ import annotations

import math
from bisect import bisect_left
from typing import TYPE_CHECKING, Any, Final

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest
from prometheus_client.core import CounterMetricFamily, HistogramMetricFamily

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from prometheus_client import Metric


FPS_BOUNDS: Final = (10, 20, 30, 40, 50, 55, 58, 60, 75, 90, 120, 144)
MEMORY_BOUNDS_MB: Final = (10, 20, 30, 35, 40, 45, 50, 60, 80, 120)
LOAD_BOUNDS_S: Final = (0.25, 0.5, 0.8, 1.0, 1.3, 2.0, 3.0, 5.0, 10.0)
SESSION_BOUNDS_S: Final = (5, 15, 30, 60, 120, 300, 900, 3_600)
LATENCY_BUCKETS_S: Final = (0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.15, 0.25, 0.5, 1.0, 2.0, 3.0, 5.0)
RECENT: Final = 2_048
CONTENT_TYPE: Final = "text/plain; version=0.0.4; charset=utf-8"


class Buckets:
    """A histogram: numbers of values up to each bound, and their sum."""

    def __init__(self, bounds: Sequence[float]) -> None:
        self._bounds = tuple(bounds)
        self._counts = [0] * (len(self._bounds) + 1)
        self._sum = 0.0

    def add(self, value: float) -> None:
        """Add a value."""
        self._counts[bisect_left(self._bounds, value)] += 1
        self._sum += value

    def family(self, name: str, text: str) -> HistogramMetricFamily:
        """The histogram for Prometheus, with cumulative buckets."""
        running, buckets = 0, []
        for bound, count in zip((*self._bounds, float("inf")), self._counts, strict=True):
            running += count
            buckets.append(("+Inf" if bound == float("inf") else f"{float(bound)}", float(running)))
        return HistogramMetricFamily(name, text, buckets=buckets, sum_value=self._sum)


class VisitMetrics:
    """Prometheus collector of the events of visitors' pages. Only for one thread.

    Every accepted event passes here, tens of thousands a second at most, so adding takes few operations.
    """

    def __init__(self) -> None:
        self._fps = Buckets(FPS_BOUNDS)
        self._memory_mb = Buckets(MEMORY_BOUNDS_MB)
        self._load_s = Buckets(LOAD_BOUNDS_S)
        self._session_s = Buckets(SESSION_BOUNDS_S)
        self._trust = {"gained": 0.0, "lost": 0.0}
        self._sessions = {"true": 0, "false": 0}
        self._errors = {"true": 0, "false": 0}
        self._fed = {"true": 0, "false": 0}
        self._mood_s: dict[str, float] = {}
        self._interactions = self._ended_active = self._milestones = 0
        self._dropped = 0.0
        self._handlers = {
            "performance_metrics": self._performance,
            "session_start": self._start,
            "session_end": self._end,
            "mood_transition": self._mood,
            "feeding_interaction": self._feeding,
            "error": self._error,
            "milestone": self._milestone,
        }

    def add(self, events: Iterable[Any]) -> None:
        """Count accepted events."""
        handlers = self._handlers
        for event in events:
            handler = handlers.get(event.__struct_config__.tag)
            if handler is not None:
                handler(event)

    def collect(self) -> Iterator[Metric]:
        """All metrics."""
        yield self._fps.family("candlefish_visitor_fps", "Median frame rate of a window, Hz")
        yield self._memory_mb.family("candlefish_visitor_memory_mb", "Memory of a page, MB")
        yield self._load_s.family("candlefish_visitor_load_seconds", "Navigation to Python's first frame")
        yield self._session_s.family("candlefish_session_seconds", "Length of a visit")
        yield _by("candlefish_session_trust_points", "Trust over whole visits", "change", self._trust)
        yield _by("candlefish_sessions", "Visits that began", "returning", self._sessions)
        yield _by("candlefish_visitor_errors", "Errors of visitors' pages", "fatal", self._errors)
        yield _by("candlefish_feedings", "Pieces of food offered", "eaten", self._fed)
        yield _by("candlefish_mood_seconds", "Time spent in a mood", "mood", self._mood_s)
        yield _total("candlefish_interactions", "What visitors did", self._interactions)
        yield _total("candlefish_sessions_interactive", "Visits with an interaction", self._ended_active)
        yield _total("candlefish_milestones", "Milestones of trust reached", self._milestones)
        yield _total("candlefish_dropped_share", "Sum of the shares of frames dropped", self._dropped)

    def _performance(self, event: Any) -> None:
        self._fps.add(event.fps)
        self._memory_mb.add(event.memory_mb)
        self._dropped += event.dropped

    def _start(self, event: Any) -> None:
        self._sessions["true" if event.returning else "false"] += 1
        if isinstance(event.load_ms, int | float):
            self._load_s.add(event.load_ms / 1000.0)

    def _end(self, event: Any) -> None:
        self._session_s.add(event.duration_s)
        self._trust["gained" if event.trust_gained >= 0 else "lost"] += abs(event.trust_gained)
        self._interactions += event.interactions
        self._ended_active += event.interactions > 0

    def _mood(self, event: Any) -> None:
        self._mood_s[event.before] = self._mood_s.get(event.before, 0.0) + event.dwell_s

    def _feeding(self, event: Any) -> None:
        self._fed["true" if event.eaten else "false"] += 1

    def _error(self, event: Any) -> None:
        self._errors["true" if event.fatal else "false"] += 1

    def _milestone(self, _event: Any) -> None:
        self._milestones += 1


def _by(name: str, text: str, label: str, counts: dict[str, int] | dict[str, float]) -> CounterMetricFamily:
    family = CounterMetricFamily(name, text, labels=[label])
    for value, count in sorted(counts.items()):
        family.add_metric([value], count)
    return family


def _total(name: str, text: str, count: float) -> CounterMetricFamily:
    return CounterMetricFamily(name, text, value=count)


class Metrics:
    """Metrics of one application, in a registry of its own."""

    def __init__(self, visits: VisitMetrics | None = None) -> None:
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
        self.visits = visits or VisitMetrics()
        registry.register(self.visits)
        self._recent_s: list[float] = []
        self._next = 0

    def batch(self, result: str) -> None:
        """Count a batch by its result."""
        self._batches[result].inc()

    def events(self, result: str, count: int) -> None:
        """Count events by result: accepted, duplicate or rejected."""
        if count:
            self.totals[result] += count
            self._events[result].inc(count)

    def request(self, route: str, status: int) -> None:
        """Count a request by route (its pattern, not its path) and status."""
        self._requests.labels(route, str(status)).inc()

    def add_gauge(self, name: str, help_text: str, value: Callable[[], float]) -> None:
        """Add a gauge whose value is read at each scrape."""
        Gauge(name, help_text, registry=self._registry).set_function(value)

    def observe_ingest(self, duration_s: float) -> None:
        """Record the duration of an ingest request, s."""
        self.latency_s.observe(duration_s)
        if len(self._recent_s) < RECENT:
            self._recent_s.append(duration_s)
        else:
            self._recent_s[self._next] = duration_s
            self._next = (self._next + 1) % RECENT

    def p95_ms(self) -> float | None:
        """The 95th percentile of the last RECENT durations, ms; None before the first."""
        if not self._recent_s:
            return None
        ranked = sorted(self._recent_s)
        return ranked[math.ceil(0.95 * len(ranked)) - 1] * 1e3

    def text(self) -> bytes:
        """All metrics in the text format of Prometheus."""
        return generate_latest(self._registry)
