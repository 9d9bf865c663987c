"""Measures the frames of a page that is awake."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urljoin

from candlefish.bench import cpu, machine, probe, processes, readings
from candlefish.bench.acts import Visitor
from candlefish.bench.allocations import allocated_kb_a_frame
from candlefish.bench.browser import launched
from candlefish.bench.errors import BenchError
from candlefish.bench.film import Film
from candlefish.bench.found import Found
from candlefish.bench.memory import Sampler, Scales
from candlefish.bench.presented import Presented
from candlefish.bench.workers import Workers

if TYPE_CHECKING:
    from collections.abc import Callable

    from playwright.sync_api import Browser, CDPSession, Page

    from candlefish.bench.browser import Chromium
    from candlefish.bench.run import Bench
    from candlefish.bench.scenario import Scenario

COLLECT_FROM_S = 60.0
"""Windows this long are soaks: garbage is collected before each sample, so that what stays is counted."""
SAMPLES = 7
"""Samples of memory in a window that is no soak, for the chart: garbage included, so no growth is told."""
ONE_MORE_FISH = """(number) => {
  const first = document.querySelector("candle-fish");
  let tank = document.getElementById("bench-tank");
  if (tank === null) {
    tank = document.body.appendChild(document.createElement("div"));
    tank.id = "bench-tank";
    tank.style.cssText = "position:fixed;inset:0;display:grid;grid-template-columns:repeat(3,1fr);z-index:9";
  }
  const fish = document.createElement("candle-fish");
  fish.style.cssText = "display:block;min-height:0;height:100%";
  fish.setAttribute("seed", String(number + 100));
  fish.append(first.querySelector(":scope > svg").cloneNode(true));
  tank.append(fish);
}"""


def frames_run(bench: Bench, scenario: Scenario) -> Found:
    """Open the scenario's page, let it warm up, and watch it for the scenario's duration.

    Raises:
        BenchError: the fish does not wake, or draws nothing.
    """
    with launched(bench.playwright, bench.program, scenario) as chromium:
        blank_pss_mb = _renderer_pss_mb(chromium, processes.pss_mb)
        session = chromium.context.new_cdp_session(chromium.page)
        workers = Workers(chromium.page, session)
        session.send("Emulation.setCPUThrottlingRate", {"rate": scenario.cpu_throttle})
        _open(bench, scenario, chromium.page)
        workers.ask("HeapProfiler.enable")
        return _window(scenario, chromium, session, workers, blank_pss_mb, pictures=bench.pictures)


def _open(bench: Bench, scenario: Scenario, page: Page) -> None:
    probe.install(page, scenario, watch_drawing=True, fault=bench.fault)
    page.goto(urljoin(bench.address, scenario.path))
    probe.wait_awake(page)
    for number in range(2, scenario.fish + 1):
        page.evaluate(ONE_MORE_FISH, number)
        probe.wait_awake(page, number)
    page.wait_for_timeout(scenario.warm_up_s * 1000.0)


def _window(
    scenario: Scenario,
    chromium: Chromium,
    session: CDPSession,
    workers: Workers,
    blank_pss_mb: float,
    *,
    pictures: bool,
) -> Found:
    page, drawing, film = chromium.page, probe.Drawing(chromium.page), Film(chromium.page, pictures)
    scales = Scales(page, session, workers, drawing, _page_pss(chromium, blank_pss_mb))
    soak = scenario.duration_s >= COLLECT_FROM_S or scenario.sample_every_s * 8 <= scenario.duration_s
    every_s = scenario.sample_every_s if soak else min(scenario.sample_every_s, scenario.duration_s / SAMPLES)
    sampler = Sampler(scales, every_s, collect=soak)
    visitor = Visitor(page, scenario)
    film.shoot("before")
    presented = Presented(_browser(chromium))
    presented.start()
    page.evaluate("Object.assign(candlefishPage, {long_tasks: [], shifts: [], interactions: {}})")
    began, cpu_before = machine.clock(), cpu.read(chromium)
    drawing.start()
    visitor.play(sampler.tick)
    drew = drawing.read()
    cpu_after, ended = cpu.read(chromium), machine.clock()
    displayed_ms = presented.stop()
    seen = probe.seen(page)
    film.shoot("after")
    visitor.leave()
    values = readings.frame_values(scenario, drew, displayed_ms, seen["hidden"] + sampler.pauses_ms)
    frames = len(drew[0]["frame_at_ms"])
    if cpu_before is not None and cpu_after is not None:
        values |= cpu.per_frame(cpu_before, cpu_after, frames)
    values |= readings.page_values(seen)
    values |= _memory_values(scales, sampler, page, workers, drawing)
    series = readings.series(drew[0], displayed_ms, sampler, seen) | {"shots": film.shots}
    return Found(values, series, readings.notes(drew), began, ended)


def _memory_values(
    scales: Scales, sampler: Sampler, page: Page, workers: Workers, drawing: probe.Drawing
) -> dict[str, float]:
    peak_mb = max((sample.whole_mb for sample in sampler.samples), default=0.0)
    before = scales.sample(0.0)
    scales.collect()
    weighed = scales.weigh()
    after = scales.sample(0.0)
    js_mb = weighed["all"] - _probe_mb(drawing) if weighed else after.heap_mb
    values = {
        "memory_mb": js_mb + after.wasm_mb + after.canvas_mb,
        "memory_peak_mb": max(peak_mb, before.whole_mb),
        "js_mb": js_mb,
        "heap_mb": before.heap_mb,
        "wasm_mb": after.wasm_mb,
        "canvas_mb": after.canvas_mb,
    }
    if after.python_mb:
        values["python_mb"] = after.python_mb
    if processes.available():
        values["renderer_pss_mb"] = after.pss_mb
    values |= {name: interval.estimate for name, interval in sampler.growth().items()}
    allocated_kb = allocated_kb_a_frame(page, workers, drawing)
    return values if allocated_kb is None else values | {"allocated_kb": allocated_kb}


def _probe_mb(drawing: probe.Drawing) -> float:
    return drawing.memory()["probe_bytes"] / 1e6


def _page_pss(chromium: Chromium, blank_mb: float) -> Callable[[], float]:
    return lambda: max(0.0, _renderer_pss_mb(chromium, processes.pss_mb) - blank_mb)


def _renderer_pss_mb(chromium: Chromium, pss_mb: Callable[[int], float]) -> float:
    """The page's renderer: the one with most memory (a browser has others, for its own surfaces)."""
    renderers = [pid for pid, kind in chromium.processes().items() if kind == "renderer"]
    return max((pss_mb(pid) for pid in renderers), default=0.0)


def _browser(chromium: Chromium) -> Browser:
    browser = chromium.context.browser
    if browser is None:
        raise BenchError("the browser has gone")
    return browser
