"""Memory of a page with its workers: samples, growth, a final measurement, allocations a frame."""

from __future__ import annotations

import time
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

from candlefish.bench.statistics import ConfidenceInterval, slope

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from playwright.sync_api import CDPSession, Page

    from candlefish.bench.browser import WorkerSessions
    from candlefish.bench.probe import DrawingProbe

MB = 1e6
FEWEST_FOR_SLOPE = 6
MARGIN_MS = 60.0
ALLOCATION_WINDOW_MS = 2000.0
SAMPLE_BYTES = 4096
SAMPLING = {
    "samplingInterval": SAMPLE_BYTES,
    "includeObjectsCollectedByMajorGC": True,
    "includeObjectsCollectedByMinorGC": True,
}


@dataclass(frozen=True, slots=True)
class MemorySample:
    """Memory at a moment of the window, MB (10⁶ bytes).

    ``heap_mb``: JavaScript heaps with their buffers, of the page and its workers; ``python_mb``: the part of
    WebAssembly memory that Python's allocator has taken.
    """

    at_s: float
    heap_mb: float
    wasm_mb: float
    python_mb: float
    canvas_mb: float
    pss_mb: float

    @property
    def whole_mb(self) -> float:
        """JavaScript, WebAssembly and canvases."""
        return self.heap_mb + self.wasm_mb + self.canvas_mb


class MemorySampler:
    """Samples the memory of one page and its workers."""

    def __init__(
        self,
        page: Page,
        session: CDPSession,
        workers: WorkerSessions,
        drawing: DrawingProbe,
        pss_mb: Callable[[], float],
    ) -> None:
        self._page, self._session, self._workers, self._drawing = page, session, workers, drawing
        self._pss_mb = pss_mb

    def collect_garbage(self) -> None:
        """Collect garbage, in the page and in its workers."""
        self._session.send("HeapProfiler.collectGarbage")
        self._workers.ask("HeapProfiler.collectGarbage")

    def sample(self, at_s: float) -> MemorySample:
        """The memory at this moment; costs a few ms of the page's and the workers' time."""
        heaps = [self._session.send("Runtime.getHeapUsage"), *self._workers.ask("Runtime.getHeapUsage")]
        held = self._drawing.memory()
        return MemorySample(
            at_s=at_s,
            heap_mb=(sum(_heap_bytes(heap) for heap in heaps) - held["probe_bytes"]) / MB,
            wasm_mb=held["wasm_bytes"] / MB,
            python_mb=held["python_bytes"] / MB,
            canvas_mb=held["canvas_bytes"] / MB,
            pss_mb=self._pss_mb(),
        )

    def measure(self) -> dict[str, float] | None:
        """``measureUserAgentSpecificMemory()`` by type, MB; None where the page is not cross-origin isolated.

        Chromium leaves WebAssembly memory out of it.
        """
        answer = self._page.evaluate(
            "globalThis.crossOriginIsolated ? performance.measureUserAgentSpecificMemory() : null"
        )
        return by_type(answer) if answer else None


def by_type(answer: dict[str, Any]) -> dict[str, float]:
    """The breakdown of ``measureUserAgentSpecificMemory()`` by type, with ``all``, MB."""
    totals = {"all": answer["bytes"] / MB}
    for part in answer["breakdown"]:
        name = "+".join(part["types"]) or "other"
        totals[name] = totals.get(name, 0.0) + part["bytes"] / MB
    return totals


def growth(samples: Sequence[MemorySample]) -> dict[str, ConfidenceInterval]:
    """MB a minute with confidence intervals; empty with too few samples to tell."""
    if len(samples) < FEWEST_FOR_SLOPE:
        return {}
    minutes = [sample.at_s / 60.0 for sample in samples]
    return {
        "slope_mb_min": slope(minutes, [sample.heap_mb + _python_mb(sample) for sample in samples]),
        "pss_slope_mb_min": slope(minutes, [sample.pss_mb for sample in samples]),
    }


def as_json(samples: Sequence[MemorySample]) -> list[dict[str, float]]:
    """The samples as JSON data, rounded to 4 digits."""
    return [{name: round(value, 4) for name, value in asdict(sample).items()} for sample in samples]


def _python_mb(sample: MemorySample) -> float:
    """Python's heap in use: unlike WebAssembly memory, it does not grow in leaps."""
    return sample.python_mb or sample.wasm_mb


def _heap_bytes(heap: dict[str, Any]) -> float:
    return (
        float(heap.get("usedSize", 0))
        + float(heap.get("embedderHeapUsedSize", 0))
        + float(heap.get("backingStorageSize", 0))
    )


class MemorySeries:
    """Memory samples at intervals, taken while an input script plays.

    Attributes:
        pauses_ms: when garbage was collected for a sample, on the wall clock; frames are late there.
    """

    def __init__(self, sampler: MemorySampler, every_s: float, *, collect: bool) -> None:
        self._sampler, self._every_s, self._collect = sampler, every_s, collect
        self._next_s = every_s if not collect else 0.0
        self.samples: list[MemorySample] = []
        self.pauses_ms: list[list[float]] = []

    def growth(self) -> dict[str, ConfidenceInterval]:
        """MB a minute with confidence intervals; empty unless garbage was collected before each sample."""
        return growth(self.samples) if self._collect else {}

    def tick(self, at_s: float) -> None:
        """Take a sample if one is due."""
        if at_s >= self._next_s:
            self._next_s = at_s + self._every_s
            began_ms = time.time() * 1000.0
            if self._collect:
                self._sampler.collect_garbage()
            self.samples.append(self._sampler.sample(at_s))
            if self._collect:
                self.pauses_ms.append([began_ms - MARGIN_MS, time.time() * 1000.0 + MARGIN_MS])


def allocated_kb_a_frame(page: Page, workers: WorkerSessions, drawing: DrawingProbe) -> float | None:
    """JavaScript that the workers allocate a frame, kB, by V8's sampling heap profiler; None without workers.

    It profiles a short window of its own. Buffers outside V8's heap and Python's own objects are not in it.
    """
    drawing.start()
    if not workers.ask("HeapProfiler.startSampling", **SAMPLING):
        return None
    page.wait_for_timeout(ALLOCATION_WINDOW_MS)
    profiles = workers.ask("HeapProfiler.stopSampling")
    frames = len(drawing.read()[0]["frame_at_ms"])
    return sum(total_bytes(one["profile"]["head"]) for one in profiles if "profile" in one) / frames / 1e3


def total_bytes(node: dict[str, Any]) -> float:
    """Bytes of a node of a sampling heap profile and of all below it."""
    return float(node["selfSize"]) + sum(total_bytes(child) for child in node["children"])
