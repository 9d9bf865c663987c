"""Reports: the table, Markdown, the page and its charts."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET
from html.parser import HTMLParser

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from candlefish.bench.report.charts import (
    call_tree,
    flame_graph,
    histogram,
    hottest,
    line_chart,
    squarify,
    strip,
    treemap,
    waterfall,
    without_probe,
)
from candlefish.bench.report.html import result_page
from candlefish.bench.report.text import markdown, terminal_table, workflow_commands
from candlefish.bench.result import history_point
from tests.bench.runs import a_result


def test_the_table_says_what_is_broken_and_by_how_much() -> None:
    text = terminal_table(a_result(), colour=False)
    assert "✗ broken: cpu_ms in idle: 18.1 ms/frame, budget 10.0 ms/frame (in every round)" in text
    assert "9.1 ms/frame → 18.1 ms/frame, change 9 [9, 9]" in text
    assert text.splitlines()[-1] == "✗ broken"
    assert "\033" not in text
    assert "\033[31m" in terminal_table(a_result(), colour=True)


def test_markdown_and_annotations() -> None:
    text = markdown(a_result())
    assert text.startswith("## ❌ Candlefish bench: broken\n")
    assert "| idle | 60.0 |" in text
    lines = workflow_commands(a_result()).splitlines()
    assert lines[0].startswith("::error title=bench broken: cpu_ms::`cpu_ms` in idle: 18.1 ms/frame")
    assert len(lines) == 2


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


SIZES = st.lists(st.floats(1.0, 1e7), min_size=1, max_size=40)


@given(SIZES)
@example([1.0, 7269539.0, 9004263.0, 9004263.0, 10000000.0, 2956339.5, 7151899.39664256])
def test_a_treemap_fills_its_place(sizes: list[float]) -> None:
    tiles = squarify([(str(i), size) for i, size in enumerate(sizes)], 720.0, 360.0)
    assert len(tiles) == len(sizes)
    scale = 720.0 * 360.0 / sum(sizes)
    for tile in tiles:
        assert tile.width * tile.height == pytest.approx(tile.size * scale, rel=1e-6)
        assert -1e-6 <= tile.x <= tile.x + tile.width <= 720.0 + 1e-6
        assert -1e-6 <= tile.y <= tile.y + tile.height <= 360.0 + 1e-6


def test_nothing_has_no_tiles() -> None:
    assert squarify([("empty", 0.0)], 10.0, 10.0) == []


def drawn(text: str) -> ET.Element:
    """The first drawing in a text."""
    return ET.fromstring(text[text.index("<svg") : text.index("</svg>") + 6])


def test_charts_are_drawings() -> None:
    resources: list[dict[str, float | str]] = [
        {"by": "page", "url": "http://x/a&b.js", "start_ms": 0.0, "end_ms": 9.0, "encoded_bytes": 900.0}
    ]
    charts = [
        strip([0.0, 16.7, 33.3, 100.0], "a <strip>"),
        histogram([16.7, 16.7, 90.0], "a histogram"),
        line_chart({"a": [(0.0, 1.0), (1.0, 2.0)], "b": [(0.0, 0.0)]}, "lines", "MB", "s"),
        waterfall(resources, {"first paint": 8.0}),
        treemap([("a&b", 4000.0), ("c", 90.0)]),
    ]
    for chart in charts:
        assert len(list(drawn(chart))) > 0


def test_late_frames_stand_out() -> None:
    late = drawn(strip([0.0, 16.7, 33.3, 100.0], "strip")).findall("path[@class='late']")[0].get("d")
    assert late is not None
    assert late.count("M") == 1


STACKS = [
    (["host:frame"], 10.0, 4),
    (["host:frame", "world:step"], 6.0, 4),
    (["host:frame", "world:step", "fins:wave"], 1.0, 8),
    (["host:frame", "fins:wave"], 1.0, 4),
]


def test_a_flame_graph_adds_up() -> None:
    top = call_tree(STACKS)
    assert top.ms == 10.0
    assert top.below["host:frame"].self_ms == 3.0
    assert hottest(top, 3) == [("world:step", 5.0, 4), ("host:frame", 3.0, 4), ("fins:wave", 2.0, 12)]
    rects = drawn(flame_graph(top, 4)).findall(".//rect")
    assert len(rects) == 5
    assert float(rects[2].get("width", "0")) == pytest.approx(0.6 * 720)


def test_the_probe_is_no_part_of_the_frame() -> None:
    stacks = [
        (["a:b", "<string>:timed"], 6.0, 4),
        (["a:b", "<string>:timed", "c:d"], 5.0, 4),
        (["a:b"], 7.0, 4),
    ]
    assert without_probe(stacks) == [(["a:b", "c:d"], 5.0, 4), (["a:b"], 7.0, 4)]
