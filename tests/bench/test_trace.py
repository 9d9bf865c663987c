"""The profile of a frame: its call tree, its flame graph and their page."""

from __future__ import annotations

import xml.etree.ElementTree as ET

import pytest

from candlefish.bench.scenario import load_scenarios
from candlefish.bench.trace import call_tree, flame_page, hottest, without_probe
from candlefish.report.charts import flame_graph
from tests.bench.test_result_page import Tags


def test_the_flames_page_bears_pythons_names() -> None:
    top = call_tree([(["host:frame"], 10.0, 4), (["host:frame", "fins:<lambda>"], 6.0, 4)])
    text = flame_page(load_scenarios()["idle"], top, 4, 2.5)
    tags = Tags()
    tags.feed(text)
    assert tags.open == []
    assert "fins:&lt;lambda&gt;</td><td>1.5</td><td>1</td>" in text
    assert "one takes 2.5 ms" in text


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
    rects = ET.fromstring(flame_graph(top, 4)).findall(".//rect")
    assert len(rects) == 5
    assert float(rects[2].get("width", "0")) == pytest.approx(0.6 * 720)


def test_the_probe_is_no_part_of_the_frame() -> None:
    stacks = [
        (["a:b", "<string>:timed"], 6.0, 4),
        (["a:b", "<string>:timed", "c:d"], 5.0, 4),
        (["a:b"], 7.0, 4),
    ]
    assert without_probe(stacks) == [(["a:b", "c:d"], 5.0, 4), (["a:b"], 7.0, 4)]
