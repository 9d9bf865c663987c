"""What it costs: frames, memory, the main thread, the way across the boundary.

The figures go to artefacts/browser.json. The bounds only catch disasters: machines that run tests are slow
and shared.
"""

from __future__ import annotations

import random
import statistics
import time
from itertools import pairwise
from typing import TYPE_CHECKING

import pytest

from tests.web.artefact import record
from tests.web.visit import ISOLATED

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from playwright.sync_api import Browser

    from tests.web.visit import Visit, Visits

pytestmark = pytest.mark.browser

DISASTER_MS = 1000
"""Starting Python on the main thread takes longer; a busy machine alone does not stop a page for as long."""
CANVAS_BYTES = 1280 * 720 * 4 * 2
"""What is painted and what is shown."""

LONG_TASKS = """
window.longTasks = [];
new PerformanceObserver((list) =>
  list.getEntries().forEach((task) => longTasks.push([task.startTime, task.duration].map(Math.round))),
).observe({ type: "longtask", buffered: true });
"""
FRAME_TIMES = """() => {
  self.frameTimes = [];
  const tick = (time) => (frameTimes.push(time), requestAnimationFrame(tick));
  requestAnimationFrame(tick);
}"""
# Counts every call that WebAssembly makes into JavaScript. `invoke_*` only comes straight back.
COUNT_CALLS = """
self.calls = 0;
self.names = {};
const { instantiate, instantiateStreaming } = WebAssembly;
const isWasm = (one) => /^function \\d+\\(/.test(Function.prototype.toString.call(one));
const count = (name, one) => function (...values) {
  self.calls += 1;
  self.names[name] = (self.names[name] ?? 0) + 1;
  return one.apply(this, values);
};
function counted(imports) {
  if (!imports?.env) return imports;
  const get = (env, name) => {
    const one = env[name];
    return typeof one !== "function" || name.startsWith("invoke_") || isWasm(one) ? one : count(name, one);
  };
  return { ...imports, env: new Proxy(imports.env, { get }) };
}
WebAssembly.instantiate = (source, imports) => instantiate(source, counted(imports));
WebAssembly.instantiateStreaming = (source, imports) => instantiateStreaming(source, counted(imports));
"""


@pytest.fixture(scope="module")
def chromium(whole_chromium: Browser) -> Browser:
    """Chromium as visitors have it: its headless shell does not tell of memory."""
    return whole_chromium


def play(visit: Visit, seconds: float) -> None:
    """Random pointer input: gentle ways, a pause, a click now and then."""
    hand = random.Random(4)
    x, y = 640.0, 360.0
    end_s = time.monotonic() + seconds
    while time.monotonic() < end_s:
        goal_x, goal_y = hand.uniform(40, 1240), hand.uniform(40, 680)
        steps = hand.randint(8, 40)
        for _ in range(steps):
            x, y = x + (goal_x - x) / 8, y + (goal_y - y) / 8
            visit.page.mouse.move(x, y)
            visit.page.wait_for_timeout(12)
        if hand.random() < 0.2:
            visit.page.mouse.click(x, min(y, 420))


@pytest.mark.alone
def test_frames_come_in_time_and_the_page_is_left_alone(
    visit: Visit, amount: Callable[[int, int], int]
) -> None:
    visit.page.add_init_script(LONG_TASKS)
    visit.open()
    timeline = visit.wait_awake()["timeline"]
    record("timeline_ms", timeline)
    visit.page.wait_for_timeout(1500)
    visit.page.workers[0].evaluate(FRAME_TIMES)
    before = visit.state()["frames"]
    play(visit, amount(8, 60))
    times = visit.page.workers[0].evaluate("() => frameTimes")
    drawn = visit.state()["frames"] - before
    intervals = sorted(later - sooner for sooner, later in pairwise(times))
    perf = visit.events("perf")
    figures = {
        "seconds": round((times[-1] - times[0]) / 1000, 1),
        "median_fps": round(1000 / statistics.median(intervals), 1),
        "p99_ms": round(intervals[int(0.99 * len(intervals))], 2),
        "dropped_share": round(sum(one > 25 for one in intervals) / len(intervals), 4),
        "drawn": drawn,
        "asked": len(times),
        "python_ms": perf[-1]["work_ms"],
    }
    record("frames", figures)
    tasks = visit.page.evaluate("longTasks")
    record(
        "long_tasks", {"all": tasks, "after_ready": [task for task in tasks if task[0] > timeline["ready"]]}
    )
    assert figures["median_fps"] > 25
    assert drawn > 0.9 * len(times)
    assert figures["python_ms"] < 16
    assert visit.events("error") == []
    assert all(duration < DISASTER_MS for _, duration in tasks), "Python has run on the page's own thread"


def test_memory_stays_within_fifty_megabytes(awake: Visit) -> None:
    play(awake, 5)
    javascript = awake.page.evaluate("async () => (await performance.measureUserAgentSpecificMemory()).bytes")
    wasm = awake.state()["wasm_bytes"]
    total = javascript + wasm + CANVAS_BYTES
    record(
        "memory_mb",
        {
            "javascript": round(javascript / 1e6, 2),
            "webassembly": round(wasm / 1e6, 2),
            "canvas": round(CANVAS_BYTES / 1e6, 2),
            "total": round(total / 1e6, 2),
        },
    )
    assert total < 50e6


def test_a_frame_crosses_the_boundary_a_few_times_only(visit: Visit, dist: Path) -> None:
    worker = next(dist.glob("app-*/worker.js")).read_text(encoding="utf-8")
    visit.page.context.route(
        "**/worker.js",
        lambda route: route.fulfill(
            body=COUNT_CALLS + worker, content_type="text/javascript", headers=ISOLATED
        ),
    )
    visit.open()
    visit.wait_awake()
    play(visit, 2)
    ask = "() => ({ calls, names: { ...names } })"
    first, before = visit.page.workers[0].evaluate(ask), visit.state()["frames"]
    play(visit, 5)
    last, after = visit.page.workers[0].evaluate(ask), visit.state()["frames"]
    frames = after - before
    assert first["calls"] > 1000, "nothing was counted: not how Pyodide is instantiated"
    names = {name: round((n - first["names"].get(name, 0)) / frames, 2) for name, n in last["names"].items()}
    busiest = dict(sorted(names.items(), key=lambda item: -item[1])[:12])
    per_frame = (last["calls"] - first["calls"]) / frames
    record("crossings_per_frame", {"all": round(per_frame, 1), "busiest": busiest})
    assert per_frame <= 60


def test_bytes_on_the_way_to_the_first_paint(visits: Visits) -> None:
    visit = visits.new(java_script_enabled=False)
    sizes: dict[str, int] = {}
    visit.page.on("response", lambda response: sizes.update({response.url: len(response.body())}))
    visit.open()
    visit.page.wait_for_timeout(300)
    record("first_paint_files", len(sizes))
    assert set(sizes) == {f"{visit.address}/"}, "the first paint needs the page and nothing else"
