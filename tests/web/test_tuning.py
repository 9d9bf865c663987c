"""What a site owner sets on the element while the fish lives."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.web.visit import Visit

pytestmark = pytest.mark.browser

FISH = "document.querySelector('candle-fish')"
PARAMS = f"(values) => {FISH}.setParams(values).then(() => '', (error) => error.name + ': ' + error.message)"


def test_parameters_are_set_refused_and_taken_back(awake: Visit) -> None:
    assert awake.page.evaluate(PARAMS, {"curious": {"glow": 0.2, "colour": "#00ff80"}}) == ""
    refused = awake.page.evaluate(PARAMS, {"curious": {"glow": 20}})
    assert refused == "RangeError: params: curious.glow: expected 0 to 1.5, got 20"
    assert "is no mood; known: curious" in awake.page.evaluate(PARAMS, {"angry": {"glow": 1}})
    assert awake.page.evaluate(f"{FISH}.params") == {"curious": {"glow": 0.2, "colour": "#00ff80"}}
    assert awake.page.evaluate(PARAMS, None) == ""
    assert awake.page.evaluate(f"{FISH}.params") is None


def test_a_preset_is_a_name_or_an_address_and_a_wrong_one_is_told(awake: Visit) -> None:
    fish = awake.page.locator("candle-fish")
    fish.evaluate("(one) => one.setAttribute('mood-preset', 'loud')")
    error = awake.wait_event("error")
    assert error["where"] == "mood-preset"
    assert "expected one of default, calm, night, vivid, got 'loud'" in error["message"]
    awake.expect("404")
    fish.evaluate("(one) => one.setAttribute('mood-preset', './none.toml')")
    assert "none.toml: HTTP 404" in awake.wait_event("error", after=1)["message"]
    awake.page.context.route(
        "**/ours.toml", lambda route: route.fulfill(body="[shy]\nglow = 7", content_type="text/plain")
    )
    fish.evaluate("(one) => one.setAttribute('mood-preset', './ours.toml')")
    assert "shy.glow: expected 0 to 1.5, got 7" in awake.wait_event("error", after=2)["message"]
    fish.evaluate("(one) => one.setAttribute('mood-preset', 'night')")
    frames = awake.state()["frames"]
    awake.wait_state(lambda state: state["frames"] > frames + 30)
    assert len(awake.events("error")) == 3


def test_disabled_it_swims_and_takes_no_notice(awake: Visit) -> None:
    awake.page.evaluate(f"{FISH}.disabled = true")
    awake.page.mouse.click(700, 300)
    awake.page.keyboard.press("Tab")
    awake.page.keyboard.press("Tab")
    assert awake.page.evaluate("document.activeElement.localName") != "candle-fish"
    awake.page.evaluate("window.scrollTo({ top: 0, behavior: 'instant' })")
    frames = awake.state()["frames"]
    awake.wait_state(lambda state: state["frames"] > frames + 60)
    assert awake.state()["food_offered"] == 0
    assert awake.page.get_by_role("img", name="candlefish").first.is_visible()
    awake.page.evaluate(f"{FISH}.disabled = false")
    awake.page.mouse.click(700, 300)
    awake.wait_event("fed")


def test_the_pause_button_is_reached_and_worked_by_keyboard(visit: Visit) -> None:
    visit.serve(
        "/own.html",
        """<!doctype html><html lang="en"><title>test</title><link rel="icon" href="data:,">
        <script type="module" src="./candle-fish.js"></script><candle-fish></candle-fish>""",
    )
    visit.open("/own.html")
    visit.wait_awake()
    visit.page.keyboard.press("Tab")
    visit.page.keyboard.press("Tab")
    visit.page.keyboard.press("Enter")
    visit.wait_state(lambda state: not state["running"])
    button = visit.page.get_by_role("button", name="Let the fish swim")
    box = button.bounding_box()
    assert box is not None
    assert min(box["width"], box["height"]) >= 24, "WCAG 2.5.8 target size"
    visit.page.keyboard.press("Enter")
    visit.wait_state(lambda state: state["running"])
    assert visit.state()["food_offered"] == 0, "pressing the button is not feeding"


def test_properties_set_before_the_script_came_count(visit: Visit) -> None:
    visit.serve(
        "/late.html",
        """<!doctype html><html lang="en"><title>test</title><link rel="icon" href="data:,">
        <candle-fish></candle-fish>""",
    )
    visit.open("/late.html")
    visit.page.evaluate(f"{FISH}.paused = true; {FISH}.disabled = true")
    visit.page.evaluate("import('./candle-fish.js')")
    visit.wait_awake()
    assert visit.page.evaluate(f"[{FISH}.hasAttribute('paused'), {FISH}.hasAttribute('disabled')]") == [
        True,
        True,
    ]
    assert visit.state()["running"] is False


@pytest.mark.slow
def test_many_mounts_leave_nothing_behind(awake: Visit) -> None:
    count = """async (n) => {
      const Real = Worker; let made = 0;
      window.Worker = class extends Real { constructor(...how) { super(...how); made += 1; } };
      for (let i = 0; i < n; i += 1) {
        const one = document.createElement("candle-fish");
        one.setAttribute("height", "120");
        document.body.append(one);
        await new Promise((done) => setTimeout(done, i % 5 === 0 ? 40 : 0));
        one.remove();
      }
      window.Worker = Real;
      return made;
    }"""
    assert awake.page.evaluate(count, 60) == 0, "every fish lives in the first one's worker"
    awake.wait_threads(1)
    frames = awake.state()["frames"]
    awake.wait_state(lambda state: state["frames"] > frames + 10)
    assert awake.page.evaluate("document.querySelectorAll('candle-fish').length") == 1
    assert awake.events("error") == []
