"""The link codec: a character in a URL."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from candlefish.sim.tuning import THRESHOLDS
from candlefish.studio.document import Document, DocumentError
from candlefish.studio.link import LinkError, decode_link, encode_link
from candlefish.studio.parameters import differing, preset_values


def test_a_link_carries_a_character() -> None:
    document = Document()
    document.take_preset("night")
    document.set(THRESHOLDS, "lonely_after_s", 90)
    link = encode_link(document.changes())
    assert len(link) < 900
    assert link.replace("-", "").replace("_", "").isalnum()
    other = Document()
    other.set_many(decode_link(link), "link")
    assert other.values() == document.values()
    assert decode_link(encode_link({})) == {}


@pytest.mark.parametrize("text", ["", "1", "1AAAA", "2q1YqSS0uUbJSKkktLlGqBQA", "1ü", "1" + "A" * 9000])
def test_a_damaged_link_is_refused(text: str) -> None:
    with pytest.raises(LinkError, match="link"):
        decode_link(text)


@pytest.mark.slow
@given(st.integers(0, 400), st.characters(codec="ascii"))
def test_no_link_breaks_the_document(at: int, letter: str) -> None:
    link = encode_link(differing(preset_values("vivid"), preset_values()))
    at %= len(link)
    try:
        Document().set_many(decode_link(link[:at] + letter + link[at + 1 :]), "link")
    except (DocumentError, LinkError) as error:
        assert str(error)
