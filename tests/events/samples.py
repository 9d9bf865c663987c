"""Strategies: values of every field, right ones and wrong ones."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from hypothesis import strategies as st

from candlefish.events import EVENTS
from candlefish.events.schema import COMMON, Choice, Flag, Number, Text, Whole

if TYPE_CHECKING:
    from candlefish.events.schema import FieldType

SENT_MS = 1_790_000_000_000
CLIENT = "client-0123456789abcdef"
SESSION = "session-0123456789abcdef"


def values(field: FieldType) -> st.SearchStrategy[Any]:
    match field:
        case Number(low, high):
            return st.floats(low, high) | st.integers(int(low), int(high))
        case Whole(low, high):
            return st.integers(low, high)
        case Choice(words):
            return st.sampled_from(words)
        case Text(pattern):
            return st.from_regex(pattern.removesuffix("$") + r"\Z")
        case Flag():
            return st.booleans()


WRONG = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(allow_nan=False, allow_infinity=False),
    st.text(max_size=70),
    st.just([]),
    st.just({}),
)


@st.composite
def events(draw: st.DrawFn) -> dict[str, Any]:
    """An event that is right in every field, optional ones there or not."""
    kind = EVENTS[draw(st.sampled_from(sorted(EVENTS)))]
    fields = {
        name: draw(values(field))
        for name, field in {**COMMON, **kind.fields}.items()
        if not field.optional or draw(st.booleans())
    }
    return {**fields, "type": kind.name, "at_ms": SENT_MS - draw(st.integers(0, 86_400_000))}


@st.composite
def damaged_events(draw: st.DrawFn) -> dict[str, Any]:
    """An event with one field changed, removed or added."""
    event = draw(events())
    names = st.sampled_from([*sorted(event), "extra"])
    name = draw(names)
    if draw(st.booleans()):
        event.pop(name, None)
    else:
        event[name] = draw(WRONG)
    return event


def batch(*parts: object, **changes: object) -> dict[str, Any]:
    head = {"v": 1, "client": CLIENT, "session": SESSION, "sent_ms": SENT_MS}
    return {**head, "events": list(parts), **changes}
