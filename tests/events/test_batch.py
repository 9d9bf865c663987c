"""Batches of events: page and server accept and refuse the same."""

from __future__ import annotations

import json
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from candlefish.events import (
    BATCH_BYTES_MAX,
    BATCH_EVENTS_MAX,
    check_batch,
    check_event,
    split,
)
from candlefish.service.decoding import BatchError, decode_batch, decode_stored, encode_events
from tests.events.samples import SENT_MS, batch, damaged_events, events

MILESTONE = {"type": "milestone", "seq": 0, "at_ms": SENT_MS, "name": "first_feed", "trust": 23.5}


@pytest.mark.slow
@settings(max_examples=300)
@given(events())
def test_a_right_event_is_right_for_both(event: dict[str, Any]) -> None:
    assert check_event(event, SENT_MS) is None
    decoded = decode_batch(json.dumps(batch(event)).encode())
    assert decoded.problems == ()
    (again,) = decode_stored(encode_events(decoded.events))
    assert msgspec.to_builtins(again) == pytest.approx(event)


def as_javascript_writes(event: dict[str, Any]) -> dict[str, Any]:
    """2.0 as 2: JavaScript knows no difference."""
    return {
        name: int(value) if isinstance(value, float) and value.is_integer() else value
        for name, value in event.items()
    }


def test_a_whole_number_of_javascript_is_right_for_both() -> None:
    event = {**MILESTONE, "seq": 2.0}
    assert check_event(event, SENT_MS) is None
    assert decode_batch(json.dumps(batch(as_javascript_writes(event))).encode()).problems == ()


@pytest.mark.slow
@settings(max_examples=600)
@given(damaged_events())
def test_page_and_server_refuse_the_same(event: dict[str, Any]) -> None:
    refused_here = check_batch(batch(event))
    refused_there = decode_batch(json.dumps(batch(as_javascript_writes(event))).encode()).problems
    assert bool(refused_here) == bool(refused_there), (refused_here, refused_there)


@pytest.mark.parametrize(
    ("changes", "where"),
    [
        ({"v": 2}, "v:"),
        ({"client": "short"}, "client:"),
        ({"session": None}, "session:"),
        ({"sent_ms": -1}, "sent_ms:"),
        ({"events": []}, "events:"),
        ({"events": [MILESTONE] * 101}, "events:"),
        ({"events": "all"}, "events:"),
        ({"more": 1}, "more: unknown field"),
    ],
)
def test_a_wrong_envelope_is_wrong_for_both(changes: dict[str, Any], where: str) -> None:
    wrong = batch(MILESTONE, **changes)
    (problem,) = check_batch(wrong)
    assert problem.startswith(where)
    with pytest.raises(BatchError):
        decode_batch(json.dumps(wrong).encode())


@pytest.mark.parametrize("value", [None, [], "batch", 7])
def test_what_is_no_batch_is_named(value: object) -> None:
    assert check_batch(value)[0].startswith("expected an object, got")
    assert check_event(value, SENT_MS) is not None


def test_problems_say_which_event_and_what_was_expected() -> None:
    problems = check_batch(batch(MILESTONE, {**MILESTONE, "trust": 200}, {**MILESTONE, "type": "x"}))
    assert problems[0] == "events[1].trust: expected a number in 0…100, got 200"
    assert problems[1].startswith("events[2].type: expected one of session_start,")


def test_the_same_sequence_number_twice_in_a_batch_counts_once() -> None:
    decoded = decode_batch(json.dumps(batch(MILESTONE, {**MILESTONE, "trust": 50})).encode())
    assert [event.trust for event in decoded.events] == [23.5]
    assert decoded.mask == 1


@pytest.mark.slow
@settings(max_examples=60)
@given(st.lists(events(), max_size=230), st.integers(2_000, 60_000))
def test_split_keeps_every_event_in_order_and_within_bounds(all_events: list[Any], bytes_max: int) -> None:
    parts = list(split(all_events, bytes_max=bytes_max))
    assert [event for part in parts for event in part] == all_events
    for part in parts:
        assert 1 <= len(part) <= BATCH_EVENTS_MAX
        assert len(json.dumps(batch(*part), separators=(",", ":"))) <= bytes_max


def test_an_event_too_large_for_any_batch_is_an_error() -> None:
    with pytest.raises(ValueError, match="do not fit"):
        list(split([{"seq": 1, "x": "x" * BATCH_BYTES_MAX}]))
