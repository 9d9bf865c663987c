"""Where a canvas cannot leave the page, the same Python runs on the page."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.web.wheels import serve_with_code_added

if TYPE_CHECKING:
    from pathlib import Path

    from tests.web.visit import Visit

pytestmark = pytest.mark.browser

WITHOUT = {
    "no OffscreenCanvas": "delete globalThis.OffscreenCanvas",
    "no transferControlToOffscreen": "delete HTMLCanvasElement.prototype.transferControlToOffscreen",
}


@pytest.fixture(params=WITHOUT)
def old(request: pytest.FixtureRequest, visit: Visit) -> Visit:
    """The demo page in a browser that lacks something."""
    visit.page.add_init_script(WITHOUT[request.param])
    return visit


def test_it_lives_on_the_page(old: Visit) -> None:
    old.open()
    assert old.wait_awake()["thread"] == "page"
    old.wait_state(lambda state: state["frames"] > 30)
    old.wait_threads(0)
    old.page.mouse.click(700, 300)
    old.wait_event("fed")
    old.page.wait_for_timeout(2500)
    assert old.stored() is not None


def test_an_exception_brings_the_picture_back_here_too(old: Visit, dist: Path) -> None:
    code = "World.memory = lambda self: 1 / 0\n"
    serve_with_code_added(old, dist, "candlefish.sim.world", code)
    old.open()
    assert old.wait_event("error")["message"] == "ZeroDivisionError: division by zero"
    old.wait_event("fallback")
    old.page.wait_for_timeout(1200)
    assert old.page.locator("candle-fish > svg").is_visible()
    assert (
        old.page.evaluate("document.querySelector('candle-fish').shadowRoot.querySelector('canvas')") is None
    )


def test_taken_out_and_put_back_it_uses_the_same_interpreter(old: Visit) -> None:
    old.open()
    old.wait_awake()
    old.page.evaluate("window.kept = document.querySelector('candle-fish'); kept.remove()")
    loaded = len(old.requests)
    old.page.wait_for_timeout(300)
    old.page.evaluate("document.querySelector('.hero').prepend(kept)")
    old.wait_event("ready", after=1)
    old.wait_state(lambda state: state["frames"] > 10)
    assert len(old.requests) == loaded
