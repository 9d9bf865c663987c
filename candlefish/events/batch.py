"""Batches of events: strict checks of the envelope and its events, and splitting by size.

    {"v": 1, "client": "…", "session": "…", "sent_ms": 1732…, "events": [
        {"type": "milestone", "seq": 7, "at_ms": 1732…, "name": "first_feed", "trust": 23.5}, …]}

The id of an event is (session, seq), so a batch may be sent twice. `sent_ms` shows the server the error of
the client's clock: only the age of an event, sent_ms − at_ms, is used.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final

from candlefish.events.schema import COMMON, ENVELOPE, EVENTS, preview

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from candlefish.events.schema import FieldType

BATCH_EVENTS_MAX: Final = 100
BATCH_BYTES_MAX: Final = 60_000
"""Largest batch a client sends; browsers refuse beacons above 64 KiB in flight."""
AGE_MAX_MS: Final = 7 * 86_400_000
"""Age limit: events wait this long for a network; older ones are refused."""
AHEAD_MAX_MS: Final = 1_000
"""Tolerance for an event that is later than its batch."""
_ENVELOPE_BYTES: Final = 400


def check_event(event: object, sent_ms: float) -> str | None:
    """The first problem of an event in a batch sent at `sent_ms`, as `field: expected …`, or None."""
    if not isinstance(event, dict):
        return f"expected an object, got {preview(event)}"
    kind = EVENTS.get(event["type"]) if isinstance(event.get("type"), str) else None
    if kind is None:
        return f"type: expected one of {', '.join(EVENTS)}, got {preview(event.get('type'))}"
    body = {key: value for key, value in event.items() if key != "type"}
    return _check_fields(body, {**COMMON, **kind.fields}) or age_problem(body["at_ms"], sent_ms)


def check_batch(batch: object) -> list[str]:
    """All problems of a batch; empty if the server will accept all of it."""
    if not isinstance(batch, dict):
        return [f"expected an object, got {preview(batch)}"]
    events = batch.get("events")
    problem = _check_fields({key: value for key, value in batch.items() if key != "events"}, ENVELOPE)
    if problem is not None:
        return [problem]
    if not isinstance(events, list) or not 1 <= len(events) <= BATCH_EVENTS_MAX:
        return [f"events: expected a list of 1…{BATCH_EVENTS_MAX} events, got {_count_text(events)}"]
    problems = ((index, check_event(event, batch["sent_ms"])) for index, event in enumerate(events))
    return [f"events[{index}].{problem}" for index, problem in problems if problem is not None]


def age_problem(at_ms: float, sent_ms: float) -> str | None:
    """The problem of an event's age in a batch sent at `sent_ms`, or None."""
    if -AHEAD_MAX_MS <= sent_ms - at_ms <= AGE_MAX_MS:
        return None
    return f"at_ms: expected at most {AGE_MAX_MS // 86_400_000} days before sent_ms, got {at_ms:.16g}"


def split(
    events: Iterable[Mapping[str, Any]], *, bytes_max: int = BATCH_BYTES_MAX
) -> Iterator[list[Mapping[str, Any]]]:
    """Split events, in order, into lists that each fit one batch.

    Raises:
        ValueError: one event alone is larger than `bytes_max` allows.
    """
    part: list[Mapping[str, Any]] = []
    size = _ENVELOPE_BYTES
    for event in events:
        length = len(json.dumps(event, separators=(",", ":"))) + 1
        if length + _ENVELOPE_BYTES > bytes_max:
            raise ValueError(f"event {preview(event.get('seq'))}: {length} bytes do not fit {bytes_max}")
        if part and (len(part) == BATCH_EVENTS_MAX or size + length > bytes_max):
            yield part
            part, size = [], _ENVELOPE_BYTES
        part.append(event)
        size += length
    if part:
        yield part


def _check_fields(given: Mapping[str, object], fields: Mapping[str, FieldType]) -> str | None:
    """The first problem of the fields of one object."""
    for name in given:
        if name not in fields:
            return f"{preview(name)[1:-1]}: unknown field"
    for name, field in fields.items():
        if name not in given:
            if not field.optional:
                return f"{name}: missing"
        elif (problem := field.problem(given[name])) is not None:
            return f"{name}: {problem}"
    return None


def _count_text(events: object) -> str:
    return f"{len(events)}" if isinstance(events, list) else preview(events)
