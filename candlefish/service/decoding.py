"""Decoding of batches: msgspec decoders made from the schema of `candlefish.events`.

The fast path decodes and checks a whole batch in one pass. Only if that fails are the events decoded one
by one, to name the wrong ones and keep the others.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import reduce
from operator import or_
from typing import TYPE_CHECKING, Annotated, Any, Final, Literal

import msgspec

from candlefish.events import BATCH_EVENTS_MAX, EVENTS
from candlefish.events.batch import age_problem
from candlefish.events.schema import COMMON, ENVELOPE, Choice, Flag, Number, Text, Whole

if TYPE_CHECKING:
    from collections.abc import Mapping

    from candlefish.events.schema import FieldType


class BatchError(ValueError):
    """A body is not a batch; the message says why."""


@dataclass(frozen=True, slots=True)
class EventProblem:
    """A rejected event: its index in the batch, and the reason."""

    index: int
    error: str


@dataclass(frozen=True, slots=True)
class Decoded:
    """A decoded batch: accepted events and rejected ones. `mask` has bit seq set for each accepted event."""

    client: str
    session: str
    sent_ms: int
    events: list[Any]
    mask: int
    problems: tuple[EventProblem, ...] = ()


def _msgspec_type(field: FieldType) -> Any:  # a type form made at run time
    match field:
        case Number(low, high):
            return Annotated[float, msgspec.Meta(ge=low, le=high)]
        case Whole(low, high):
            return Annotated[int, msgspec.Meta(ge=low, le=high)]
        case Choice(words):
            return Literal[words]
        case Text(pattern):
            return Annotated[str, msgspec.Meta(pattern=pattern.removesuffix("$") + r"\Z")]
        case Flag():
            return bool


def _fields(fields: Mapping[str, FieldType]) -> list[Any]:
    """Fields for `defstruct`; a missing optional field is not encoded."""
    return [
        (name, _msgspec_type(field) | msgspec.UnsetType, msgspec.UNSET)
        if field.optional
        else (name, _msgspec_type(field))
        for name, field in fields.items()
    ]


def _event_struct(name: str) -> type[msgspec.Struct]:
    fields = _fields({**COMMON, **EVENTS[name].fields})
    return msgspec.defstruct(
        f"Event_{name}", fields, tag=name, tag_field="type", forbid_unknown_fields=True, kw_only=True
    )


EVENT_STRUCTS: Final = {name: _event_struct(name) for name in EVENTS}
"""The decoded form of each type of event."""
AnyEvent: Final[Any] = reduce(or_, EVENT_STRUCTS.values())
_Events: Final[Any] = Annotated[list[AnyEvent], msgspec.Meta(min_length=1, max_length=BATCH_EVENTS_MAX)]
_RawEvents: Final[Any] = Annotated[list[msgspec.Raw], msgspec.Meta(min_length=1, max_length=BATCH_EVENTS_MAX)]


def _batch_struct(name: str, events: Any) -> type[Any]:
    return msgspec.defstruct(
        name, [*_fields(ENVELOPE), ("events", events)], forbid_unknown_fields=True, kw_only=True
    )


Batch: Final = _batch_struct("Batch", _Events)
_BATCH: Final = msgspec.json.Decoder(Batch)
_ENVELOPE: Final = msgspec.json.Decoder(_batch_struct("BatchOfRaw", _RawEvents))
_EVENT: Final = msgspec.json.Decoder(AnyEvent)
_STORED: Final = msgspec.json.Decoder(list[AnyEvent])
_ENCODE: Final = msgspec.json.Encoder().encode


def decode_batch(body: bytes) -> Decoded:
    """The batch in a request's body. Wrong events are rejected one by one; the others are kept.

    Raises:
        BatchError: the body is not JSON, or its envelope is not a batch's.
    """
    try:
        batch = _BATCH.decode(body)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return _decode_each(body)
    events, sent_ms = batch.events, batch.sent_ms
    times = [event.at_ms for event in events]
    if age_problem(min(times), sent_ms) or age_problem(max(times), sent_ms):
        return _decoded(batch, list(enumerate(events)), [])
    mask = _mask(events)
    if mask.bit_count() < len(events):
        return _decoded(batch, list(enumerate(events)), [])
    return Decoded(batch.client, batch.session, sent_ms, events, mask)


def encode_events(events: list[Any]) -> bytes:
    """Events as they are stored: a JSON array."""
    return _ENCODE(events)


def decode_stored(body: bytes) -> list[Any]:
    """Stored events as structs.

    Raises:
        msgspec.ValidationError: they are of a schema this version does not know.
    """
    return _STORED.decode(body)


def _decode_each(body: bytes) -> Decoded:
    try:
        envelope = _ENVELOPE.decode(body)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise BatchError(_error_text(error)) from error
    good: list[tuple[int, Any]] = []
    problems: list[EventProblem] = []
    for index, raw in enumerate(envelope.events):
        try:
            good.append((index, _EVENT.decode(raw)))
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
            problems.append(EventProblem(index, _error_text(error)))
    return _decoded(envelope, good, problems)


def _decoded(batch: Any, events: list[tuple[int, Any]], problems: list[EventProblem]) -> Decoded:
    sent_ms = batch.sent_ms
    late = [
        EventProblem(index, problem)
        for index, event in events
        if (problem := age_problem(event.at_ms, sent_ms)) is not None
    ]
    if late:
        refused = {problem.index for problem in late}
        events = [(index, event) for index, event in events if index not in refused]
        problems = sorted([*problems, *late], key=lambda problem: problem.index)
    kept = [event for _, event in events]
    mask = _mask(kept)
    if mask.bit_count() < len(kept):
        kept = list({event.seq: event for event in reversed(kept)}.values())[::-1]
    return Decoded(batch.client, batch.session, sent_ms, kept, mask, tuple(problems))


def _mask(events: list[Any]) -> int:
    mask = 0
    for event in events:
        mask |= 1 << event.seq
    return mask


_PATH: Final = re.compile(r" - at `\$\.?(.*?)`$")


def _error_text(error: Exception) -> str:
    """The message of a decoder as `where: what`."""
    text = str(error)[:300]
    place = _PATH.search(text)
    where = f"{place[1]}: " if place and place[1] else ""
    return where + _PATH.sub("", text)
