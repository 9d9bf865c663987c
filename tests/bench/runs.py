"""Runs as the bench would have found them, for tests."""

from __future__ import annotations

from typing import Any

from candlefish.bench.run import Run


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
