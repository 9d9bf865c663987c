"""A start can be looked at in DevTools, and says that it takes long only when it does."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.web.visit import Visit

pytestmark = pytest.mark.browser

MEASURES = """() => performance.getEntriesByType("measure")
  .filter((one) => one.name.startsWith("candlefish: "))
  .map(({ name, startTime, duration, detail }) =>
    ({ name: name.slice(12), startTime, duration, track: detail.devtools.track }))"""
MARKS = """() => Object.fromEntries(performance.getEntriesByType("mark")
  .filter((one) => one.name.startsWith("candlefish:"))
  .map(({ name, startTime }) => [name.slice(11), startTime]))"""
HINT = "() => document.querySelector('candle-fish').shadowRoot.querySelector('.hint').hidden"

NOTE_HINT = """globalThis.noted = { worker: 0, hint: 0 };
globalThis.Worker = class extends Worker {
  constructor(...given) { super(...given); noted.worker ||= performance.now(); }
};
setInterval(() => {
  const hint = document.querySelector("candle-fish")?.shadowRoot?.querySelector(".hint");
  if (hint && !hint.hidden) noted.hint ||= performance.now();
}, 5);"""


def test_each_phase_is_a_measure_and_the_event_says_the_same(awake: Visit) -> None:
    timeline = awake.events("ready")[0]["timeline"]
    assert {"worker", "script", "ready"} <= timeline.keys()
    assert awake.page.evaluate(MARKS) == timeline
    measures = awake.page.evaluate(MEASURES)
    assert [one["name"] for one in measures] == list(timeline)
    for before, after in pairwise(measures):
        assert after["startTime"] == before["startTime"] + before["duration"], "they leave no gap"
    assert {one["track"] for one in measures} == {"Candlefish"}
    assert measures[0]["startTime"] > 0


def test_the_page_load_does_not_wait_for_python(awake: Visit) -> None:
    loaded_ms = awake.page.evaluate("performance.getEntriesByType('navigation')[0].loadEventEnd")
    assert 0 < loaded_ms < awake.events("ready")[0]["timeline"]["script"]


def test_the_worker_starts_after_the_first_paint(awake: Visit) -> None:
    paint_ms = awake.page.evaluate("performance.getEntriesByName('first-contentful-paint')[0].startTime")
    began_ms = awake.page.evaluate(MEASURES)[0]["startTime"]
    assert began_ms >= min(paint_ms, 600)


def test_a_hint_comes_only_when_the_start_takes_long(visit: Visit) -> None:
    visit.page.add_init_script(NOTE_HINT)
    visit.page.context.route("**/main.wasm.zst", lambda _route: None)
    visit.open()
    visit.page.wait_for_function("() => noted.hint > 0")
    noted = visit.page.evaluate("noted")
    assert noted["hint"] - noted["worker"] >= 1490
    visit.page.evaluate("document.querySelector('candle-fish').toggleAttribute('static')")
    visit.wait_event("fallback")
    assert visit.page.evaluate(HINT), "there is nothing to wait for any more"


def test_the_hint_goes_when_the_fish_swims(awake: Visit) -> None:
    assert awake.page.evaluate(HINT)
