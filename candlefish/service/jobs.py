"""Background jobs of a running service: counting, guardrails, retention, and live figures."""

from __future__ import annotations

import asyncio
import time
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any, Final

from candlefish.service import aggregation
from candlefish.service.experiments import enforce_guardrails
from candlefish.service.privacy import expired_salts
from candlefish.service.store.base import StoreError

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable

    from candlefish.service.app_state import AppState
    from candlefish.service.store.base import Removed

TICK_S: Final = 0.5
COUNT_S: Final = 1.0
CATCH_UP_S: Final = 0.05
BUSY_BATCHES: Final = 16
"""From so many batches in flight on counting rests: both need the same interpreter."""
BUSY_REST: Final = 9.0
KEEP_S: Final = 3_600.0
WATCH_S: Final = 60.0


@asynccontextmanager
async def running(state: AppState, *, jobs: bool = True) -> AsyncIterator[None]:
    """Run the writer and, with `jobs`, the background jobs; waiting batches are written at the end."""
    await asyncio.to_thread(state.prepare)
    writer = state.start_writer()
    tasks = _start(state) if jobs else []
    try:
        yield
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await state.stop_writer(writer)


def count(state: AppState) -> int:
    """Count one pass of new batches. Returns their number."""
    return aggregation.count_once(state.store, state.experiments, state.clock())


def enforce_retention(state: AppState) -> Removed:
    """Remove expired data, rotate the keys, and destroy the salts that are no longer needed."""
    now, settings = state.clock(), state.settings
    state.keys.rotate(now)
    removed = state.store.expire(now - settings.events_kept_ms, now - settings.memories_kept_ms, now)
    state.store.drop_salts(expired_salts(state.store.salts(), now, settings.salts_kept_ms))
    state.keys.rotate(now)
    return removed


def check_guardrails(state: AppState) -> None:
    """Stop the variants that break a guardrail, and log each."""
    state.refresh_experiments()
    for stopped in enforce_guardrails(state.store, state.experiments, state.clock()):
        state.log.error("guardrail", **stopped)
    state.refresh_experiments()


def _start(state: AppState) -> list[asyncio.Task[None]]:
    return [
        asyncio.create_task(_publish(state)),
        asyncio.create_task(_count_forever(state)),
        asyncio.create_task(_every(state, KEEP_S, "keep", lambda: enforce_retention(state))),
        asyncio.create_task(_every(state, WATCH_S, "watch", lambda: check_guardrails(state))),
    ]


async def _publish(state: AppState) -> None:
    while True:
        await asyncio.sleep(TICK_S)
        if len(state.hub):
            state.hub.tick(state.figures(TICK_S))


async def _count_forever(state: AppState) -> None:
    """Count continuously, but rest while many batches come in."""
    while True:
        start_s = time.monotonic()
        counted = await _try(state, "count", lambda: count(state))
        took_s = time.monotonic() - start_s
        rest = BUSY_REST if state.writer.in_flight >= BUSY_BATCHES else 0.0
        await asyncio.sleep(max(CATCH_UP_S, took_s * rest) if counted else COUNT_S)


async def _every(state: AppState, period_s: float, name: str, job: Callable[[], object]) -> None:
    while True:
        await _try(state, name, job)
        await asyncio.sleep(period_s)


async def _try(state: AppState, name: str, job: Callable[[], Any]) -> Any:
    """Run a blocking job in a thread; a failure of the store is logged, and the job runs again later."""
    try:
        return await asyncio.to_thread(job)
    except StoreError as error:
        state.log.error("job", job=name, error=str(error))
        return None
