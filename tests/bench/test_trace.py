"""The page of the flame graph."""

from __future__ import annotations

from candlefish.bench.report.charts import call_tree
from candlefish.bench.scenario import load_scenarios
from candlefish.bench.trace import flame_page_body
from tests.bench.test_report import Tags


def test_the_flames_page_bears_pythons_names() -> None:
    top = call_tree([(["host:frame"], 10.0, 4), (["host:frame", "fins:<lambda>"], 6.0, 4)])
    text = flame_page_body(load_scenarios()["idle"], top, 4, 2.5)
    tags = Tags()
    tags.feed(text)
    assert tags.open == []
    assert "fins:&lt;lambda&gt;</td><td>1.5</td><td>1</td>" in text
    assert "one takes 2.5 ms" in text
