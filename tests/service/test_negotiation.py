"""Accept-Encoding and If-None-Match."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from candlefish.service.negotiation import PREFERENCE, choose_encoding, matches

BOTH = ("br", "gzip")


@pytest.mark.parametrize(
    ("header", "chosen"),
    [
        (None, "identity"),
        ("", "identity"),
        ("gzip, deflate, br, zstd", "br"),
        ("gzip", "gzip"),
        ("GZIP", "gzip"),
        ("br;q=0.5, gzip;q=0.9", "gzip"),
        ("br;q=0, gzip", "gzip"),
        ("br; q=0.2", "br"),
        ("identity, br;q=0.5", "identity"),
        ("*", "br"),
        ("*;q=0, gzip", "gzip"),
        ("*;q=0", "identity"),
        ("br;q=nonsense", "identity"),
        ("br;q=7", "identity"),
        ("br;q=nan", "identity"),
        ("zstd", "identity"),
        (",;,", "identity"),
    ],
)
def test_the_best_coding_wins(header: str | None, chosen: str) -> None:
    assert choose_encoding(header, BOTH) == chosen


def test_a_coding_that_is_not_there_is_not_chosen() -> None:
    assert choose_encoding("br, gzip;q=0.1", ("gzip",)) == "gzip"
    assert choose_encoding("br, gzip", ()) == "identity"


@given(st.text(), st.sets(st.sampled_from(BOTH)))
def test_any_header_leads_to_something_we_have(header: str, available: set[str]) -> None:
    assert choose_encoding(header, available) in {*available, "identity"} <= set(PREFERENCE)


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        (None, False),
        ('"a"', True),
        ('W/"a"', True),
        ('"b", "a"', True),
        ("*", True),
        ('"b"', False),
        ("a", False),
        ("", False),
    ],
)
def test_entity_tags_compare_weakly(header: str | None, *, expected: bool) -> None:
    assert matches(header, '"a"') is expected
