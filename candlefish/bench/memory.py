"""Memory of a page with its workers, sampled while it runs and weighed at the end."""

from __future__ import annotations

import time
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

from candlefish.bench.stats import Interval, slope

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from playwright.sync_api import CDPSession, Page

    from candlefish.bench.probe import Drawing
    from candlefish.bench.workers import Workers

MB = 1e6
FEWEST_FOR_SLOPE = 6
MARGIN_MS = 60.0


@dataclass(frozen=True, slots=True)
class Sample:
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


class Scales:
    """Takes samples of one page."""

    def __init__(
        self, page: Page, session: CDPSession, workers: Workers, drawing: Drawing, pss_mb: Callable[[], float]
    ) -> None:
        self._page, self._session, self._workers, self._drawing = page, session, workers, drawing
        self._pss_mb = pss_mb

    def collect(self) -> None:
        """Collect garbage, in the page and in its workers."""
        self._session.send("HeapProfiler.collectGarbage")
        self._workers.ask("HeapProfiler.collectGarbage")

    def sample(self, at_s: float) -> Sample:
        """Memory as it is; takes a few ms of the page's and the workers' time."""
        heaps = [self._session.send("Runtime.getHeapUsage"), *self._workers.ask("Runtime.getHeapUsage")]
        held = self._drawing.memory()
        return Sample(
            at_s=at_s,
            heap_mb=(sum(_heap_bytes(heap) for heap in heaps) - held["probe_bytes"]) / MB,
            wasm_mb=held["wasm_bytes"] / MB,
            python_mb=held["python_bytes"] / MB,
            canvas_mb=held["canvas_bytes"] / MB,
            pss_mb=self._pss_mb(),
        )

    def weigh(self) -> dict[str, float] | None:
        """``measureUserAgentSpecificMemory()`` by type, MB; None where the page is not cross-origin isolated.

        Chromium leaves WebAssembly memory out of it.
        """
        found = self._page.evaluate(
            "globalThis.crossOriginIsolated ? performance.measureUserAgentSpecificMemory() : null"
        )
        return by_type(found) if found else None


def by_type(found: dict[str, Any]) -> dict[str, float]:
    """The breakdown of ``measureUserAgentSpecificMemory()`` by type, with ``all``, MB."""
    totals = {"all": found["bytes"] / MB}
    for part in found["breakdown"]:
        name = "+".join(part["types"]) or "other"
        totals[name] = totals.get(name, 0.0) + part["bytes"] / MB
    return totals


def growth(samples: Sequence[Sample]) -> dict[str, Interval]:
    """MB a minute with confidence intervals; empty with too few samples to tell."""
    if len(samples) < FEWEST_FOR_SLOPE:
        return {}
    minutes = [sample.at_s / 60.0 for sample in samples]
    return {
        "slope_mb_min": slope(minutes, [sample.heap_mb + _python_mb(sample) for sample in samples]),
        "pss_slope_mb_min": slope(minutes, [sample.pss_mb for sample in samples]),
    }


def as_json(samples: Sequence[Sample]) -> list[dict[str, float]]:
    """The samples as plain data."""
    return [{name: round(value, 4) for name, value in asdict(sample).items()} for sample in samples]


def _python_mb(sample: Sample) -> float:
    """WebAssembly memory grows in leaps; what Python took of it grows as it is taken."""
    return sample.python_mb or sample.wasm_mb


def _heap_bytes(heap: dict[str, Any]) -> float:
    return (
        float(heap.get("usedSize", 0))
        + float(heap.get("embedderHeapUsedSize", 0))
        + float(heap.get("backingStorageSize", 0))
    )


class Sampler:
    """Samples memory every so often while the visitor plays.

    Attributes:
        pauses_ms: when garbage was collected for a sample, on the wall clock; frames are late there.
    """

    def __init__(self, scales: Scales, every_s: float, *, collect: bool) -> None:
        self._scales, self._every_s, self._collect = scales, every_s, collect
        self._next_s = every_s if not collect else 0.0
        self.samples: list[Sample] = []
        self.pauses_ms: list[list[float]] = []

    def growth(self) -> dict[str, Interval]:
        """MB a minute with confidence intervals; empty unless garbage was collected before each sample."""
        return growth(self.samples) if self._collect else {}

    def tick(self, at_s: float) -> None:
        """Take a sample if it is time."""
        if at_s >= self._next_s:
            self._next_s = at_s + self._every_s
            began_ms = time.time() * 1000.0
            if self._collect:
                self._scales.collect()
            self.samples.append(self._scales.sample(at_s))
            if self._collect:
                self.pauses_ms.append([began_ms - MARGIN_MS, time.time() * 1000.0 + MARGIN_MS])
