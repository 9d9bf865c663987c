"""What happened in an hour, in numbers: what the dashboard shows. No id is in it.

An hour is added to by pure functions, one for each type of event, and kept as JSON.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import msgspec

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

HOUR_MS: Final = 3_600_000
FPS_BIN: Final = 5
FPS_BINS: Final = 30
CODES_MAX: Final = 40
OTHER: Final = "other"


class Sum(msgspec.Struct):
    """How many values, and their sum."""

    n: int = 0
    total: float = 0.0

    def add(self, value: float) -> None:
        """One more value."""
        self.n += 1
        self.total += value

    def join(self, more: Sum) -> None:
        """All values of another."""
        self.n += more.n
        self.total += more.total

    @property
    def mean(self) -> float | None:
        """The mean, if there is any value."""
        return self.total / self.n if self.n else None


class Hour(msgspec.Struct):
    """The counts of one hour. `fps` counts windows by bins of FPS_BIN Hz, the last open to the top."""

    events: dict[str, int] = {}
    devices: dict[str, int] = {}
    moods_s: dict[str, float] = {}
    milestones: dict[str, int] = {}
    errors: dict[str, int] = {}
    fatal: int = 0
    fed: int = 0
    eaten: int = 0
    returning: int = 0
    interactions: int = 0
    fps: list[int] = msgspec.field(default_factory=lambda: [0] * FPS_BINS)
    memory_mb: Sum = msgspec.field(default_factory=Sum)
    memory_max_mb: float = 0.0
    dropped: Sum = msgspec.field(default_factory=Sum)
    load_ms: Sum = msgspec.field(default_factory=Sum)
    trust: Sum = msgspec.field(default_factory=Sum)
    trust_gained: Sum = msgspec.field(default_factory=Sum)
    duration_s: Sum = msgspec.field(default_factory=Sum)

    def add(self, event: Any) -> None:
        """Count one decoded event."""
        name = event.__struct_config__.tag
        _count(self.events, name)
        counter = _COUNTERS.get(name)
        if counter is not None:
            counter(self, event)


def joined(hours: Iterable[Hour]) -> Hour:
    """All hours together."""
    result = Hour()
    for hour in hours:
        for name in Hour.__struct_fields__:
            setattr(result, name, _join(getattr(result, name), getattr(hour, name), name))
    return result


def fps_median(fps: list[int]) -> float | None:
    """The middle of the bin the median window is in, Hz."""
    half, passed = sum(fps) / 2, 0
    for index, count in enumerate(fps):
        passed += count
        if passed >= half > 0:
            return (index + 0.5) * FPS_BIN
    return None


def _join(mine: Any, more: Any, name: str) -> Any:
    if isinstance(mine, Sum):
        mine.join(more)
        return mine
    if isinstance(mine, dict):
        for key, value in more.items():
            mine[key] = mine.get(key, 0) + value
        return mine
    if isinstance(mine, list):
        return [a + b for a, b in zip(mine, more, strict=True)]
    return max(mine, more) if name == "memory_max_mb" else mine + more


def _count(table: dict[str, int], key: str, most: int = 1_000) -> None:
    """Add one under `key`, or under OTHER once the table is full: a client must not grow it at will."""
    name = key if key in table or len(table) < most else OTHER
    table[name] = table.get(name, 0) + 1


def _start(hour: Hour, event: Any) -> None:
    _count(hour.devices, event.device)
    hour.returning += event.returning
    if event.load_ms is not msgspec.UNSET:
        hour.load_ms.add(event.load_ms)


def _end(hour: Hour, event: Any) -> None:
    hour.duration_s.add(event.duration_s)
    hour.trust.add(event.trust)
    hour.trust_gained.add(event.trust_gained)
    hour.interactions += event.interactions


def _mood(hour: Hour, event: Any) -> None:
    hour.moods_s[event.before] = hour.moods_s.get(event.before, 0.0) + event.dwell_s


def _milestone(hour: Hour, event: Any) -> None:
    _count(hour.milestones, event.name)


def _fed(hour: Hour, event: Any) -> None:
    hour.fed += 1
    hour.eaten += event.eaten


def _performance(hour: Hour, event: Any) -> None:
    hour.fps[min(int(event.fps / FPS_BIN), FPS_BINS - 1)] += 1
    hour.memory_mb.add(event.memory_mb)
    hour.memory_max_mb = max(hour.memory_max_mb, event.memory_mb)
    hour.dropped.add(event.dropped)


def _error(hour: Hour, event: Any) -> None:
    _count(hour.errors, event.code, CODES_MAX)
    hour.fatal += event.fatal


_COUNTERS: Final[dict[str, Callable[[Hour, Any], None]]] = {
    "session_start": _start,
    "session_end": _end,
    "mood_transition": _mood,
    "milestone": _milestone,
    "feeding_interaction": _fed,
    "performance_metrics": _performance,
    "error": _error,
}
ENCODE: Final = msgspec.json.Encoder().encode
DECODE: Final = msgspec.json.Decoder(Hour).decode
