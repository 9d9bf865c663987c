"""Metrics of visitors' pages for CloudWatch: embedded metric format (EMF), one log line a batch.

Used on Lambda, where no process lives long enough to be scraped. A line holds numbers and the current time,
no id.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import msgspec

from candlefish.service.metrics import VisitMetrics

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from candlefish.service.app_state import Clock

UNITS: Final = {
    "Fps": "None",
    "MemoryMb": "None",
    "TrustGained": "None",
    "Errors": "Count",
    "FatalErrors": "Count",
    "Sessions": "Count",
}
VALUES_MAX: Final = 100
"""CloudWatch's limit of values of one metric in one line."""


class EmfMetrics(VisitMetrics):
    """Visit metrics that also write a line for each batch: for all versions together, and for this one."""

    def __init__(
        self, namespace: str, version: str, clock: Clock, write: Callable[[str], None] = print
    ) -> None:
        super().__init__()
        self._namespace, self._version, self._clock, self._write = namespace, version, clock, write

    def add(self, events: Iterable[Any]) -> None:
        """Count accepted events, and write their line."""
        events = tuple(events)
        super().add(events)
        if values := metric_values(events):
            self._write(log_line(self._namespace, self._version, self._clock(), values))


def metric_values(events: Iterable[Any]) -> dict[str, list[float]]:
    """The values of events by metric."""
    found: dict[str, list[float]] = {}
    for event in events:
        match event.__struct_config__.tag:
            case "performance_metrics":
                found.setdefault("Fps", []).append(event.fps)
                found.setdefault("MemoryMb", []).append(event.memory_mb)
            case "session_start":
                found.setdefault("Sessions", []).append(1)
            case "session_end":
                found.setdefault("TrustGained", []).append(event.trust_gained)
            case "error":
                found.setdefault("Errors", []).append(1)
                if event.fatal:
                    found.setdefault("FatalErrors", []).append(1)
    return found


def log_line(namespace: str, version: str, now_ms: int, values: dict[str, list[float]]) -> str:
    """One log line in EMF."""
    metrics = [{"Name": name, "Unit": UNITS[name]} for name in values]
    directive = {"Namespace": namespace, "Dimensions": [[], ["Version"]], "Metrics": metrics}
    limited = {name: many[:VALUES_MAX] for name, many in values.items()}
    return msgspec.json.encode(
        {"_aws": {"Timestamp": now_ms, "CloudWatchMetrics": [directive]}, "Version": version, **limited}
    ).decode()
