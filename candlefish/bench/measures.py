"""Measures: name, unit, direction, noise, text form and budget of every number that the bench reports."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from importlib.resources import files
from typing import TYPE_CHECKING, Annotated

from msgspec import Meta

from candlefish.bench import BenchError
from candlefish.bench.scenario import ScenarioKind
from candlefish.report.charts import number
from candlefish.tables import convert, load_toml

if TYPE_CHECKING:
    from collections.abc import Collection
    from pathlib import Path

    from candlefish.bench.scenario import Scenario
HEADLINES = (
    "fps",
    "frame_p99_ms",
    "dropped_percent",
    "cpu_ms",
    "work_ms",
    "memory_mb",
    "slope_mb_min",
    "fcp_ms",
    "ready_ms",
    "bytes_kb",
)
"""The measures that summaries, the report's facts and the history show."""
Limit = Annotated[float, Meta(ge=-1e9)]  # not a number is below it too
Budgets = dict[str, dict[str, Limit]]
"""Limits by measure, by section: ``frames``, ``load`` (all scenarios of a kind) or a scenario's name."""
KINDS = {ScenarioKind.FRAMES: "frames", ScenarioKind.COLD_LOAD: "load", ScenarioKind.REPEAT_LOAD: "load"}


class Noise(StrEnum):
    """What a busy machine does to a measure."""

    EXACT = "exact"
    """Nothing: bytes, counts, sizes."""
    MEMORY = "memory"
    """Little: collections come when they come."""
    CPU = "cpu"
    """Some: shared caches and clocks make the same work dearer."""
    TIME = "time"
    """Everything: who does not get the processor is late."""


@dataclass(frozen=True, slots=True)
class Measure:
    """A number of a run. ``tolerance``: a change by less (share of the value, plus ``floor``) is no news."""

    name: str
    title: str
    unit: str
    noise: Noise
    group: str
    more_is_better: bool = False
    tolerance: float = 0.10
    floor: float = 0.0

    def exceeds(self, value: float, limit: float) -> bool:
        """Whether a value is on the bad side of a limit."""
        return value < limit if self.more_is_better else value > limit


def _paces(prefix: str, where: str) -> list[Measure]:
    group, time = f"Frames {where}", Noise.TIME
    return [
        Measure(f"{prefix}fps", f"frames a second, {where}", "1/s", time, group, more_is_better=True),
        Measure(f"{prefix}frame_median_ms", f"frame interval {where}, median", "ms", time, group),
        Measure(f"{prefix}frame_p95_ms", f"frame interval {where}, p95", "ms", time, group, floor=1.0),
        Measure(f"{prefix}frame_p99_ms", f"frame interval {where}, p99", "ms", time, group, floor=4.0),
        Measure(
            f"{prefix}frame_max_ms",
            f"frame interval {where}, longest",
            "ms",
            time,
            group,
            tolerance=0.5,
            floor=34.0,
        ),
        Measure(f"{prefix}dropped_percent", f"frames dropped {where}", "%", time, group, floor=1.0),
        Measure(
            f"{prefix}freeze_ms", f"longest freeze {where}", "ms", time, group, tolerance=0.5, floor=34.0
        ),
    ]


def _cpu(name: str, title: str, unit: str = "ms/frame", floor: float = 0.15) -> Measure:
    return Measure(name, title, unit, Noise.CPU, "Processor", floor=floor)


def _phase(name: str, title: str) -> Measure:
    return Measure(name, title, "ms", Noise.CPU, "Phases of a frame", floor=0.1)


def _memory(name: str, title: str, unit: str = "MB", floor: float = 1.0) -> Measure:
    return Measure(name, title, unit, Noise.MEMORY, "Memory", tolerance=0.05, floor=floor)


def _load(name: str, title: str) -> Measure:
    return Measure(name, title, "ms", Noise.TIME, "Loading", floor=20.0)


def _exact(name: str, title: str, unit: str, group: str, floor: float = 0.0) -> Measure:
    return Measure(name, title, unit, Noise.EXACT, group, tolerance=0.02, floor=floor)


_ALL = [
    *_paces("", "where it draws"),
    *_paces("presented_", "as presented"),
    _cpu("cpu_ms", "CPU a frame, all processes"),
    _cpu("cpu_ratio", "the same, in calibration loops", "loops", 0.02),
    _cpu("cpu_renderer_ms", "CPU a frame, renderer"),
    _cpu("cpu_gpu_ms", "CPU a frame, display (GPU process)"),
    _cpu("cpu_browser_ms", "CPU a frame, browser"),
    _cpu("cpu_other_ms", "CPU a frame, other processes"),
    _cpu("cpu_page_thread_ms", "CPU a frame, the page's own thread"),
    _cpu("cpu_worker_threads_ms", "CPU a frame, workers' threads"),
    _phase("work_ms", "frame callback, median"),
    Measure("work_p95_ms", "frame callback, p95", "ms", Noise.TIME, "Phases of a frame", floor=1.0),
    _cpu("work_ratio", "frame callback in calibration loops", "loops", 0.02),
    _phase("step_ms", "step (the model), median"),
    _phase("list_ms", "display list, median"),
    _phase("raster_ms", "raster calls, median"),
    Measure(
        "crossings",
        "calls over the Python–JavaScript boundary a frame",
        "calls",
        Noise.TIME,
        "Phases of a frame",
        tolerance=0.02,
        floor=0.3,
    ),
    Measure(
        "allocated_kb",
        "JavaScript allocated a frame (sampled)",
        "kB",
        Noise.MEMORY,
        "Memory",
        tolerance=0.3,
        floor=2.0,
    ),
    _memory("memory_mb", "JavaScript + WebAssembly + canvas"),
    _memory("memory_peak_mb", "the same at its peak, garbage included", floor=3.0),
    _memory("js_mb", "JavaScript after a collection (measureUserAgentSpecificMemory)"),
    _memory("heap_mb", "JavaScript heaps as they are, buffers included", floor=3.0),
    _memory("wasm_mb", "WebAssembly memory"),
    _memory("python_mb", "of which Python's heap in use"),
    _memory("canvas_mb", "canvases (width × height × 4)", floor=0.1),
    _memory("renderer_pss_mb", "renderer PSS over a blank page", floor=4.0),
    _memory("slope_mb_min", "growth: JavaScript + Python's heap", "MB/min", 0.3),
    _memory("pss_slope_mb_min", "growth: renderer PSS", "MB/min", 1.0),
    _load("fcp_ms", "first contentful paint"),
    _load("lcp_ms", "largest contentful paint"),
    _load("ready_ms", "Python's first frame"),
    _load("worker_ms", "phase: worker"),
    _load("script_ms", "phase: loader script"),
    _load("instantiate_ms", "snapshot, phase: WebAssembly instance"),
    _load("link_ms", "snapshot, phase: link map"),
    _load("image_ms", "snapshot, phase: memory image"),
    _load("restored_ms", "snapshot, phase: Python restored"),
    _load("interpreter_ms", "without snapshot, phase: interpreter"),
    _load("wheels_ms", "without snapshot, phase: wheels"),
    _load("imports_ms", "phase: imports"),
    _load("first_frame_ms", "phase: first frame"),
    Measure("load_cpu_ms", "CPU until awake, all processes", "ms", Noise.CPU, "Loading", floor=60.0),
    _exact("cls", "cumulative layout shift", "", "Loading", 0.005),
    _exact("requests", "requests", "", "Loading", 0.5),
    _exact("network_kb", "bytes over the network", "kB", "Loading", 1.0),
    _exact("bytes_kb", "bytes of all that is loaded, compressed", "kB", "Loading", 1.0),
    _exact("critical_kb", "of which by the page itself, before any worker", "kB", "Loading", 1.0),
    Measure("long_tasks", "tasks over 50 ms on the page's thread", "", Noise.TIME, "Page", floor=1.0),
    Measure("long_task_max_ms", "longest task on the page's thread", "ms", Noise.TIME, "Page", floor=20.0),
    Measure("inp_ms", "interaction to next paint", "ms", Noise.TIME, "Page", floor=24.0),
]
MEASURES: dict[str, Measure] = {measure.name: measure for measure in _ALL}
"""By name, in the order of reports."""


def with_unit(name: str, value: float | None) -> str:
    """A measure's value with its unit."""
    return f"{number(value)} {MEASURES[name].unit}".rstrip()


def spread(values: list[float]) -> str:
    """The least and the greatest of several rounds; "" of one."""
    return f"{number(min(values))} … {number(max(values))}" if len(values) > 1 else ""


def load_budgets(path: Path | None, scenarios: Collection[str]) -> Budgets:
    """The budgets of a file; None for the project's own.

    Raises:
        BenchError: the file cannot be read, or a section, a measure or a limit is wrong.
    """
    source = path or files("candlefish.bench") / "budgets.toml"
    tables = load_toml(source, BenchError)
    known = {*KINDS.values(), *scenarios}
    for section in tables:
        if section not in known:
            raise BenchError(f"{source}: no scenario {section!r}; sections are {', '.join(sorted(known))}")
    budgets = convert(tables, dict[str, dict[str, Limit]], str(source), BenchError)
    for section, limits in budgets.items():
        for name in limits:
            if name not in MEASURES:
                raise BenchError(f"{source}: {section}: no measure {name!r}")
    return budgets


def limits_of(budgets: Budgets, scenario: Scenario) -> dict[str, float]:
    """The limits of a scenario: its kind's, overridden by its own."""
    return budgets.get(KINDS[scenario.kind], {}) | budgets.get(scenario.name, {})
