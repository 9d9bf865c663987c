"""From what the probes saw to the values of a run."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from candlefish.bench.frames import Pace, pace
from candlefish.bench.memory import as_json
from candlefish.bench.stats import median, quantile

if TYPE_CHECKING:
    from candlefish.bench.memory import Sampler
    from candlefish.bench.scenario import Scenario


def frame_values(
    scenario: Scenario, drew: list[dict[str, Any]], displayed_ms: list[float], apart_ms: list[list[float]]
) -> dict[str, float]:
    """Pace and phases of the thread that drew most.

    ``apart_ms``: spans that do not count (the page was hidden), on the wall clock. The display's own clock is
    another, so what it presented is then left out.
    """
    window_ms = scenario.duration_s * 1000.0
    first = drew[0]
    frames = len(first["frame_at_ms"])
    hidden = [(begin - first["origin_ms"], end - first["origin_ms"]) for begin, end in apart_ms]
    values = _paced("", pace(first["frame_at_ms"], window_ms, hidden))
    if not hidden:
        values |= _paced("presented_", pace(displayed_ms, window_ms))
    values |= {"work_ms": median(first["work_ms"]), "work_p95_ms": quantile(first["work_ms"], 0.95)}
    for name in ("step_ms", "list_ms"):
        if first[name]:
            values |= {name: median(first[name]), "raster_ms": median(first["raster_ms"])}
    if first["to_python"]:
        values["crossings"] = (first["to_python"] + first["to_javascript"]) / frames
    return values


def _paced(prefix: str, found: Pace | None) -> dict[str, float]:
    if found is None:
        return {}
    return {
        f"{prefix}fps": found.fps,
        f"{prefix}frame_median_ms": found.median_ms,
        f"{prefix}frame_p95_ms": found.p95_ms,
        f"{prefix}frame_p99_ms": found.p99_ms,
        f"{prefix}frame_max_ms": found.max_ms,
        f"{prefix}dropped_percent": found.dropped_percent,
        f"{prefix}freeze_ms": found.freeze_ms,
    }


def page_values(seen: dict[str, Any]) -> dict[str, float]:
    """Long tasks and interactions of the page's own thread."""
    tasks = [task["ms"] for task in seen["long_tasks"]]
    values = {"long_tasks": float(len(tasks)), "long_task_max_ms": max(tasks, default=0.0)}
    if seen["interactions"]:
        values["inp_ms"] = quantile(list(seen["interactions"].values()), 0.98)
    return values


def series(
    first: dict[str, Any], displayed_ms: list[float], sampler: Sampler, seen: dict[str, Any]
) -> dict[str, Any]:
    """What the pictures of the report are drawn from."""
    origin_ms = first["frame_at_ms"][0]
    shown_ms = displayed_ms[0] if displayed_ms else 0.0
    slopes = {
        name: {"estimate": one.estimate, "low": one.low, "high": one.high}
        for name, one in sampler.growth().items()
    }
    return {
        "frame_at_ms": [round(at - origin_ms, 2) for at in first["frame_at_ms"]],
        "work_ms": [round(ms, 3) for ms in first["work_ms"]],
        "displayed_at_ms": [round(at - shown_ms, 2) for at in displayed_ms],
        "memory": as_json(sampler.samples),
        "slopes": slopes,
        "moods": [event["detail"].get("mood") for event in seen["events"] if event["name"] == "moodchange"],
    }


def notes(drew: list[dict[str, Any]]) -> list[str]:
    """What could not be measured, and why."""
    troubles = {one["trouble"] for one in drew if one["trouble"]}
    return [f"phases inside Python were not measured: {trouble}" for trouble in sorted(troubles)]
