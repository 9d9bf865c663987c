"""Counting off the request path: stored batches become hourly counts and units of experiments.

The cursor moves in the same commit as the counts, so each batch is counted exactly once, whoever counts
and however often that is interrupted.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import msgspec

from candlefish.service import rollup, units
from candlefish.service.decoding import decode_stored
from candlefish.service.store.base import Unit

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from candlefish.experiments.definition import Experiment
    from candlefish.service.store.base import Store, StoredBatch

_Key = tuple[str, bytes]


def count_once(store: Store, experiments: Sequence[Experiment], now_ms: int) -> int:
    """Count some new batches. Returns how many; 0 means that all are counted."""
    before = store.cursor()
    batches, after = store.read_after(before, now_ms, store.batches_a_pass(len(experiments)))
    if after == before:
        return 0
    if not batches:
        store.apply(before, after, {}, [])
        return 0
    tally = Tally(store, experiments, batches)
    for batch in batches:
        tally.add(batch)
    store.apply(before, after, *tally.result())
    return len(batches)


class Tally:
    """What some batches add to what is counted already."""

    def __init__(
        self, store: Store, experiments: Sequence[Experiment], batches: Iterable[StoredBatch]
    ) -> None:
        self._store = store
        self._experiments = {experiment.name: experiment for experiment in experiments}
        self._hours: dict[int, rollup.Hour] = {}
        clients = {batch.client for batch in batches}
        keys = [(name, client) for client in sorted(clients) for name in self._experiments]
        found = store.units_of(keys)
        self._units = {key: units.DECODE(body) for key, body in found.items()}
        self._touched: dict[_Key, int] = {}

    def add(self, batch: StoredBatch) -> None:
        """Count the events of a batch; one of a schema unknown by now is left out."""
        try:
            events = decode_stored(batch.body)
        except msgspec.ValidationError:
            return
        trust = next((event.trust for event in events if _tag(event) == "session_start"), None)
        for event in events:
            at_ms = min(event.at_ms + batch.skew_ms, batch.received_ms)
            self._hour(at_ms // rollup.HOUR_MS).add(event)
            self._experiment(batch, event, at_ms, trust)

    def result(self) -> tuple[dict[int, bytes], list[Unit]]:
        """The hours and the units that changed, as they are to be stored."""
        hours = {hour: rollup.ENCODE(counts) for hour, counts in self._hours.items()}
        changed = [
            Unit(name, client, at_ms, units.ENCODE(self._units[name, client]))
            for (name, client), at_ms in self._touched.items()
        ]
        return hours, changed

    def _hour(self, hour: int) -> rollup.Hour:
        if hour not in self._hours:
            stored = self._store.rollups(hour, hour).get(hour)
            self._hours[hour] = rollup.DECODE(stored) if stored else rollup.Hour()
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
            self._units[key] = units.UnitRecord(event.variant, at_ms, prior=trust)
        self._touched[key] = batch.received_ms

    def _derive(self, batch: StoredBatch, event: Any, at_ms: int) -> None:
        for name, experiment in self._experiments.items():
            record = self._units.get((name, batch.client))
            if record is None:
                continue
            wanted = {metric.name for metric in experiment.metrics}
            for metric, count, value in units.derived(event, at_ms - record.exposed_ms):
                if metric in wanted:
                    record.add(metric, count, value)
                    self._touched[name, batch.client] = batch.received_ms


def _tag(event: Any) -> str:
    return str(event.__struct_config__.tag)
