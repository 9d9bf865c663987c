"""Faults to plant, so that the bench can show it finds them: each with the measures that must name it."""

from __future__ import annotations

from dataclasses import dataclass

_EVERY_FRAME = """
(() => {
  const native = self.requestAnimationFrame.bind(self);
  const plant = %s;
  self.requestAnimationFrame = (callback) => native((at) => { plant(at); callback(at); });
})();
"""
_BUSY_8_MS = "() => { const end = performance.now() + 8; while (performance.now() < end); }"
# Every three seconds, five frames in a row take 60 ms longer.
_BURST = """(() => { let since = 0, left = 0; return (at) => {
  if (at - since > 3000) { since = at; left = 5; }
  if (left > 0) { left -= 1; const end = performance.now() + 60; while (performance.now() < end); }
}; })()"""
_LEAK = "globalThis.leaked = []; setInterval(() => leaked.push(new Float64Array(2184).fill(1)), 1000);"
_LONG_TASK = (
    "setInterval(() => { const end = performance.now() + 62; while (performance.now() < end); }, 1500);"
)
_ASSET = """
addEventListener("load", () => fetch("/candlefish-bench-planted.bin").then((answer) => answer.arrayBuffer()));
"""
PLANTED_PATH = "/candlefish-bench-planted.bin"
PLANTED_BYTES = 200_000


@dataclass(frozen=True, slots=True)
class Fault:
    """Code that makes a page worse, the scenario it shows in, and measures of which one must break."""

    name: str
    title: str
    scenario: str
    seconds: float
    caught_by: frozenset[str]
    page_js: str = ""
    worker_js: str = ""
    extra_bytes: int = 0


FAULTS = (
    Fault(
        "busy-frames",
        "8 ms of busy loop in every frame where it draws",
        "idle",
        8.0,
        frozenset({"work_ms", "work_ratio", "cpu_worker_threads_ms", "cpu_ms", "cpu_ratio"}),
        worker_js=_EVERY_FRAME % _BUSY_8_MS,
    ),
    Fault(
        "leak",
        "1 MB a minute that nobody frees",
        "soak",
        120.0,
        frozenset({"slope_mb_min"}),
        worker_js=_LEAK,
    ),
    Fault(
        "long-task",
        "tasks of 62 ms on the page's thread",
        "idle",
        8.0,
        frozenset({"long_tasks", "long_task_max_ms"}),
        page_js=_LONG_TASK,
    ),
    Fault(
        "asset",
        "one more file of 200 kB",
        "cold-load",
        0.0,
        frozenset({"bytes_kb", "network_kb", "requests", "critical_kb"}),
        page_js=_ASSET,
        extra_bytes=PLANTED_BYTES,
    ),
    Fault(
        "dropped-frames",
        "a burst of late frames every three seconds",
        "idle",
        12.0,
        frozenset({"dropped_percent", "frame_p99_ms", "freeze_ms"}),
        worker_js=_EVERY_FRAME % _BURST,
    ),
)
"""What the self-test plants."""
