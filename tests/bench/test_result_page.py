"""The result as a page."""

from __future__ import annotations

import re
from html.parser import HTMLParser

from candlefish.bench.result import history_point
from candlefish.bench.result_page import result_page
from tests.bench.runs import a_result


class Tags(HTMLParser):
    """Holds open tags; fails on a wrong end."""

    VOID = frozenset({"meta", "img", "br", "link"})

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.seen: set[str] = set()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.seen.add(tag)
        if tag not in self.VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.seen.add(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


def test_the_page_is_whole_and_alone() -> None:
    record = a_result()
    text = result_page(record, [history_point(record), history_point(record), history_point(record)])
    tags = Tags()
    tags.feed(text)
    assert tags.open == []
    assert {"svg", "table", "img", "details"} <= tags.seen
    assert not re.search(r'(?:src|href)="(?!data:)', text)
    assert "A &lt;processor&gt;" in text
    assert 'name="viewport"' in text
    for heading in (
        "Every frame",
        "How often",
        "Memory over time",
        "Boot waterfall",
        "What the bytes are",
        "Trend",
    ):
        assert heading in text
