"""Runs and a result as the bench would have found them, for tests."""

from __future__ import annotations

from typing import Any

from candlefish.bench.measures import MEASURES
from candlefish.bench.result import BenchResult
from candlefish.bench.runs import Run
from candlefish.bench.verdict import compare, judge


def a_run(
    number: int = 1, *, calibration_ms: float = 5.0, foreign: float | None = 0.0, **values: float
) -> Run:
    """A run of "idle" on an even machine."""
    control = {"p99_ms": 16.8, "dropped_percent": 0.0}
    series: dict[str, Any] = {}
    return Run("idle", number, values, calibration_ms, control, foreign, series, [])


def some_runs(name: str, values: list[float], **how: float) -> list[Run]:
    """A run for each value of one measure."""
    return [a_run(i, **how, **{name: value}) for i, value in enumerate(values, 1)]


def a_result() -> BenchResult:
    """A bench of one scenario with a budget broken and a change for the worse."""
    runs, before = some_runs("cpu_ms", [18.0, 18.1, 18.2]), some_runs("cpu_ms", [9.0, 9.1, 9.2])
    for run in runs:
        run.values |= {"fps": 60.0, "frame_p99_ms": 17.0, "ready_ms": 900.0, "bytes_kb": 5760.0}
        run.series |= {
            "frame_at_ms": [0.0, 16.7, 33.3, 83.3],
            "displayed_at_ms": [0.0, 16.7, 33.3, 83.3],
            "memory": [
                {"at_s": 5.0 * i, "heap_mb": 14.0, "wasm_mb": 21.0}
                | {"python_mb": 20.0, "canvas_mb": 4.0, "pss_mb": 120.0}
                for i in range(4)
            ],
            "timeline": {"script": 200.0, "ready": 900.0},
            "resources": [
                {"by": by, "url": f"http://127.0.0.1/{by}.js?<b>", "start_ms": 1.0, "end_ms": 80.0,
                 "transfer_bytes": 900, "encoded_bytes": 600, "decoded_bytes": 1200}
                for by in ("page", "worker")
            ],
            "shots": [{"caption": "before", "jpeg": "AAAA"}],
        }  # fmt: skip
    return BenchResult(
        made_at="2026-01-02T03:04:05+00:00",
        candlefish="0.1.0",
        target="dist",
        environment={"browser": "Chrome/1", "processor": "A <processor>", "cores": 2, "commit": "abc"},
        options={"rounds": 3},
        titles={"idle": "Idle"},
        runs={"idle": runs},
        judgements=[
            judge("idle", MEASURES["cpu_ms"], 10.0, runs),
            judge("idle", MEASURES["fps"], 55.0, runs),
        ],
        changes=compare(before, runs),
        verdict="broken",
    )
