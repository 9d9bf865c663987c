"""Whatever a page's owner does in whatever order, the fish lives on, is silent and leaks nothing."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.web.visit import Visit

pytestmark = [pytest.mark.browser, pytest.mark.slow]

FUZZER = Path(__file__).with_name("fuzzer.js").read_text(encoding="utf-8")
MANIFEST = Path(__file__).parents[2] / "web" / "package" / "custom-elements.json"
[ELEMENT] = json.loads(MANIFEST.read_text(encoding="utf-8"))["modules"][0]["declarations"]
PAGE = f"""<!doctype html><html lang="en"><title>A page of somebody's</title><link rel="icon" href="data:,">
<script type="module" src="/candle-fish.js"></script>
<div class="box" style="min-height: 250px"><candle-fish height="250"></candle-fish></div>
<div class="box" style="min-height: 100px"></div><p style="height: 1500px">Words</p><div class="box"></div>
<script>{FUZZER}</script>"""


def test_it_does_all_that_the_manifest_documents() -> None:
    for attribute in ELEMENT["attributes"]:
        assert attribute["type"]["text"] != "string" or attribute["name"] in FUZZER
    for member in ELEMENT["members"]:
        assert f"fish.{member['name']}" in FUZZER


def test_anything_in_any_order(visit: Visit, amount: Callable[[int, int], int]) -> None:
    visit.serve("/fuzz.html", PAGE)
    visit.expect("/api/")  # `analytics` without a service: the browser itself tells of the 404
    visit.open("/fuzz.html")
    visit.wait_awake()
    given = [amount(8, 120), 1, ELEMENT["attributes"]]
    found = visit.page.evaluate("([seconds, seed, attributes]) => fuzz(seconds, seed, attributes)", given)
    assert found["problems"] == []
    assert len(found["done"]) > 20
    for error in visit.events("error"):
        assert "traceback" not in error, error
    visit.page.evaluate("document.querySelectorAll('candle-fish').forEach((fish) => fish.remove())")
    visit.wait_threads(0)
    visit.page.evaluate(
        "document.querySelector('.box').innerHTML = '<candle-fish id=\"last\" height=\"250\"></candle-fish>'"
    )
    visit.page.evaluate("scrollTo(0, 0)")
    visit.page.wait_for_function(
        "() => recorded.some((e) => e.from === 'last' && e.name === 'ready')", timeout=60_000
    )
    visit.wait_state(lambda state: state["frames"] > 5)


def test_mounted_and_removed_again_and_again_it_leaves_nothing(
    visit: Visit, amount: Callable[[int, int], int]
) -> None:
    mounts = amount(8, 100)
    visit.serve("/fuzz.html", PAGE)
    visit.open("/fuzz.html")
    visit.wait_awake()
    session = visit.page.context.new_cdp_session(visit.page)
    session.send("Performance.enable")

    def settled() -> dict[str, float]:
        visit.page.evaluate("document.querySelectorAll('candle-fish').forEach((fish) => fish.remove())")
        visit.wait_threads(0)
        for _ in range(3):
            session.send("HeapProfiler.collectGarbage")
            visit.page.wait_for_timeout(100)
        metrics = session.send("Performance.getMetrics")["metrics"]
        return {metric["name"]: metric["value"] for metric in metrics}

    def mount(times: int) -> None:
        for turn in range(times):
            ready = len(visit.events("ready"))
            visit.page.evaluate(
                "document.querySelector('.box').append(document.createElement('candle-fish'))"
            )
            if turn % 4:
                visit.wait_event("ready", after=ready)
            visit.page.evaluate("document.querySelector('candle-fish').remove()")

    settled()
    mount(3)
    before = settled()
    mount(mounts)
    after = settled()
    held = {name: after[name] - before[name] for name in ("Nodes", "JSEventListeners", "Documents")}
    assert held["JSEventListeners"] <= 2 and held["Nodes"] <= 20 and held["Documents"] <= 0, held
    assert after["JSHeapUsedSize"] - before["JSHeapUsedSize"] < 2e6 + 10e3 * mounts
    assert visit.page.evaluate("document.querySelectorAll('canvas').length") == 0
