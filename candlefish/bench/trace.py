"""`--trace`: a DevTools trace of a page that is awake, and a profile of its Python with a flame graph."""

from __future__ import annotations

import json
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING

from candlefish.bench import BenchError, browser, probe
from candlefish.bench.input_script import input_script
from candlefish.bench.scenario import ScenarioKind, chosen, load_scenarios
from candlefish.bench.target import has_page, served
from candlefish.report.charts import CallNode, number
from candlefish.report.page import page

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from playwright.sync_api import Page

    from candlefish.bench.benchmark import BenchOptions
    from candlefish.bench.browser import Chromium
    from candlefish.bench.probe import Stacks
    from candlefish.bench.scenario import Scenario

CATEGORIES = [
    "-*",
    "blink.user_timing",
    "devtools.timeline",
    "disabled-by-default-devtools.timeline",
    "disabled-by-default-devtools.timeline.frame",
    "disabled-by-default-v8.cpu_profiler",
    "latencyInfo",
    "loading",
    "toplevel",
    "v8.execute",
]
TEMPLATE = Path(__file__).with_name("flame.html")
PROBE = "<string>:"
DEFAULT_S = 5.0
SHOWN = 25


def run_trace(options: BenchOptions, directory: Path) -> int:
    """Write ``trace.json`` (for DevTools), ``profile.json`` and ``flame.html`` into a directory; return 0.

    Raises:
        BenchError: it could not run.
    """
    from playwright.sync_api import Error, sync_playwright  # noqa: PLC0415  # an extra: not always installed

    wanted = chosen(load_scenarios(), options.scenarios or ("idle",))
    scenario = wanted[0].lasting(options.seconds or DEFAULT_S)
    if len(wanted) > 1 or scenario.kind is not ScenarioKind.FRAMES:
        raise BenchError("a trace is of one scenario that watches frames, like --scenario idle")
    directory.mkdir(parents=True, exist_ok=True)
    try:
        with served(options.target) as address, sync_playwright() as playwright:
            if not has_page(address, scenario.path):
                raise BenchError(
                    f"scenario {scenario.name} needs the page {scenario.path}, which is not there"
                )
            with browser.launched(playwright, browser.find_program(), scenario) as chromium:
                probe.install(chromium.page, scenario, watch_drawing=True)
                chromium.page.goto(address + scenario.path)
                probe.wait_awake(chromium.page)
                chromium.page.wait_for_timeout(scenario.warm_up_s * 1000.0)
                _trace(chromium, scenario, directory)
                _profile(chromium.page, scenario, directory)
    except Error as error:
        raise BenchError(f"the browser failed: {str(error).strip().splitlines()[0]}") from error
    return 0


def _trace(chromium: Chromium, scenario: Scenario, directory: Path) -> None:
    running = chromium.context.browser
    if running is None:
        raise BenchError("the browser has gone")
    running.start_tracing(page=chromium.page, categories=CATEGORIES)
    input_script(chromium.page, scenario).play()
    path = directory / "trace.json"
    path.write_bytes(running.stop_tracing())
    print(f"{path}: open it in DevTools, Performance, Load profile")


def _profile(page: Page, scenario: Scenario, directory: Path) -> None:
    """Once without the profiler, for the true time of a frame, and once with it, for its parts."""
    drawing = probe.DrawingProbe(page)
    drawing.start()
    page.wait_for_timeout(1000.0)
    true_ms = median(drawing.read()[0]["work_ms"])
    drawing.start()
    drawing.profile_start()
    input_script(page, scenario).play()
    stacks = without_probe(drawing.profile_stop())
    frames = len(drawing.read()[0]["frame_at_ms"])
    (directory / "profile.json").write_text(
        json.dumps({"frames": frames, "stacks": stacks}), encoding="utf-8"
    )
    top = call_tree(stacks)
    lines = _table(top, frames)
    text = flame_page(scenario, top, frames, true_ms)
    (directory / "flame.html").write_text(text, encoding="utf-8")
    print(f"{directory / 'flame.html'}: {frames} frames of {scenario.name}, {number(true_ms)} ms unprofiled")
    print("\n".join(f"{ms:9.3f} ms {calls:7.1f} calls a frame  {name}" for name, ms, calls in lines))


def _table(top: CallNode, frames: int) -> list[tuple[str, float, float]]:
    return [(name, ms / frames, calls / frames) for name, ms, calls in hottest(top, SHOWN)]


def flame_page(scenario: Scenario, top: CallNode, frames: int, true_ms: float) -> str:
    """The flame graph as a page, with the functions that take most time; ``true_ms``: a frame unprofiled."""
    rows = _table(top, frames)
    return page(TEMPLATE, scenario=scenario, top=top, frames=frames, true_ms=true_ms, rows=rows)


def without_probe(stacks: Stacks) -> Stacks:
    """The stacks without the probe's own timing, which runs from a string and not from a file."""
    return [
        ([name for name in stack if not name.startswith(PROBE)], ms, calls)
        for stack, ms, calls in stacks
        if not stack[-1].startswith(PROBE)
    ]


def call_tree(stacks: Iterable[tuple[Sequence[str], float, int]], root: str = "frame") -> CallNode:
    """The stacks as one tree; its root takes the time of all."""
    top = CallNode(root)
    for stack, ms, calls in stacks:
        node = top
        for name in stack:
            node = node.below.setdefault(name, CallNode(name))
        node.ms += ms
        node.calls += calls
    top.ms = sum(node.ms for node in top.below.values())
    return top


def hottest(top: CallNode, count: int) -> list[tuple[str, float, int]]:
    """The functions with most time of their own, over all that call them: name, ms, calls."""
    totals: dict[str, tuple[float, int]] = {}
    for node in _nodes(top):
        ms, calls = totals.get(node.name, (0.0, 0))
        totals[node.name] = (ms + node.self_ms, calls + node.calls)
    ranked = sorted(totals.items(), key=lambda one: -one[1][0])
    return [(name, ms, calls) for name, (ms, calls) in ranked[:count]]


def _nodes(node: CallNode) -> Iterator[CallNode]:
    yield node
    for child in node.below.values():
        yield from _nodes(child)
