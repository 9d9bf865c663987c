"""What visitors' pages tell, as CloudWatch reads it from a log: embedded metric format, one line a batch.

On Lambda no process stays to be asked for `/metrics`. Lines hold numbers alone: no id, no time but now.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import msgspec

from candlefish.service.visits import Visits

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from candlefish.service.clock import Clock

UNITS: Final = {
    "Fps": "None",
    "MemoryMb": "None",
    "TrustGained": "None",
    "Errors": "Count",
    "FatalErrors": "Count",
    "Sessions": "Count",
}
VALUES_MAX: Final = 100
"""As many values as CloudWatch takes for a metric in one line."""


class TellingVisits(Visits):
    """Counts, and tells of each batch with `write`, of all versions together and of this one."""

    def __init__(
        self, namespace: str, version: str, clock: Clock, write: Callable[[str], None] = print
    ) -> None:
        super().__init__()
        self._namespace, self._version, self._clock, self._write = namespace, version, clock, write

    def add(self, events: Iterable[Any]) -> None:
        """Count accepted events, and tell."""
        events = tuple(events)
        super().add(events)
        if values := measured(events):
            self._write(line(self._namespace, self._version, self._clock(), values))


def measured(events: Iterable[Any]) -> dict[str, list[float]]:
    """The values of some events by metric."""
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


def line(namespace: str, version: str, now_ms: int, values: dict[str, list[float]]) -> str:
    """One line of the log."""
    metrics = [{"Name": name, "Unit": UNITS[name]} for name in values]
    directive = {"Namespace": namespace, "Dimensions": [[], ["Version"]], "Metrics": metrics}
    said = {name: many[:VALUES_MAX] for name, many in values.items()}
    return msgspec.json.encode(
        {"_aws": {"Timestamp": now_ms, "CloudWatchMetrics": [directive]}, "Version": version, **said}
    ).decode()
