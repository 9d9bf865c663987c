"""The swarm's page: as large as its window, whatever that becomes; and what `candlefish bench` relies on."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

import pytest

from candlefish.bench.fish_page import PATIENCE_S
from tests.web.axe import axe
from tests.web.pixels import Picture

if TYPE_CHECKING:
    from tests.web.visit import Visit, Visits

pytestmark = pytest.mark.browser

GLOW = (255, 179, 71)
FITS = """() => {
  const { left, top, width, height } = document.querySelector("canvas").getBoundingClientRect();
  const { scrollWidth, scrollHeight } = document.documentElement;
  return {
    covered: [left, top, width, height],
    scrolled: [scrollWidth, scrollHeight],
    window: [innerWidth, innerHeight],
  };
}"""
MORE_FRAMES = "(before) => __frames > before + 20"


def wait_ready(visit: Visit) -> None:
    visit.page.wait_for_function("() => window.__ready === true", timeout=PATIENCE_S * 1000)


def assert_fits(visit: Visit, width: int, height: int) -> None:
    found: dict[str, Any] = visit.page.evaluate(FITS)
    assert found["covered"] == [0, 0, width, height]
    assert found["scrolled"] == found["window"] == [width, height]


def glowing_shares(visit: Visit) -> list[float]:
    """The share of glowing pixels in the four corners of the window."""
    size = visit.page.viewport_size
    assert size is not None
    width, height = size["width"] // 3, size["height"] // 4
    corners = [(x, y) for y in (0, size["height"] // 2) for x in (0, size["width"] - width)]
    clips = [{"x": x, "y": y, "width": width, "height": height} for x, y in corners]
    return [
        Picture(visit.page.screenshot(clip=clip)).share_near(GLOW, within=150)  # type: ignore[arg-type]
        for clip in clips
    ]


@pytest.mark.parametrize(("width", "height"), [(1280, 720), (390, 844), (1900, 500)])
@pytest.mark.parametrize("count", [150, 5000])
def test_it_fills_its_window(visits: Visits, count: int, width: int, height: int) -> None:
    visit = visits.new(viewport={"width": width, "height": height})
    visit.open(f"/swarm.html?n={count}")
    wait_ready(visit)
    assert_fits(visit, width, height)
    assert min(brightest_shares(visit, 0.0005)) > 0.0005


def brightest_shares(visit: Visit, enough: float) -> list[float]:
    """The largest share each corner has had, watched until all had ``enough``: few swimmers leave gaps."""
    best = glowing_shares(visit)
    deadline_s = time.monotonic() + PATIENCE_S
    while min(best) <= enough and time.monotonic() < deadline_s:
        best = [max(pair) for pair in zip(best, glowing_shares(visit), strict=True)]
    return best


def test_it_follows_its_window(visit: Visit) -> None:
    visit.open("/swarm.html?n=5000")
    wait_ready(visit)
    for width, height in ((500, 900), (1400, 400)):
        visit.page.set_viewport_size({"width": width, "height": height})
        visit.page.wait_for_timeout(400)
        assert_fits(visit, width, height)
        assert min(glowing_shares(visit)) > 0.01
    frames = visit.page.evaluate("__frames")
    visit.page.wait_for_function(MORE_FRAMES, arg=frames, timeout=PATIENCE_S * 1000)


def test_it_stops_when_it_is_told_to_and_goes_on(visit: Visit) -> None:
    visit.open("/swarm.html?n=1000")
    wait_ready(visit)
    pause = visit.page.get_by_role("button", name="Pause")
    pause.click()
    visit.page.wait_for_timeout(300)
    still = visit.page.screenshot()
    frames = visit.page.evaluate("__frames")
    visit.page.wait_for_timeout(300)
    assert visit.page.evaluate("__frames") == frames
    assert visit.page.screenshot() == still
    visit.page.set_viewport_size({"width": 800, "height": 600})
    visit.page.wait_for_timeout(400)
    assert min(glowing_shares(visit)) > 0.002, "another size is drawn while it is paused, too"
    pause.click()
    visit.page.wait_for_function(MORE_FRAMES, arg=frames, timeout=PATIENCE_S * 1000)


def test_it_holds_still_for_those_who_want_no_motion(visits: Visits) -> None:
    visit = visits.new(reduced_motion="reduce")
    visit.open("/swarm.html?n=1000")
    wait_ready(visit)
    assert visit.page.get_by_role("button", name="Pause").get_attribute("aria-pressed") == "true"
    visit.page.wait_for_timeout(300)
    frames = visit.page.evaluate("__frames")
    visit.page.wait_for_timeout(300)
    assert visit.page.evaluate("__frames") == frames
    assert min(glowing_shares(visit)) > 0.002


def test_the_numbers_are_links_and_the_one_shown_is_marked(visit: Visit) -> None:
    visit.open("/swarm.html?n=1000")
    wait_ready(visit)
    numbers = visit.page.locator("nav a")
    assert numbers.all_inner_texts() == ["150", "1,000", "5,000", "50,000"]
    assert visit.page.locator("[aria-current]").all_inner_texts() == ["1,000"]
    assert "1,000 lights" in visit.page.locator("#says").inner_text()
    numbers.first.click()
    wait_ready(visit)
    assert visit.page.url.endswith("/swarm.html?n=150")


@pytest.mark.parametrize("width", [320, 390, 1280])
def test_its_panel_is_whole_and_small(visits: Visits, width: int) -> None:
    visit = visits.new(viewport={"width": width, "height": 700})
    visit.open("/swarm.html")
    wait_ready(visit)
    box = visit.page.locator(".panel").bounding_box()
    assert box is not None
    assert box["x"] >= 0 and box["x"] + box["width"] <= width
    assert box["height"] <= 700 / 3
    inner = "(panel) => [panel.scrollWidth - panel.clientWidth, panel.scrollHeight - panel.clientHeight]"
    assert visit.page.locator(".panel").evaluate(inner) == [0, 0]


def test_axe_finds_nothing(visits: Visits) -> None:
    visit = visits.new(bypass_csp=True)
    visit.open("/swarm.html?n=50000")
    wait_ready(visit)
    assert axe(visit) == []
    visit.page.set_viewport_size({"width": 390, "height": 844})
    assert axe(visit) == []


def test_a_failure_is_said_in_words(visit: Visit) -> None:
    visit.page.route("**/pyodide.asm.js", lambda route: route.abort())
    visit.expect("ERR_FAILED")
    visit.expect("pyodide")
    visit.open("/swarm.html")
    visit.page.get_by_text("The swarm cannot be shown in this browser.").wait_for(timeout=PATIENCE_S * 1000)
