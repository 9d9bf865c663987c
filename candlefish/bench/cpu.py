"""Processor time of a browser over a window, by process and by the threads that matter."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from candlefish.bench import processes

if TYPE_CHECKING:
    from candlefish.bench.browser import Chromium

Threads = dict[int, tuple[str, float]]
SUMS = {"renderer": "cpu_renderer_ms", "GPU": "cpu_gpu_ms", "browser": "cpu_browser_ms"}


@dataclass(frozen=True, slots=True)
class Reading:
    """Processor time so far, ms: by process with what it is, and by thread of each renderer."""

    kinds: dict[int, str]
    process_ms: dict[int, float]
    threads: dict[int, Threads]


def read(chromium: Chromium) -> Reading | None:
    """Read the clocks of a browser's processes; None where the system does not tell."""
    if not processes.available():
        return None
    kinds = chromium.processes()
    renderers = [pid for pid, kind in kinds.items() if kind == "renderer"]
    return Reading(
        kinds,
        {pid: processes.process_cpu_ms(pid) for pid in kinds},
        {pid: processes.thread_cpu_ms(pid) for pid in renderers},
    )


def busiest_renderer(before: Reading, after: Reading) -> int:
    """The renderer that worked most between two readings: the page's (a browser has others of its own)."""
    spent = spent_ms(before, after)
    renderers = [pid for pid in after.threads if pid in spent]
    return max(renderers, key=lambda pid: spent[pid])


def spent_ms(before: Reading, after: Reading) -> dict[int, float]:
    """Processor time of each process between two readings."""
    return {pid: ms - before.process_ms.get(pid, 0.0) for pid, ms in after.process_ms.items()}


def per_frame(before: Reading, after: Reading, frames: int) -> dict[str, float]:
    """Processor time a frame, ms: all, by kind of process, the page's own thread and the workers' threads."""
    spent = spent_ms(before, after)
    totals = dict.fromkeys([*SUMS.values(), "cpu_other_ms"], 0.0)
    for pid, ms in spent.items():
        totals[SUMS.get(after.kinds[pid], "cpu_other_ms")] += ms
    page = busiest_renderer(before, after)
    totals |= _by_thread(page, before.threads.get(page, {}), after.threads[page])
    totals["cpu_ms"] = sum(spent.values())
    return {name: ms / frames for name, ms in totals.items()}


def _by_thread(pid: int, before: Threads, after: Threads) -> dict[str, float]:
    spent = {tid: (name, ms - before.get(tid, ("", 0.0))[1]) for tid, (name, ms) in after.items()}
    workers = sum(ms for name, ms in spent.values() if name.startswith(processes.WORKER_THREAD))
    return {"cpu_page_thread_ms": spent.get(pid, ("", 0.0))[1], "cpu_worker_threads_ms": workers}
