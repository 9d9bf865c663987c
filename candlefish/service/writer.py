"""Group commit: one thread writes, and each commit holds all batches that arrived meanwhile.

`put` returns once its batch is committed. The queue is bounded: beyond that, `QueueFullError`.
"""

from __future__ import annotations

import asyncio
import threading
import time
from collections import deque
from typing import TYPE_CHECKING, Final

from candlefish.service.store.base import StoreError

if TYPE_CHECKING:
    from collections.abc import Callable

    from candlefish.service.store.base import Batch, BatchReceipt, EventStore

WAITING_MAX: Final = 4_000
GROUP_MAX: Final = 1_000
GATHER_S: Final = 0.004
"""Delay of a commit to gather batches: a few ms of latency for several times the throughput."""

_Waiting = tuple["Batch", "asyncio.Future[BatchReceipt]"]


class QueueFullError(Exception):
    """Too many batches wait; try again later."""


class Writer:
    """Writes batches to a store from its own thread. Create and close it on the event loop.

    Args:
        on_commit: called on the writer's thread with the batches in a commit and how long it took, s.
    """

    def __init__(
        self,
        store: EventStore,
        *,
        waiting_max: int = WAITING_MAX,
        on_commit: Callable[[int, float], None] = lambda _count, _took_s: None,
    ) -> None:
        self._store = store
        self._waiting_max = waiting_max
        self._on_commit = on_commit
        self._loop = asyncio.get_running_loop()
        self._queue: deque[_Waiting] = deque()
        self._work = threading.Event()
        self._closed = False
        self._thread = threading.Thread(target=self._run, name="writer", daemon=True)
        self._thread.start()
        self.in_flight = 0

    async def put(self, batch: Batch) -> BatchReceipt:
        """Store a batch; returns once it is committed.

        Raises:
            QueueFullError: too many batches wait already, or the writer is closed.
            StoreError: the store could not commit; the batch is not stored.
        """
        if self.in_flight >= self._waiting_max or self._closed:
            raise QueueFullError
        future: asyncio.Future[BatchReceipt] = self._loop.create_future()
        self.in_flight += 1
        self._queue.append((batch, future))
        self._work.set()
        try:
            return await future
        finally:
            self.in_flight -= 1

    async def close(self) -> None:
        """Write the waiting batches, then stop."""
        self._closed = True
        self._work.set()
        await asyncio.to_thread(self._thread.join)

    def _run(self) -> None:
        while not (self._closed and not self._queue):
            self._work.wait()
            if not self._closed:
                time.sleep(GATHER_S)
            self._work.clear()
            while self._queue:
                self._commit([self._queue.popleft() for _ in range(min(len(self._queue), GROUP_MAX))])
            if self._closed:
                self._work.set()

    def _commit(self, group: list[_Waiting]) -> None:
        start_s = time.perf_counter()
        try:
            receipts = self._store.append([batch for batch, _ in group])
        except Exception as error:  # noqa: BLE001  # every waiting request must get an answer
            self._resolve(_fail, group, error)
            return
        self._on_commit(len(group), time.perf_counter() - start_s)
        self._resolve(_succeed, group, receipts)

    def _resolve(self, answer: Callable[..., None], group: list[_Waiting], result: object) -> None:
        """Resolve the futures of a group in one call to the event loop, unless that is closed."""
        try:
            self._loop.call_soon_threadsafe(answer, group, result)
        except RuntimeError:
            self._closed = True


def _succeed(group: list[_Waiting], receipts: list[BatchReceipt]) -> None:
    for (_, future), receipt in zip(group, receipts, strict=True):
        if not future.done():
            future.set_result(receipt)


def _fail(group: list[_Waiting], error: Exception) -> None:
    for _, future in group:
        if not future.done():
            future.set_exception(error if isinstance(error, StoreError) else StoreError(str(error)))
