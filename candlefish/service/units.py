"""What one client did in one experiment: its variant, and (count, sum) of each metric since exposure."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import msgspec

if TYPE_CHECKING:
    from collections.abc import Iterator

DAY_MS: Final = 86_400_000
RETURN_AFTER_MS: Final = DAY_MS // 2
RETURN_WITHIN_MS: Final = 7 * DAY_MS
METRICS_MAX: Final = 24


class UnitRecord(msgspec.Struct):
    """A client's part in an experiment. `mixed`: seen in two variants, left out of the analysis.

    `metrics` holds [count, sum] by name; `prior` is its trust before the exposure, for CUPED.
    """

    variant: str
    exposed_ms: int
    mixed: bool = False
    prior: float | None = None
    metrics: dict[str, list[float]] = {}

    def add(self, metric: str, count: float, value: float) -> None:
        """Add to a metric; one more name than METRICS_MAX is left out."""
        if metric in self.metrics or len(self.metrics) < METRICS_MAX:
            row = self.metrics.setdefault(metric, [0.0, 0.0])
            row[0] += count
            row[1] += value

    def value(self, metric: str) -> float | None:
        """The unit's mean of a metric; None if nothing of it was seen."""
        count, total = self.metrics.get(metric, (0.0, 0.0))
        return total / max(count, 1.0) if count or total else None

    def reached(self, metric: str) -> bool:
        """Whether a conversion happened, however often."""
        return metric in self.metrics

    def expose(self, variant: str) -> None:
        """Seen again, in this variant."""
        self.mixed = self.mixed or variant != self.variant


def derived(event: Any, since_exposure_ms: int) -> Iterator[tuple[str, float, float]]:
    """What an event of any client says of the standing metrics: (metric, count, sum)."""
    match event.__struct_config__.tag:
        case "session_start":
            yield "errors", 1, 0
            if event.returning and RETURN_AFTER_MS <= since_exposure_ms <= RETURN_WITHIN_MS:
                yield "returned_in_7_days", 1, 1
        case "session_end":
            yield "session_duration_s", 1, event.duration_s
            yield "interactions", 1, event.interactions
            yield "trust_gained", 1, event.trust_gained
        case "performance_metrics":
            yield "fps", 1, event.fps
        case "error":
            yield "errors", 0, 1
        case "milestone" if event.name == "comfortable":
            yield "trust_milestone_50", 1, 1


ENCODE: Final = msgspec.json.Encoder().encode
DECODE: Final = msgspec.json.Decoder(UnitRecord).decode
