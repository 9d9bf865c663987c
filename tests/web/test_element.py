"""The element in the page: comes and goes, sleeps unseen, listens to the keyboard, respects the visitor."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.web.visit import Visit, Visits

pytestmark = pytest.mark.browser

FISH = "document.querySelector('candle-fish')"
CANVASES = f"{FISH}.shadowRoot.querySelectorAll('canvas').length"
PICTURE = "<svg xmlns='http://www.w3.org/2000/svg'><rect width='9' height='9' fill='#ffb347'/></svg>"
HEAD = """<!doctype html><html lang="en"><title>test</title><link rel="icon" href="data:,">
<script type="module" src="./candle-fish.js"></script>"""


def open_page(visit: Visit, body: str) -> None:
    visit.serve("/test.html", HEAD + body)
    visit.open("/test.html")


def test_taken_out_it_leaves_nothing_running_and_put_back_it_lives_again(awake: Visit) -> None:
    awake.page.evaluate(f"window.kept = {FISH}; kept.remove()")
    awake.page.wait_for_timeout(300)
    awake.wait_threads(0)
    assert awake.page.evaluate("kept.shadowRoot.querySelectorAll('canvas').length") == 0
    assert awake.page.evaluate("kept.getState().then((state) => state.thread)") == "none"
    awake.page.evaluate("document.querySelector('.hero').prepend(kept)")
    awake.wait_event("ready", after=1)
    awake.wait_threads(1)
    assert awake.page.evaluate(CANVASES) == 2
    awake.wait_state(lambda state: state["frames"] > 5)


def test_moved_in_the_page_it_runs_once(awake: Visit) -> None:
    awake.page.evaluate(f"document.body.append({FISH})")
    awake.page.evaluate(f"document.querySelector('.hero').prepend({FISH})")
    awake.wait_event("ready", after=1)
    awake.wait_threads(1)


def test_off_screen_it_sleeps_and_comes_back_without_a_jump(awake: Visit) -> None:
    awake.page.evaluate("window.scrollTo({ top: 3000, behavior: 'instant' })")
    awake.wait_state(lambda state: not state["running"])
    before = awake.state()
    awake.page.wait_for_timeout(1200)
    assert awake.state()["frames"] == before["frames"]
    awake.page.evaluate("window.scrollTo({ top: 0, behavior: 'instant' })")
    after = awake.wait_state(lambda state: state["frames"] > before["frames"])
    assert after["step"] - before["step"] < 45
    assert abs(after["x"] - before["x"]) < 120


def test_below_the_fold_nothing_is_loaded_until_it_is_seen(visit: Visit) -> None:
    open_page(visit, f"<p style='height: 4000px'></p><candle-fish id='low'>{PICTURE}</candle-fish>")
    visit.page.wait_for_timeout(800)
    visit.wait_threads(0)
    assert not any("pyodide" in url for url in visit.requests)
    visit.page.evaluate(f"{FISH}.scrollIntoView()")
    visit.wait_awake()


def test_in_a_hidden_tab_it_sleeps(awake: Visit) -> None:
    hide = """(state) => {
      Object.defineProperty(document, "visibilityState", { value: state, configurable: true });
      document.dispatchEvent(new Event("visibilitychange"));
    }"""
    awake.page.evaluate(hide, "hidden")
    before = awake.wait_state(lambda state: not state["running"])
    awake.page.wait_for_timeout(800)
    assert awake.state()["step"] == before["step"]
    awake.page.evaluate(hide, "visible")
    after = awake.wait_state(lambda state: state["frames"] > before["frames"] + 2)
    assert after["step"] - before["step"] < 45


def test_it_follows_the_size_of_its_box(awake: Visit) -> None:
    awake.page.set_viewport_size({"width": 500, "height": 640})
    awake.wait_state(lambda state: 0 <= state["x"] <= 500 and 0 <= state["y"] <= 640)
    size = "((one) => [one.clientWidth, one.clientHeight])"
    assert awake.page.evaluate(
        f"{size}({FISH}.shadowRoot.querySelector('canvas:last-of-type'))"
    ) == awake.page.evaluate(f"{size}({FISH})")


def test_a_sharp_display_gets_a_sharp_canvas_within_reason(visits: Visits) -> None:
    visit = visits.new(device_scale_factor=3, viewport={"width": 400, "height": 700})
    visit.page.add_init_script(
        """const post = Worker.prototype.postMessage;
        Worker.prototype.postMessage = function (message, transfer) {
          if (message.message?.type === "init") window.dprGiven = message.message.dpr;
          return post.call(this, message, transfer);
        };"""
    )
    visit.open()
    visit.wait_awake()
    assert visit.page.evaluate("dprGiven") == 2


def test_the_keyboard_moves_feeds_and_leaves(awake: Visit) -> None:
    awake.page.keyboard.press("Tab")  # the skip link
    awake.page.keyboard.press("Tab")
    stage = "document.activeElement?.shadowRoot?.activeElement"
    assert awake.page.evaluate(f"{stage}?.getAttribute('role')") == "application"
    for _ in range(5):
        awake.page.keyboard.press("ArrowRight")
    cursor = awake.page.locator("candle-fish .cursor")
    assert cursor.is_visible()
    assert awake.page.evaluate("scrollY") == 0, "arrow keys scrolled the page"
    awake.page.keyboard.press("Enter")
    awake.wait_event("fed")
    awake.page.keyboard.press("Escape")
    assert awake.page.evaluate(f"{stage} ?? null") is None
    assert not cursor.is_visible()


def test_it_has_a_name_and_tells_moods_politely(awake: Visit) -> None:
    fish = awake.page.get_by_role("application", name="candlefish").first
    assert fish.is_visible()
    awake.page.evaluate(f"{FISH}.setAttribute('label', 'Our mascot')")
    assert awake.page.get_by_role("application", name="Our mascot").is_visible()
    awake.page.mouse.click(800, 300)
    awake.wait_event("moodchange")
    said = awake.page.locator("candle-fish .live")
    assert said.get_attribute("role") == "status"
    awake.page.wait_for_function(
        f"() => {FISH}.shadowRoot.querySelector('.live').textContent === 'The fish is excited.'"
    )


def test_two_moods_in_a_row_are_told_once_in_eight_seconds(visit: Visit) -> None:
    visit.open()
    visit.page.wait_for_function(f"() => {FISH}.view !== undefined")
    visit.page.evaluate(f"{FISH}.view.announce('shy')")
    visit.page.wait_for_function(
        f"() => {FISH}.shadowRoot.querySelector('.live').textContent.includes('shy')"
    )
    visit.page.evaluate(f"{FISH}.view.announce('excited'); {FISH}.view.announce('playful')")
    visit.page.wait_for_timeout(300)
    assert "shy" in visit.page.evaluate(f"{FISH}.shadowRoot.querySelector('.live').textContent")


def test_reduced_motion_is_honoured_while_it_runs(awake: Visit) -> None:
    awake.page.emulate_media(reduced_motion="reduce")
    assert awake.wait_event("fallback")["reason"] == "reduced-motion"
    awake.wait_threads(0)
    awake.page.emulate_media(reduced_motion="no-preference")
    awake.wait_event("ready", after=1)


def test_several_fish_on_one_page(visit: Visit) -> None:
    one = "<candle-fish id='{0}' height='300' seed='{1}'>" + PICTURE + "</candle-fish>"
    pair = one.format("a", 1) + one.format("b", 2)
    open_page(visit, pair)
    visit.wait_event("ready", after=1)
    visit.wait_threads(1)
    for name in "ab":
        assert visit.state(f"#{name}")["thread"] == "worker"
    visit.page.mouse.click(400, 150)
    visit.wait_event("fed")
    assert (visit.state("#a")["food_eaten"], visit.state("#b")["food_eaten"]) == (1, 0)
    visit.wait_state(lambda one: abs(one["trust"] - visit.state("#b")["trust"]) < 1.5)
    assert visit.state("#b")["trust"] > 21, "two fish of one visitor know the same trust"


def test_nonsense_is_answered_with_an_event_and_harms_nothing(awake: Visit) -> None:
    awake.page.evaluate(f"{FISH}.feed('here', undefined)")
    error = awake.wait_event("error")
    assert error["where"] == "feed"
    awake.page.evaluate(f"{FISH}.controller.engine.post({{ type: 'resize', width: 'wide' }})")
    assert "resize.width: expected a number" in awake.wait_event("error", after=1)["message"]
    awake.page.evaluate(f"{FISH}.controller.engine.post({{ type: 'input', events: new Float64Array(3) }})")
    assert "multiple of 4" in awake.wait_event("error", after=2)["message"]
    frames = awake.state()["frames"]
    awake.wait_state(lambda state: state["frames"] > frames)


def test_a_page_scrolls_under_a_finger_on_the_fish(visits: Visits) -> None:
    visit = visits.new(has_touch=True, is_mobile=True, viewport={"width": 390, "height": 844})
    visit.open()
    visit.wait_awake()
    touch = visit.page.evaluate(f"getComputedStyle({FISH}.shadowRoot.querySelector('.stage')).touchAction")
    assert touch == "pan-y pinch-zoom"
    visit.page.touchscreen.tap(200, 250)
    visit.wait_event("fed")
    pinch = {"x": 195, "y": 250, "scaleFactor": 2.0}
    visit.page.context.new_cdp_session(visit.page).send("Input.synthesizePinchGesture", pinch)
    assert visit.page.evaluate("visualViewport.scale") > 1.5


def test_a_finger_on_a_picture_is_the_pages(visits: Visits) -> None:
    visit = visits.new(has_touch=True, is_mobile=True, reduced_motion="reduce")
    visit.open()
    visit.wait_event("fallback")
    touch = visit.page.evaluate(f"getComputedStyle({FISH}.shadowRoot.querySelector('.stage')).touchAction")
    assert touch == "auto"
