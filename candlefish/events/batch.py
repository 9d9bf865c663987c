"""Batches: the envelope events travel in, checked strictly, and cut so that each is accepted.

    {"v": 1, "client": "…", "session": "…", "sent_ms": 1732…, "events": [
        {"type": "milestone", "seq": 7, "at_ms": 1732…, "name": "first_feed", "trust": 23.5}, …]}

The id of an event is (session, seq): sending it again changes nothing. `sent_ms` tells the server how
wrong the client's clock is, so only the age of an event, sent_ms − at_ms, is taken from it.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final

from candlefish.events.fields import shown
from candlefish.events.schema import COMMON, ENVELOPE, EVENTS

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from candlefish.events.fields import Field

BATCH_EVENTS_MAX: Final = 100
BATCH_BYTES_MAX: Final = 60_000
"""What a client sends at most; browsers refuse beacons above 64 KiB in flight."""
AGE_MAX_MS: Final = 7 * 86_400_000
"""Events may wait this long for a network; older ones are refused."""
AHEAD_MAX_MS: Final = 1_000
"""How much later than its batch an event may claim to be."""
_ENVELOPE_BYTES: Final = 400


def check_event(event: object, sent_ms: float) -> str | None:
    """What is wrong with one event of a batch sent at `sent_ms` (where, and what was expected), or None."""
    if not isinstance(event, dict):
        return f"expected an object, got {shown(event)}"
    kind = EVENTS.get(event["type"]) if isinstance(event.get("type"), str) else None
    if kind is None:
        return f"type: expected one of {', '.join(EVENTS)}, got {shown(event.get('type'))}"
    body = {key: value for key, value in event.items() if key != "type"}
    return _check_fields(body, {**COMMON, **kind.fields}) or age_problem(body["at_ms"], sent_ms)


def check_batch(batch: object) -> list[str]:
    """Everything that is wrong with a batch; empty if the server will take all of it."""
    if not isinstance(batch, dict):
        return [f"expected an object, got {shown(batch)}"]
    events = batch.get("events")
    problem = _check_fields({key: value for key, value in batch.items() if key != "events"}, ENVELOPE)
    if problem is not None:
        return [problem]
    if not isinstance(events, list) or not 1 <= len(events) <= BATCH_EVENTS_MAX:
        return [f"events: expected a list of 1…{BATCH_EVENTS_MAX} events, got {_counted(events)}"]
    found = ((index, check_event(event, batch["sent_ms"])) for index, event in enumerate(events))
    return [f"events[{index}].{problem}" for index, problem in found if problem is not None]


def age_problem(at_ms: float, sent_ms: float) -> str | None:
    """Why an event of `at_ms` cannot be in a batch sent at `sent_ms`, or None."""
    if -AHEAD_MAX_MS <= sent_ms - at_ms <= AGE_MAX_MS:
        return None
    return f"at_ms: expected at most {AGE_MAX_MS // 86_400_000} days before sent_ms, got {at_ms:.16g}"


def split(
    events: Iterable[Mapping[str, Any]], *, bytes_max: int = BATCH_BYTES_MAX
) -> Iterator[list[Mapping[str, Any]]]:
    """Cut events into lists that each fit one batch, in order. An event too large for any batch raises.

    Raises:
        ValueError: one event alone is larger than `bytes_max` allows.
    """
    part: list[Mapping[str, Any]] = []
    size = _ENVELOPE_BYTES
    for event in events:
        length = len(json.dumps(event, separators=(",", ":"))) + 1
        if length + _ENVELOPE_BYTES > bytes_max:
            raise ValueError(f"event {shown(event.get('seq'))}: {length} bytes do not fit {bytes_max}")
        if part and (len(part) == BATCH_EVENTS_MAX or size + length > bytes_max):
            yield part
            part, size = [], _ENVELOPE_BYTES
        part.append(event)
        size += length
    if part:
        yield part


def _check_fields(found: Mapping[str, object], fields: Mapping[str, Field]) -> str | None:
    """The first problem of the fields of one object."""
    for name in found:
        if name not in fields:
            return f"{shown(name)[1:-1]}: unknown field"
    for name, field in fields.items():
        if name not in found:
            if not field.optional:
                return f"{name}: missing"
        elif (problem := field.problem(found[name])) is not None:
            return f"{name}: {problem}"
    return None


def _counted(events: object) -> str:
    return f"{len(events)}" if isinstance(events, list) else shown(events)
