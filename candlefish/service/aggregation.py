"""Aggregation of stored batches, off the request path: hourly counts and units of experiments.

The cursor moves in the same commit as the counts, so that each batch is counted exactly once, even with
several processes and after an interruption. Counts hold no id.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import msgspec

from candlefish.service.decoding import decode_stored
from candlefish.service.experiments import UnitRecord, decode_unit, derived_metrics, encode_unit
from candlefish.service.store.base import Unit

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from candlefish.experiments.definition import Experiment
    from candlefish.service.store.base import EventStore, StoredBatch


HOUR_MS: Final = 3_600_000
FPS_BIN: Final = 5
FPS_BINS: Final = 30
CODES_MAX: Final = 40
OTHER: Final = "other"
_Key = tuple[str, bytes]


class Sum(msgspec.Struct):
    """Count and sum of values."""

    n: int = 0
    total: float = 0.0

    def add(self, value: float) -> None:
        """Add a value."""
        self.n += 1
        self.total += value

    def join(self, more: Sum) -> None:
        """Add all values of another sum."""
        self.n += more.n
        self.total += more.total

    @property
    def mean(self) -> float | None:
        """The mean; None without a value."""
        return self.total / self.n if self.n else None


class HourlyCounts(msgspec.Struct):
    """The counts of one hour, kept as JSON. `fps` counts windows by bins of FPS_BIN Hz, the last one open."""

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


def join_hours(hours: Iterable[HourlyCounts]) -> HourlyCounts:
    """The counts of all hours together."""
    result = HourlyCounts()
    for hour in hours:
        for name in HourlyCounts.__struct_fields__:
            setattr(result, name, _join(getattr(result, name), getattr(hour, name), name))
    return result


def fps_median(fps: list[int]) -> float | None:
    """The middle of the bin of the median window, Hz."""
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
    """Add one under `key`, or under OTHER once the table is full, so that no client can grow it."""
    name = key if key in table or len(table) < most else OTHER
    table[name] = table.get(name, 0) + 1


def _start(hour: HourlyCounts, event: Any) -> None:
    _count(hour.devices, event.device)
    hour.returning += event.returning
    if event.load_ms is not msgspec.UNSET:
        hour.load_ms.add(event.load_ms)


def _end(hour: HourlyCounts, event: Any) -> None:
    hour.duration_s.add(event.duration_s)
    hour.trust.add(event.trust)
    hour.trust_gained.add(event.trust_gained)
    hour.interactions += event.interactions


def _mood(hour: HourlyCounts, event: Any) -> None:
    hour.moods_s[event.before] = hour.moods_s.get(event.before, 0.0) + event.dwell_s


def _milestone(hour: HourlyCounts, event: Any) -> None:
    _count(hour.milestones, event.name)


def _fed(hour: HourlyCounts, event: Any) -> None:
    hour.fed += 1
    hour.eaten += event.eaten


def _performance(hour: HourlyCounts, event: Any) -> None:
    hour.fps[min(int(event.fps / FPS_BIN), FPS_BINS - 1)] += 1
    hour.memory_mb.add(event.memory_mb)
    hour.memory_max_mb = max(hour.memory_max_mb, event.memory_mb)
    hour.dropped.add(event.dropped)


def _error(hour: HourlyCounts, event: Any) -> None:
    _count(hour.errors, event.code, CODES_MAX)
    hour.fatal += event.fatal


_COUNTERS: Final[dict[str, Callable[[HourlyCounts, Any], None]]] = {
    "session_start": _start,
    "session_end": _end,
    "mood_transition": _mood,
    "milestone": _milestone,
    "feeding_interaction": _fed,
    "performance_metrics": _performance,
    "error": _error,
}
encode_counts: Final = msgspec.json.Encoder().encode
decode_counts: Final = msgspec.json.Decoder(HourlyCounts).decode


def count_once(store: EventStore, experiments: Sequence[Experiment], now_ms: int) -> int:
    """Count one pass of new batches. Returns their number; 0 means that all are counted."""
    before = store.cursor()
    batches, after = store.read_after(before, now_ms, store.batches_a_pass(len(experiments)))
    if after == before:
        return 0
    if not batches:
        store.apply(before, after, {}, [])
        return 0
    counter = BatchCounter(store, experiments, batches)
    for batch in batches:
        counter.add(batch)
    store.apply(before, after, *counter.result())
    return len(batches)


class BatchCounter:
    """Adds batches to the stored counts and units."""

    def __init__(
        self, store: EventStore, experiments: Sequence[Experiment], batches: Iterable[StoredBatch]
    ) -> None:
        self._store = store
        self._experiments = {experiment.name: experiment for experiment in experiments}
        self._hours: dict[int, HourlyCounts] = {}
        clients = {batch.client for batch in batches}
        keys = [(name, client) for client in sorted(clients) for name in self._experiments]
        stored = store.units_of(keys)
        self._units = {key: decode_unit(body) for key, body in stored.items()}
        self._touched: dict[_Key, int] = {}

    def add(self, batch: StoredBatch) -> None:
        """Count the events of a batch; a batch of an unknown schema is skipped."""
        try:
            events = decode_stored(batch.body)
        except msgspec.ValidationError:
            return
        trust = next((event.trust for event in events if _tag(event) == "session_start"), None)
        for event in events:
            at_ms = min(event.at_ms + batch.skew_ms, batch.received_ms)
            self._hour(at_ms // HOUR_MS).add(event)
            self._experiment(batch, event, at_ms, trust)

    def result(self) -> tuple[dict[int, bytes], list[Unit]]:
        """The changed hours and units, encoded for the store."""
        hours = {hour: encode_counts(counts) for hour, counts in self._hours.items()}
        changed = [
            Unit(name, client, at_ms, encode_unit(self._units[name, client]))
            for (name, client), at_ms in self._touched.items()
        ]
        return hours, changed

    def _hour(self, hour: int) -> HourlyCounts:
        if hour not in self._hours:
            stored = self._store.rollups(hour, hour).get(hour)
            self._hours[hour] = decode_counts(stored) if stored else HourlyCounts()
        return self._hours[hour]

    def _experiment(self, batch: StoredBatch, event: Any, at_ms: int, trust: float | None) -> None:
        match _tag(event):
            case "exposure":
                self._expose(batch, event, at_ms, trust)
            case "ab_test_conversion":
                record = self._units.get((event.experiment, batch.client))
                if record is not None and record.variant == event.variant:
                    record.add(event.metric, 1, event.value)
                    self._touched[event.experiment, batch.client] = batch.received_ms
            case _:
                self._derive(batch, event, at_ms)

    def _expose(self, batch: StoredBatch, event: Any, at_ms: int, trust: float | None) -> None:
        experiment = self._experiments.get(event.experiment)
        if experiment is None or experiment.variant(event.variant) is None:
            return
        key = (event.experiment, batch.client)
        if key in self._units:
            self._units[key].expose(event.variant)
        else:
            self._units[key] = UnitRecord(event.variant, at_ms, prior=trust)
        self._touched[key] = batch.received_ms

    def _derive(self, batch: StoredBatch, event: Any, at_ms: int) -> None:
        for name, experiment in self._experiments.items():
            record = self._units.get((name, batch.client))
            if record is None:
                continue
            wanted = {metric.name for metric in experiment.metrics}
            for metric, count, value in derived_metrics(event, at_ms - record.exposed_ms):
                if metric in wanted:
                    record.add(metric, count, value)
                    self._touched[name, batch.client] = batch.received_ms


def _tag(event: Any) -> str:
    return str(event.__struct_config__.tag)
