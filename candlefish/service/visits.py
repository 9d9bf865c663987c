"""What visitors' pages tell of themselves, for Prometheus: plain counts, made into metrics when asked.

Every accepted event passes here, tens of thousands a second at most, so adding is a few integer operations.
"""

from __future__ import annotations

from bisect import bisect_left
from typing import TYPE_CHECKING, Any, Final

from prometheus_client.core import CounterMetricFamily, HistogramMetricFamily

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from prometheus_client import Metric

FPS_BOUNDS: Final = (10, 20, 30, 40, 50, 55, 58, 60, 75, 90, 120, 144)
MEMORY_BOUNDS_MB: Final = (10, 20, 30, 35, 40, 45, 50, 60, 80, 120)
LOAD_BOUNDS_S: Final = (0.25, 0.5, 0.8, 1.0, 1.3, 2.0, 3.0, 5.0, 10.0)
SESSION_BOUNDS_S: Final = (5, 15, 30, 60, 120, 300, 900, 3_600)


class Buckets:
    """A histogram: how many values up to each bound, and their sum."""

    def __init__(self, bounds: Sequence[float]) -> None:
        self._bounds = tuple(bounds)
        self._counts = [0] * (len(self._bounds) + 1)
        self._sum = 0.0

    def add(self, value: float) -> None:
        """One more value."""
        self._counts[bisect_left(self._bounds, value)] += 1
        self._sum += value

    def family(self, name: str, text: str) -> HistogramMetricFamily:
        """The histogram as Prometheus has it: each bucket holds all the smaller ones."""
        running, buckets = 0, []
        for bound, count in zip((*self._bounds, float("inf")), self._counts, strict=True):
            running += count
            buckets.append(("+Inf" if bound == float("inf") else f"{float(bound)}", float(running)))
        return HistogramMetricFamily(name, text, buckets=buckets, sum_value=self._sum)


class Visits:
    """A collector for Prometheus's registry. Only for one thread."""

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
        """Everything, as metrics."""
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
