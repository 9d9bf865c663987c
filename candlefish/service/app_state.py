"""Shared state of a running service: settings, store, clock, log, metrics, keys and experiments."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Final, TextIO

import msgspec

from candlefish.service.experiments import apply_overrides, load_overrides
from candlefish.service.live import Hub
from candlefish.service.metrics import Metrics
from candlefish.service.privacy import KeyRing
from candlefish.service.store.base import StoreError
from candlefish.service.writer import Writer

if TYPE_CHECKING:
    from collections.abc import Sequence

    from candlefish.experiments.definition import Experiment
    from candlefish.service.settings import Settings
    from candlefish.service.store.base import Store


Clock = Callable[[], int]
"""The wall clock as an argument: returns ms since 1970."""


def now_ms() -> int:
    """The wall clock of this machine."""
    return time.time_ns() // 1_000_000


class Log:
    """Structured log: one JSON object a line, to `stream` (default: standard error). No request is logged."""

    def __init__(self, clock: Clock, stream: TextIO | None = None) -> None:
        self._clock = clock
        self._stream = stream

    def info(self, event: str, **fields: object) -> None:
        """Log an event."""
        self._write("info", event, fields)

    def error(self, event: str, **fields: object) -> None:
        """Log an error."""
        self._write("error", event, fields)

    def _write(self, level: str, event: str, fields: dict[str, object]) -> None:
        entry = {"at_ms": self._clock(), "level": level, "event": event, **fields}
        print(msgspec.json.encode(entry).decode(), file=self._stream or sys.stderr, flush=True)


PREPARED_MS: Final = 60_000
"""Interval of `prepare`, ms."""


class AppState:
    """Shared state of a service; batches can be stored between `start_writer` and `stop_writer`.

    Args:
        experiments: their definitions; the attribute `experiments` has the overrides applied.
    """

    def __init__(
        self,
        settings: Settings,
        store: Store,
        experiments: Sequence[Experiment],
        *,
        clock: Clock = now_ms,
        log: Log | None = None,
        metrics: Metrics | None = None,
    ) -> None:
        self.settings = settings
        self.store = store
        self.clock = clock
        self.log = log or Log(clock)
        self.metrics = metrics or Metrics()
        self.metrics.add_gauge("candlefish_in_flight", "Batches waiting for their commit", self._in_flight)
        self.hub = Hub(self.metrics)
        self.keys = KeyRing(store, settings.secret, os.urandom)
        self._defined = tuple(experiments)
        self.experiments = self._defined
        self._writer: Writer | None = None
        self._prepared_ms: int | None = None
        self._totals = dict(self.metrics.totals)

    @property
    def writer(self) -> Writer:
        """The writer of batches. Raises `StoreError` unless the service runs."""
        if self._writer is None:
            raise StoreError("the service does not run")
        return self._writer

    def prepare(self) -> None:
        """Load keys and overrides before the first request, and again after PREPARED_MS. Blocks."""
        now = self.clock()
        if self._prepared_ms is None or now - self._prepared_ms >= PREPARED_MS:
            self.keys.rotate(now)
            self.refresh_experiments()
            self._prepared_ms = now

    def refresh_experiments(self) -> None:
        """Apply the stored overrides to the definitions."""
        self.experiments = apply_overrides(self._defined, load_overrides(self.store))

    def start_writer(self) -> Writer:
        """Start the thread that writes batches. Call it on the event loop."""
        self._writer = Writer(self.store, waiting_max=self.settings.waiting_max, on_commit=self._committed)
        return self._writer

    async def stop_writer(self, writer: Writer) -> None:
        """Write the batches that wait for a writer that was started, then stop it."""
        await writer.close()
        self._writer = None

    def figures(self, period_s: float) -> dict[str, Any]:
        """The live figures of this process; rates are since the last call, `period_s` ago."""
        totals = self.metrics.totals
        before, self._totals = self._totals, dict(totals)
        return {
            "at_ms": self.clock(),
            **{f"{name}_per_s": round((totals[name] - before[name]) / period_s, 1) for name in totals},
            "p95_ms": self.metrics.p95_ms(),
            "in_flight": self.writer.in_flight,
            "live_clients": len(self.hub),
            "fps": self.hub.fps,
            "memory_mb": self.hub.memory_mb,
            "errors": self.hub.errors,
        }

    def _in_flight(self) -> float:
        return float(self._writer.in_flight) if self._writer else 0.0

    def _committed(self, _batches: int, took_s: float) -> None:
        self.metrics.commits.observe(took_s)
