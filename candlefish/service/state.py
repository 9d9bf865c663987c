"""What the parts of a running service share, and the jobs that run beside the requests."""

from __future__ import annotations

import asyncio
import os
import time
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any, Final

from candlefish.service import counting, switches
from candlefish.service.clock import now_ms
from candlefish.service.live import Hub
from candlefish.service.log import Log
from candlefish.service.metrics import Metrics
from candlefish.service.pseudonyms import KeyRing, expired
from candlefish.service.store.base import StoreError
from candlefish.service.writer import Writer

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Sequence

    from candlefish.experiments.definition import Experiment
    from candlefish.service.clock import Clock
    from candlefish.service.settings import Settings
    from candlefish.service.store.base import Removed, Store

TICK_S: Final = 0.5
COUNT_S: Final = 1.0
CATCH_UP_S: Final = 0.05
BUSY_BATCHES: Final = 16
"""So many batches in flight have precedence over counting: both want the same interpreter."""
BUSY_REST: Final = 9.0
KEEP_S: Final = 3_600.0
WATCH_S: Final = 60.0
PREPARED_MS: Final = 60_000


class State:
    """A running service; batches can be stored while it is `running`.

    Args:
        experiments: as they are defined; `experiments` shows them as they are switched.
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
        self.metrics.watch("candlefish_in_flight", "Batches waiting for their commit", self._in_flight)
        self.hub = Hub(self.metrics)
        self.keys = KeyRing(store, settings.secret, os.urandom)
        self._defined = tuple(experiments)
        self.experiments = self._defined
        self._writer: Writer | None = None
        self._prepared_ms: int | None = None
        self._jobs: list[asyncio.Task[None]] = []
        self._totals = dict(self.metrics.totals)

    @property
    def writer(self) -> Writer:
        """Where batches go. Raises `StoreError` unless the service runs."""
        if self._writer is None:
            raise StoreError("the service does not run")
        return self._writer

    def prepare(self) -> None:
        """What must be done before a request, and blocks: keys, switches. Done anew after PREPARED_MS."""
        now = self.clock()
        if self._prepared_ms is None or now - self._prepared_ms >= PREPARED_MS:
            self.keys.turn(now)
            self.refresh_experiments()
            self._prepared_ms = now

    def refresh_experiments(self) -> None:
        """Take over what was started and stopped."""
        self.experiments = switches.applied(self._defined, switches.load(self.store))

    @asynccontextmanager
    async def running(self, *, jobs: bool = True) -> AsyncIterator[None]:
        """Start; at the end write what waits, then stop. `jobs`: also count, publish and clean up."""
        await asyncio.to_thread(self.prepare)
        self._writer = writer = Writer(
            self.store, waiting_max=self.settings.waiting_max, on_commit=self._committed
        )
        if jobs:
            self._jobs = [
                asyncio.create_task(self._publish()),
                asyncio.create_task(self._count()),
                asyncio.create_task(self._every(KEEP_S, self.keep)),
                asyncio.create_task(self._every(WATCH_S, self.watch)),
            ]
        try:
            yield
        finally:
            for job in self._jobs:
                job.cancel()
            await asyncio.gather(*self._jobs, return_exceptions=True)
            await writer.close()
            self._writer = None

    def keep(self) -> Removed:
        """Enforce the retention: remove what is too old, turn the keys, destroy those nobody needs."""
        now, settings = self.clock(), self.settings
        self.keys.turn(now)
        removed = self.store.expire(now - settings.events_kept_ms, now - settings.memories_kept_ms, now)
        self.store.drop_salts(expired(self.store.salts(), now, settings.salts_kept_ms))
        self.keys.turn(now)
        return removed

    def watch(self) -> None:
        """Stop the variants whose guardrails are broken, and say so."""
        self.refresh_experiments()
        for stopped in switches.guard(self.store, self.experiments, self.clock()):
            self.log.error("guardrail", **stopped)
        self.refresh_experiments()

    def figures(self) -> dict[str, Any]:
        """The live figures of this process."""
        totals = self.metrics.totals
        before, self._totals = self._totals, dict(totals)
        return {
            "at_ms": self.clock(),
            **{f"{name}_per_s": round((totals[name] - before[name]) / TICK_S, 1) for name in totals},
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

    async def _publish(self) -> None:
        while True:
            await asyncio.sleep(TICK_S)
            if len(self.hub):
                self.hub.tick(self.figures())

    async def _count(self) -> None:
        """Count all the time, but leave most of it to the batches that are coming in."""
        while True:
            start_s = time.monotonic()
            counted = await self._tried("count", self.count)
            took_s = time.monotonic() - start_s
            await asyncio.sleep(max(CATCH_UP_S, took_s * self._rest()) if counted else COUNT_S)

    def _rest(self) -> float:
        """How long counting rests, as a multiple of how long it worked."""
        return BUSY_REST if self.writer.in_flight >= BUSY_BATCHES else 0.0

    def count(self) -> int:
        """Count a pass of new batches; returns how many there were."""
        return counting.count_once(self.store, self.experiments, self.clock())

    async def _every(self, period_s: float, job: Callable[[], object]) -> None:
        while True:
            await self._tried(job.__name__, job)
            await asyncio.sleep(period_s)

    async def _tried(self, name: str, job: Callable[[], Any]) -> Any:
        """Run a blocking job in a thread; a failure is logged, and the job's turn comes again."""
        try:
            return await asyncio.to_thread(job)
        except StoreError as error:
            self.log.error("job", job=name, error=str(error))
            return None
