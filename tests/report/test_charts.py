"""Charts are drawings that show what they are given."""

from __future__ import annotations

import xml.etree.ElementTree as ET

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from candlefish.report.charts import (
    Bar,
    CallNode,
    IntervalRow,
    bar_chart,
    flame_graph,
    histogram,
    interval_chart,
    line_chart,
    squarify,
    standalone,
    strip,
    treemap,
    waterfall,
)

REFRESH_MS = 1000 / 60
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
        strip([0.0, 16.7, 33.3, 100.0], "a <strip>", REFRESH_MS),
        histogram([16.7, 16.7, 90.0], "a histogram", REFRESH_MS),
        line_chart({"a": [(0.0, 1.0), (1.0, 2.0)], "b": [(0.0, 0.0)]}, "lines", "MB", "s"),
        waterfall(resources, {"first paint": 8.0}),
        treemap([("a&b", 4000.0), ("c", 90.0)]),
        bar_chart([Bar("a&b", 3.0, "3 <ms>"), Bar("c", 0.0, "", expected=4.0)], "bars"),
        interval_chart([IntervalRow("a&b", 1.0, {"once": (-1.0, 3.0), "always": None})], "intervals"),
    ]
    for chart in charts:
        assert len(list(drawn(chart))) > 0


def test_late_frames_stand_out() -> None:
    late = (
        drawn(strip([0.0, 16.7, 33.3, 100.0], "strip", REFRESH_MS)).findall("path[@class='late']")[0].get("d")
    )
    assert late is not None
    assert late.count("M") == 1


def test_a_bar_is_as_long_as_its_value_and_its_outline_as_what_was_expected() -> None:
    chart = drawn(bar_chart([Bar("a", 50.0, "50"), Bar("b", 100.0, "100", expected=200.0)], "bars"))
    widths = [float(rect.get("width", "0")) for rect in chart.findall("rect")]
    assert widths[1] == pytest.approx(2 * widths[0])
    assert widths[2] == pytest.approx(2 * widths[1])


def test_intervals_share_an_axis_with_zero() -> None:
    rows = [IntervalRow("a", 2.0, {"once": (1.0, 3.0)}), IntervalRow("b", -1.0, {"once": (-4.0, 2.0)})]
    lines = drawn(interval_chart(rows, "intervals")).findall("line")
    assert [line.get("class") for line in lines] == ["zero", "once", "once"]
    assert float(lines[2].get("x1", "")) < float(lines[0].get("x1", "")) < float(lines[1].get("x1", ""))
    assert interval_chart([IntervalRow("a", 0.0, {"once": None})], "none yet") == ""


def test_a_chart_can_be_a_file_of_its_own() -> None:
    file = ET.fromstring(standalone(bar_chart([Bar("a", 1.0, "1")], "bars"), 24.0, "Costs & more"))
    assert file.tag == "{http://www.w3.org/2000/svg}svg"
    assert "Costs & more" in [text.text for text in file.findall("{http://www.w3.org/2000/svg}text")]


def test_a_flame_graph_is_as_wide_as_its_parts() -> None:
    step = CallNode("world:step", 6.0, 4)
    top = CallNode("frame", 10.0, below={"host:frame": CallNode("host:frame", 10.0, 4, {"world:step": step})})
    rects = drawn(flame_graph(top, 4)).findall(".//rect")
    assert [float(rect.get("width", "0")) for rect in rects] == pytest.approx([720, 720, 432])
