"""The picture: there before any script, and without it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.web.artefact import record
from tests.web.pixels import Picture

if TYPE_CHECKING:
    from tests.web.visit import Visit, Visits

pytestmark = pytest.mark.browser

AMBER = (255, 179, 71)
BARE = """<!doctype html><title>bare</title><link rel="icon" href="data:,">
<script type="module" src="./candle-fish.js"></script><candle-fish static height="700"></candle-fish>"""
SHIFTS = """() => new Promise((resolve) => {
  let sum = 0;
  new PerformanceObserver((list) => list.getEntries().forEach((entry) => (sum += entry.value)))
    .observe({ type: "layout-shift", buffered: true });
  setTimeout(() => resolve(sum), 200);
})"""


def test_the_fish_is_there_without_javascript(visits: Visits) -> None:
    visit = visits.new(java_script_enabled=False)
    visit.open()
    box = visit.page.locator("candle-fish > svg").bounding_box()
    assert box is not None
    assert (box["width"], box["height"]) == (1280, 720)
    picture = Picture(visit.page.screenshot())
    assert picture.share_near(AMBER, within=110) > 0.003, "no glowing fish in the picture"
    assert visit.page.get_by_role("heading", level=1).is_visible()


def test_no_control_is_dead_without_javascript(visits: Visits) -> None:
    visit = visits.new(java_script_enabled=False)
    visit.open()
    buttons = visit.page.locator("button, input, select, meter").all()
    assert buttons
    assert not any(button.is_visible() for button in buttons)
    assert visit.page.locator(".still").is_visible()


@pytest.mark.alone
def test_the_picture_is_up_before_any_script_comes(visits: Visits) -> None:
    visit = visits.new()
    visit.page.route("**/*.js", lambda route: route.abort())
    visit.expect("ERR_FAILED")
    visit.open()
    assert visit.page.locator("candle-fish > svg").is_visible()
    assert Picture(visit.page.screenshot()).share_near(AMBER, within=110) > 0.003
    paint_ms = visit.page.evaluate("performance.getEntriesByName('first-contentful-paint')[0].startTime")
    record("first_paint_ms", round(paint_ms, 1))
    assert paint_ms < 1500


def test_nothing_shifts_from_first_paint_to_the_living_fish(awake: Visit) -> None:
    awake.page.wait_for_timeout(1200)
    shifted = awake.page.evaluate(SHIFTS)
    record("layout_shift", shifted)
    assert shifted == 0


def test_the_canvas_takes_over_at_the_pose_of_the_picture(visits: Visits) -> None:
    still = visits.new(java_script_enabled=False)
    still.open()
    visit = visits.new()
    visit.open()
    visit.wait_awake()
    state = visit.state()
    assert abs(state["x"] - 640) < 80
    assert abs(state["y"] - 360) < 80
    assert Picture(still.page.screenshot()).share_near(AMBER, within=110) > 0.003


def test_a_page_that_brings_no_picture_gets_the_one_that_comes_with_the_fish(visit: Visit) -> None:
    visit.serve("/bare.html", BARE)
    visit.open("/bare.html")
    visit.wait_event("fallback")
    visit.page.wait_for_function(
        "() => document.querySelector('candle-fish').shadowRoot.querySelector('img')?.naturalWidth > 0"
    )
    assert Picture(visit.page.screenshot()).share_near(AMBER, within=110) > 0.003
