"""How much JavaScript a frame allocates, by V8's sampling heap profiler: in a short window of its own."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from playwright.sync_api import Page

    from candlefish.bench.probe import Drawing
    from candlefish.bench.workers import Workers

WINDOW_MS = 2000.0
SAMPLE_BYTES = 4096
SAMPLING = {
    "samplingInterval": SAMPLE_BYTES,
    "includeObjectsCollectedByMajorGC": True,
    "includeObjectsCollectedByMinorGC": True,
}


def allocated_kb_a_frame(page: Page, workers: Workers, drawing: Drawing) -> float | None:
    """Sampled allocations of the workers over the frames drawn meanwhile, kB; None where no worker drew.

    Buffers outside V8's heap and Python's own objects are not in it.
    """
    drawing.start()
    if not workers.ask("HeapProfiler.startSampling", **SAMPLING):
        return None
    page.wait_for_timeout(WINDOW_MS)
    profiles = workers.ask("HeapProfiler.stopSampling")
    frames = len(drawing.read()[0]["frame_at_ms"])
    return sum(total_bytes(one["profile"]["head"]) for one in profiles if "profile" in one) / frames / 1e3


def total_bytes(node: dict[str, Any]) -> float:
    """Bytes of a node of a sampling heap profile and of all below it."""
    return float(node["selfSize"]) + sum(total_bytes(child) for child in node["children"])
