"""`--trace`: a DevTools trace of a page that is awake, and a profile of its Python with a flame graph."""

from __future__ import annotations

import json
from html import escape
from statistics import median
from typing import TYPE_CHECKING

from candlefish.bench import browser, probe
from candlefish.bench.errors import BenchError
from candlefish.bench.input_script import InputScript
from candlefish.bench.measures import number
from candlefish.bench.report.charts import call_tree, flame_graph, hottest, without_probe
from candlefish.bench.report.html import html_page
from candlefish.bench.scenario import ScenarioKind, chosen, load_scenarios
from candlefish.bench.target import has_page, served

if TYPE_CHECKING:
    from pathlib import Path

    from playwright.sync_api import Page

    from candlefish.bench.benchmark import BenchOptions
    from candlefish.bench.browser import Chromium
    from candlefish.bench.report.charts import CallNode
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
    InputScript(chromium.page, scenario).play()
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
    InputScript(page, scenario).play()
    stacks = without_probe(drawing.profile_stop())
    frames = len(drawing.read()[0]["frame_at_ms"])
    (directory / "profile.json").write_text(
        json.dumps({"frames": frames, "stacks": stacks}), encoding="utf-8"
    )
    top = call_tree(stacks)
    lines = _table(top, frames)
    text = html_page("The frame in Python", flame_page_body(scenario, top, frames, true_ms))
    (directory / "flame.html").write_text(text, encoding="utf-8")
    print(f"{directory / 'flame.html'}: {frames} frames of {scenario.name}, {number(true_ms)} ms unprofiled")
    print("\n".join(f"{ms:9.3f} ms {calls:7.1f} calls a frame  {name}" for name, ms, calls in lines))


def _table(top: CallNode, frames: int) -> list[tuple[str, float, float]]:
    return [(name, ms / frames, calls / frames) for name, ms, calls in hottest(top, SHOWN)]


def flame_page_body(scenario: Scenario, top: CallNode, frames: int, true_ms: float) -> str:
    """The page's inside: the flame graph, and where time goes; ``true_ms`` is a frame without profiler."""
    rows = "".join(
        f"<tr><td>{escape(name)}</td><td>{number(ms)}</td><td>{number(calls)}</td></tr>"
        for name, ms, calls in _table(top, frames)
    )
    head = "<tr><th></th><th>ms a frame</th><th>calls a frame</th></tr>"
    return (
        f"<h1>The frame in Python</h1><p class='soft'>{escape(scenario.title)}: {frames} frames. "
        f"Unprofiled, one takes {number(true_ms)} ms; profiled, Python takes {number(top.ms / frames)} ms: "
        "read shares, not times. NumPy’s own work counts for the function that calls it.</p>"
        f"<section><div class='scroll'>{flame_graph(top, frames)}</div></section>"
        f"<section><h2>Most time of their own</h2><table>{head}{rows}</table></section>"
    )
