"""Input costs the page nothing: it scrolls and answers as if there were no fish, and hidden means unseen.

The latencies go to artefacts/browser.json; the bounds only catch disasters.
"""

from __future__ import annotations

import json
import statistics
from typing import TYPE_CHECKING, Any

import pytest

from tests.web.artefact import record

if TYPE_CHECKING:
    from tests.web.visit import Visit, Visits

pytestmark = pytest.mark.browser

FISH = "document.querySelector('candle-fish')"
DISASTER_MS = 1500
LONG_PAGE = """<!doctype html><html lang="en"><meta charset="utf-8"><title>a long page</title>
<meta name="viewport" content="width=device-width"><link rel="icon" href="data:,">
<script type="module" src="./candle-fish.js"></script>
<body style="margin: 0"><candle-fish height="500" {attributes}></candle-fish>
<button id="buy">Buy</button><p style="height: 4000px">A lot to read.</p>"""
# Event Timing: from the input to the next paint; what takes less than 16 ms is not reported.
WATCH_INPUT = """
window.slow = [];
new PerformanceObserver((list) => list.getEntries().forEach((entry) =>
  entry.interactionId > 0 && slow.push([entry.interactionId, entry.duration])),
).observe({ type: "event", durationThreshold: 16, buffered: true });
"""
SCROLL_FRAMES = """() => new Promise((resolve) => {
  const times = [];
  const tick = (time) => {
    times.push(time);
    scrollTo({ top: times.length * 12 % 900, behavior: "instant" });
    if (times.length < 91) requestAnimationFrame(tick);
    else resolve(times.slice(1).map((later, i) => later - times[i]));
  };
  requestAnimationFrame(tick);
})"""
# Listeners of ours that could hold a scroll up (a browser under test has some of its driver's).
WATCH_LISTENERS = """
window.holding = [];
window.heard = [];
const add = EventTarget.prototype.addEventListener;
EventTarget.prototype.addEventListener = function (name, listener, how) {
  const may = ["touchstart", "touchmove", "wheel", "mousewheel", "pointermove", "pointerdown", "scroll"];
  const ours = new Error().stack.includes("/app-");
  if (ours) heard.push(name);
  if (ours && may.includes(name) && how?.passive !== true) holding.push(name);
  return add.call(this, name, listener, how);
};
"""
HIDE = """(state) => {
  Object.defineProperty(document, "visibilityState", { value: state, configurable: true });
  document.dispatchEvent(new Event("visibilitychange"));
}"""
WIGGLE = f"""() => {{
  const stage = {FISH}.shadowRoot.querySelector(".stage");
  for (let i = 0; i < 200; i += 1) {{
    const at = {{ clientX: 100 + (i % 2) * 900, clientY: 300, isPrimary: true, bubbles: true }};
    stage.dispatchEvent(new PointerEvent("pointermove", at));
  }}
  dispatchEvent(new Event("scroll"));
  stage.dispatchEvent(new KeyboardEvent("keydown", {{ key: "Enter" }}));
}}"""


def open_long_page(visit: Visit, attributes: str = "") -> None:
    visit.serve("/long.html", LONG_PAGE.format(attributes=attributes))
    visit.open("/long.html")
    visit.wait_event("fallback" if attributes else "ready")


def latencies(visit: Visit) -> dict[str, float]:
    """Slowest interaction and the frames of a scroll, ms."""
    visit.page.wait_for_timeout(1000)
    for i in range(12):
        visit.page.mouse.move(200 + 40 * i, 250)
        visit.page.mouse.click(200 + 40 * i, 250)
        visit.page.locator("#buy").press("Enter")
    visit.page.wait_for_timeout(300)
    by_id: dict[int, float] = {}
    for number, duration in visit.page.evaluate("slow"):
        by_id[number] = max(duration, by_id.get(number, 0.0))
    frames = sorted(visit.page.evaluate(SCROLL_FRAMES))
    return {
        "inp_ms": max(by_id.values(), default=16.0),
        "median_interaction_ms": statistics.median([*by_id.values(), 16.0]),
        "scroll_median_ms": round(statistics.median(frames), 1),
        "scroll_p95_ms": round(frames[int(0.95 * len(frames))], 1),
    }


@pytest.mark.alone
def test_the_page_answers_and_scrolls_as_without_a_fish(visits: Visits) -> None:
    figures = {}
    for name, attributes in (("without", "static"), ("with", "")):
        visit = visits.new()
        visit.page.add_init_script(WATCH_INPUT)
        open_long_page(visit, attributes)
        figures[name] = latencies(visit)
        visit.page.close()
    record("input_latency", figures)
    assert figures["with"]["inp_ms"] < DISASTER_MS
    assert figures["with"]["scroll_p95_ms"] < DISASTER_MS


def swipe_up(visit: Visit, x: float, y: float) -> None:
    """A finger on its way up, over 280 px."""
    session = visit.page.context.new_cdp_session(visit.page)
    for step in range(20):
        kind = "touchMove" if step else "touchStart"
        points = [{"x": x, "y": y - 15 * step}]
        session.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})
    session.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})


def test_wheel_keys_and_finger_scroll_the_page_over_the_fish(visits: Visits) -> None:
    visit = visits.new(has_touch=True, viewport={"width": 390, "height": 700})
    visit.page.add_init_script(WATCH_LISTENERS)
    open_long_page(visit)
    assert "pointermove" in visit.page.evaluate("heard")
    assert visit.page.evaluate("holding") == []
    visit.page.mouse.move(200, 250)
    visit.page.mouse.wheel(0, 300)
    visit.page.wait_for_function("() => scrollY > 200")
    visit.page.evaluate("scrollTo(0, 0)")
    swipe_up(visit, 200, 400)
    visit.page.wait_for_function("() => scrollY > 150")
    visit.page.evaluate("scrollTo(0, 0)")
    visit.page.keyboard.press("Space")
    visit.page.wait_for_function("() => scrollY > 200")
    assert visit.events("fed") == [], "a scroll is no meal"


def test_a_pen_feeds_it(awake: Visit) -> None:
    session = awake.page.context.new_cdp_session(awake.page)
    pen: dict[str, Any] = {"x": 800, "y": 250, "pointerType": "pen", "button": "left", "clickCount": 1}
    session.send("Input.dispatchMouseEvent", {**pen, "type": "mousePressed"})
    session.send("Input.dispatchMouseEvent", {**pen, "type": "mouseReleased"})
    awake.wait_event("fed")


def test_nothing_is_recorded_while_the_tab_is_hidden(awake: Visit) -> None:
    awake.wait_state(lambda state: state["running"] and state["frames"] > 5)
    awake.page.evaluate(HIDE, "hidden")
    before = awake.wait_state(lambda state: not state["running"])
    events = len(awake.page.evaluate("recorded"))
    awake.page.evaluate(WIGGLE)
    awake.page.wait_for_timeout(400)
    assert len(awake.page.evaluate("recorded")) == events
    awake.page.evaluate(HIDE, "visible")
    after = awake.wait_state(lambda state: state["frames"] > before["frames"] + 20)
    assert after["mood"] == before["mood"]
    assert after["food_eaten"] == before["food_eaten"]
    assert abs(after["arousal"] - before["arousal"]) < 0.1
    awake.page.evaluate(WIGGLE)
    awake.wait_state(lambda state: state["arousal"] > after["arousal"] + 0.05 or state["food_eaten"] > 0)
    awake.page.wait_for_timeout(2200)
    stored = json.loads(awake.stored() or "{}")
    assert "version" in stored
