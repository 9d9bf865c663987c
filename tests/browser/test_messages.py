"""Messages of the page are accepted or refused whole."""

from __future__ import annotations

import json
import math
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from candlefish.browser.messages import Fields, MessageError, inputs_in, parse_start
from candlefish.sim.inputs import InputKind

NAN = math.nan
INIT: dict[str, Any] = {
    "type": "init",
    "width": 800,
    "height": 500.5,
    "dpr": 2,
    "seed": 7,
    "effects": "standard",
    "complexity": "advanced",
    "paused": False,
    "now_ms": 1_760_000_000_000,
    "device": "a1",
    "memory": None,
    "pending": [{"base": None, "mine": "{}"}, {"base": "{}", "mine": "{ }"}],
}


def test_a_whole_init_message_is_read() -> None:
    start = parse_start(json.dumps(INIT))
    assert (start.width_px, start.height_px, start.dpr, start.seed) == (800, 500.5, 2, 7)
    assert (start.complexity, start.paused, start.memory) == ("advanced", False, None)
    assert start.pending == ((None, "{}"), ("{}", "{ }"))


@pytest.mark.parametrize(
    ("field", "value", "expected"),
    [
        ("width", "800", r"init.width: expected a number in 0…65536, got '800'"),
        ("width", True, r"init.width: expected a number"),
        ("dpr", 0, r"init.dpr: expected a number in 0.1…8, got 0"),
        ("effects", "none", r"init.effects: expected one of minimal, standard, rich, got 'none'"),
        ("transparent", 1, r"init.transparent: expected true or false, got 1"),
        ("paused", 0, r"init.paused: expected true or false, got 0"),
        ("device", None, r"init.device: expected a string, got None"),
        ("memory", 5, r"init.memory: expected a string, got 5"),
        ("pending", {}, r"init.pending: expected a list, got \{\}"),
        ("pending", [{"base": "x"}], r"pending.mine: expected a string, got None"),
    ],
)
def test_a_bad_field_is_named(field: str, value: object, expected: str) -> None:
    with pytest.raises(MessageError, match=expected):
        parse_start(json.dumps({**INIT, field: value}))


@pytest.mark.parametrize("text", ["", "{", "[]", "7", "null", "{}", '{"type": 3}'])
def test_a_malformed_message_is_refused(text: str) -> None:
    with pytest.raises(MessageError, match="message"):
        Fields(text)


@given(st.text())
def test_no_text_does_anything_but_parse_or_be_refused(text: str) -> None:
    try:
        assert Fields(text).type
    except MessageError as error:
        assert str(error)


def test_inputs_are_taken_four_numbers_at_a_time() -> None:
    flat = [0, 10, 20, 1000.5, 1, NAN, NAN, 1001]
    move, leave = inputs_in(flat)
    assert list(move) == [InputKind.MOVE, 10.0, 20.0, 1000.5]
    assert (leave[0], leave[3]) == (InputKind.LEAVE, 1001)
    assert math.isnan(leave[1])


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ([0, 1, 2], "a multiple of 4 numbers, got 3"),
        ([11, 1, 2, 3], r"events\[0\]: expected a kind in 0…10, got 11"),
        ([0.5, 1, 2, 3], "expected a kind"),
        ([NAN, 1, 2, 3], "expected a kind"),
        ([0, NAN, 2, 3], r"MOVE with \(nan, 2\) px"),
        ([4, 1, math.inf, 3], "FEED"),
        ([5, NAN, NAN, NAN], "SCROLL"),
        ([0, 1, 2, 3, 0, NAN, 2, 3], r"events\[4\]"),
    ],
)
def test_bad_inputs_are_refused(values: list[float], expected: str) -> None:
    with pytest.raises(MessageError, match=expected):
        list(inputs_in(values))


@given(st.lists(st.floats(), max_size=40))
def test_no_numbers_do_anything_but_parse_or_be_refused(values: list[float]) -> None:
    try:
        assert all(math.isfinite(epoch_ms) for _, _, _, epoch_ms in inputs_in(values))
    except MessageError as error:
        assert str(error)
