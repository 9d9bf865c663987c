"""Frame run: the pace, processor time, memory, long tasks and interactions of an awake page."""

from __future__ import annotations

from dataclasses import dataclass
from statistics import median
from typing import TYPE_CHECKING, Any
from urllib.parse import urljoin

from candlefish.bench import BenchError, machine, probe
from candlefish.bench.browser import WorkerSessions, launched
from candlefish.bench.input_script import input_script
from candlefish.bench.memory_sampler import MemorySampler, MemorySeries, allocated_kb_a_frame, as_json
from candlefish.bench.runs import Measurement
from candlefish.bench.statistics import FramePace, frame_pace, quantile

if TYPE_CHECKING:
    from collections.abc import Callable

    from playwright.sync_api import Browser, Page

    from candlefish.bench.browser import Chromium
    from candlefish.bench.runs import RunSetup
    from candlefish.bench.scenario import Scenario

COLLECT_FROM_S = 60.0
"""Windows this long are soaks: garbage is collected before each sample, so that what stays is counted."""
SAMPLES = 7
"""Memory samples in a window that is no soak, for the chart: garbage included, so no growth is reported."""
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


@dataclass(frozen=True, slots=True)
class _Instruments:
    """The instruments of one page."""

    page: Page
    workers: WorkerSessions
    drawing: probe.DrawingProbe
    sampler: MemorySampler


def measure_frames(setup: RunSetup, scenario: Scenario) -> Measurement:
    """Open the scenario's page, let it warm up, and measure it for the scenario's duration.

    Raises:
        BenchError: the fish does not wake, or draws nothing.
    """
    with launched(setup.playwright, setup.program, scenario) as chromium:
        page, blank_pss_mb = chromium.page, _renderer_pss_mb(chromium)
        session = chromium.context.new_cdp_session(page)
        workers = WorkerSessions(page, session)
        session.send("Emulation.setCPUThrottlingRate", {"rate": scenario.cpu_throttle})
        _open(setup, scenario, page)
        workers.ask("HeapProfiler.enable")
        drawing = probe.DrawingProbe(page)
        sampler = MemorySampler(page, session, workers, drawing, _page_pss(chromium, blank_pss_mb))
        instruments = _Instruments(page, workers, drawing, sampler)
        return _measure_window(scenario, chromium, instruments, pictures=setup.pictures)


def _open(setup: RunSetup, scenario: Scenario, page: Page) -> None:
    probe.install(page, scenario, watch_drawing=True, fault=setup.fault)
    page.goto(urljoin(setup.address, scenario.path))
    probe.wait_awake(page)
    for number in range(2, scenario.fish + 1):
        page.evaluate(ONE_MORE_FISH, number)
        probe.wait_awake(page, number)
    page.wait_for_timeout(scenario.warm_up_s * 1000.0)


def _measure_window(
    scenario: Scenario, chromium: Chromium, instruments: _Instruments, *, pictures: bool
) -> Measurement:
    page, drawing = instruments.page, instruments.drawing
    series = _memory_series(scenario, instruments.sampler)
    script, screenshots = input_script(page, scenario), probe.Screenshots(page, pictures)
    screenshots.take("before")
    display = probe.DisplayTrace(_browser(chromium))
    display.start()
    page.evaluate("Object.assign(candlefishPage, {long_tasks: [], shifts: [], interactions: {}})")
    began, cpu_before = machine.read_clock(), machine.read_cpu(chromium)
    drawing.start()
    script.play(series.tick)
    drew = drawing.read()
    cpu_after, ended = machine.read_cpu(chromium), machine.read_clock()
    displayed_ms = display.stop()
    record = probe.read_page(page)
    screenshots.take("after")
    script.restore()
    values = _frame_values(scenario, drew, displayed_ms, record["hidden"] + series.pauses_ms)
    frames = len(drew[0]["frame_at_ms"])
    if cpu_before is not None and cpu_after is not None:
        values |= machine.cpu_per_frame(cpu_before, cpu_after, frames)
    values |= _page_values(record)
    values |= _memory_values(instruments, series)
    charted = _chart_series(drew[0], displayed_ms, series, record) | {"shots": screenshots.shots}
    return Measurement(values, charted, _notes(drew), began, ended)


def _memory_series(scenario: Scenario, sampler: MemorySampler) -> MemorySeries:
    soak = scenario.duration_s >= COLLECT_FROM_S or scenario.sample_every_s * 8 <= scenario.duration_s
    every_s = scenario.sample_every_s if soak else min(scenario.sample_every_s, scenario.duration_s / SAMPLES)
    return MemorySeries(sampler, every_s, collect=soak)


def _frame_values(
    scenario: Scenario, drew: list[dict[str, Any]], displayed_ms: list[float], excluded_ms: list[list[float]]
) -> dict[str, float]:
    """Pace and phases of the thread that drew most.

    ``excluded_ms``: spans that do not count (the page was hidden), on the wall clock. The display's own clock
    is another, so the presented pace is then left out.
    """
    window_ms = scenario.duration_s * 1000.0
    first = drew[0]
    frames = len(first["frame_at_ms"])
    hidden = [(begin - first["origin_ms"], end - first["origin_ms"]) for begin, end in excluded_ms]
    values = _pace_values("", frame_pace(first["frame_at_ms"], window_ms, hidden))
    if not hidden:
        values |= _pace_values("presented_", frame_pace(displayed_ms, window_ms))
    values |= {"work_ms": median(first["work_ms"]), "work_p95_ms": quantile(first["work_ms"], 0.95)}
    for name in ("step_ms", "list_ms"):
        if first[name]:
            values |= {name: median(first[name]), "raster_ms": median(first["raster_ms"])}
    if first["to_python"]:
        values["crossings"] = (first["to_python"] + first["to_javascript"]) / frames
    return values


def _pace_values(prefix: str, pace: FramePace | None) -> dict[str, float]:
    if pace is None:
        return {}
    return {
        f"{prefix}fps": pace.fps,
        f"{prefix}frame_median_ms": pace.median_ms,
        f"{prefix}frame_p95_ms": pace.p95_ms,
        f"{prefix}frame_p99_ms": pace.p99_ms,
        f"{prefix}frame_max_ms": pace.max_ms,
        f"{prefix}dropped_percent": pace.dropped_percent,
        f"{prefix}freeze_ms": pace.freeze_ms,
    }


def _page_values(record: dict[str, Any]) -> dict[str, float]:
    """Long tasks and interactions of the page's own thread."""
    tasks = [task["ms"] for task in record["long_tasks"]]
    values = {"long_tasks": float(len(tasks)), "long_task_max_ms": max(tasks, default=0.0)}
    if record["interactions"]:
        values["inp_ms"] = quantile(list(record["interactions"].values()), 0.98)
    return values


def _memory_values(instruments: _Instruments, series: MemorySeries) -> dict[str, float]:
    sampler, drawing = instruments.sampler, instruments.drawing
    peak_mb = max((sample.whole_mb for sample in series.samples), default=0.0)
    before = sampler.sample(0.0)
    sampler.collect_garbage()
    measured = sampler.measure()
    after = sampler.sample(0.0)
    js_mb = measured["all"] - drawing.memory()["probe_bytes"] / 1e6 if measured else after.heap_mb
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
    if machine.processes_measurable():
        values["renderer_pss_mb"] = after.pss_mb
    values |= {name: interval.estimate for name, interval in series.growth().items()}
    allocated_kb = allocated_kb_a_frame(instruments.page, instruments.workers, drawing)
    return values if allocated_kb is None else values | {"allocated_kb": allocated_kb}


def _page_pss(chromium: Chromium, blank_mb: float) -> Callable[[], float]:
    return lambda: max(0.0, _renderer_pss_mb(chromium) - blank_mb)


def _renderer_pss_mb(chromium: Chromium) -> float:
    """PSS of the page's renderer: the one with most memory (a browser has others, for its own surfaces)."""
    renderers = [pid for pid, kind in chromium.processes().items() if kind == "renderer"]
    return max((machine.pss_mb(pid) for pid in renderers), default=0.0)


def _browser(chromium: Chromium) -> Browser:
    browser = chromium.context.browser
    if browser is None:
        raise BenchError("the browser has gone")
    return browser


def _chart_series(
    first: dict[str, Any], displayed_ms: list[float], series: MemorySeries, record: dict[str, Any]
) -> dict[str, Any]:
    """The series that the report's charts are drawn from."""
    origin_ms = first["frame_at_ms"][0]
    shown_ms = displayed_ms[0] if displayed_ms else 0.0
    slopes = {
        name: {"estimate": one.estimate, "low": one.low, "high": one.high}
        for name, one in series.growth().items()
    }
    moods = [event["detail"].get("mood") for event in record["events"] if event["name"] == "moodchange"]
    return {
        "frame_at_ms": [round(at - origin_ms, 2) for at in first["frame_at_ms"]],
        "work_ms": [round(ms, 3) for ms in first["work_ms"]],
        "displayed_at_ms": [round(at - shown_ms, 2) for at in displayed_ms],
        "memory": as_json(series.samples),
        "slopes": slopes,
        "moods": moods,
    }


def _notes(drew: list[dict[str, Any]]) -> list[str]:
    """Reasons why something was not measured."""
    troubles = {one["trouble"] for one in drew if one["trouble"]}
    return [f"phases inside Python were not measured: {trouble}" for trouble in sorted(troubles)]
