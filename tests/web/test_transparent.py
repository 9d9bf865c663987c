"""The element over a page's own background: no water, neither in the picture nor when it is alive."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.web.pixels import Picture

if TYPE_CHECKING:
    from tests.web.visit import Visit

pytestmark = pytest.mark.browser

FISH = "document.querySelector('#fish')"
ROSE = (240, 200, 205)
PAGE = """<!doctype html><html lang="en"><title>test</title><link rel="icon" href="data:,">
<script type="module" src="./candle-fish.js"></script>
<style>body { margin: 0; background: rgb(240 200 205) }</style>
<candle-fish id="fish" transparent style="height: 480px"></candle-fish>"""


def open_page(visit: Visit, page: str) -> None:
    visit.serve("/test.html", page)
    visit.open("/test.html")


def shown(visit: Visit) -> Picture:
    return Picture(visit.page.screenshot(clip={"x": 0, "y": 0, "width": 1280, "height": 480}))


@pytest.mark.parametrize("thread", ["worker", "page"])
def test_alive_it_lies_over_the_page(visit: Visit, thread: str) -> None:
    if thread == "page":
        visit.page.add_init_script("delete globalThis.OffscreenCanvas")
    open_page(visit, PAGE)
    assert visit.wait_awake()["thread"] == thread
    visit.page.wait_for_timeout(900)  # until the picture is gone
    before = shown(visit)
    assert before.share_near(ROSE, 6.0) > 0.5
    assert before.share_near(ROSE, 40.0) < 0.995, "there is a fish, and its light"
    visit.page.mouse.move(900, 120, steps=8)
    visit.page.wait_for_timeout(2500)
    after = shown(visit)
    assert after.difference(before) > 0.2, "it swims"
    assert after.share_near(ROSE, 6.0) > 0.5, "and leaves nothing behind"


def test_still_it_lies_over_the_page_too(visit: Visit) -> None:
    open_page(visit, PAGE.replace("transparent", "transparent static"))
    visit.page.wait_for_function(f"() => {FISH}.shadowRoot.querySelector('img').complete")
    picture = shown(visit)
    assert 0.5 < picture.share_near(ROSE, 6.0) < 0.995


def test_the_water_comes_and_goes_with_the_attribute(visit: Visit) -> None:
    open_page(visit, PAGE)
    visit.wait_awake()
    visit.page.evaluate(f"{FISH}.removeAttribute('transparent')")
    visit.wait_event("ready", after=1)
    visit.page.wait_for_timeout(900)
    assert shown(visit).share_near(ROSE, 40.0) < 0.02
