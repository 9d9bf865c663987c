"""When something breaks: the picture comes back, an event says what happened, nothing is left running."""

from __future__ import annotations

from fnmatch import fnmatch
from typing import TYPE_CHECKING

import pytest

from tests.browser.pixels import Picture
from tests.browser.visit import ISOLATED
from tests.browser.wheels import CANDLEFISH_WHEEL, serve_with_code_added, without_snapshot

if TYPE_CHECKING:
    from pathlib import Path

    from tests.browser.visit import Visit, Visits

pytestmark = pytest.mark.browser

RAISING = """
_advance = World.advance

def _advance_and_raise(self, elapsed_s):
    if self.clock.step >= 30:
        raise ZeroDivisionError("the thirtieth step")
    return _advance(self, elapsed_s)

World.advance = _advance_and_raise
"""
KEEP_CANVASES = """
self.canvases = [];
const { getContext } = OffscreenCanvas.prototype;
OffscreenCanvas.prototype.getContext = function (...how) {
  canvases.push(this);
  return getContext.apply(this, how);
};
"""
AMBER = (255, 179, 71)


def assert_only_the_picture_is_left(visit: Visit) -> None:
    visit.page.wait_for_timeout(1200)
    visit.wait_threads(0)
    assert (
        visit.page.evaluate("document.querySelector('candle-fish').shadowRoot.querySelector('canvas')")
        is None
    )
    assert visit.page.locator("candle-fish > svg").is_visible()
    assert Picture(visit.page.screenshot()).share_near(AMBER, within=110) > 0.004, "a blank box"
    assert visit.state()["thread"] == "none"
    assert not visit.page.get_by_role("button", name="Pause").is_visible()


def test_an_exception_inside_python_brings_the_picture_back(visit: Visit, dist: Path) -> None:
    serve_with_code_added(visit, dist, "candlefish.sim.world", RAISING)
    visit.open()
    visit.wait_awake()
    error = visit.wait_event("error")
    assert error["message"] == "ZeroDivisionError: the thirtieth step"
    assert error["where"] == "frame"
    assert "_advance_and_raise" in error["traceback"]
    assert visit.wait_event("fallback")["reason"] == "error"
    assert_only_the_picture_is_left(visit)


def test_python_that_cannot_be_imported_leaves_the_picture(visit: Visit, dist: Path) -> None:
    serve_with_code_added(visit, dist, "candlefish.sim.world", "import no_such_module\n")
    visit.open()
    assert "no_such_module" in visit.wait_event("error")["message"]
    assert visit.wait_event("fallback")["reason"] == "load"
    assert_only_the_picture_is_left(visit)


@pytest.mark.parametrize("missing", [CANDLEFISH_WHEEL, "**/pyodide.mjs", "**/python_stdlib.zip"])
def test_a_file_that_does_not_come_leaves_the_picture(visit: Visit, dist: Path, missing: str) -> None:
    without_snapshot(visit, dist)
    visit.expect("404")
    visit.page.context.route(missing, lambda route: route.fulfill(status=404, body="gone"))
    visit.open()
    visit.wait_event("fallback")
    (error,) = visit.events("error")
    assert fnmatch(error["asset"], missing.removeprefix("*"))
    assert visit.events("fallback") == [{"reason": "load"}]
    assert_only_the_picture_is_left(visit)


def test_a_worker_that_does_not_come_leaves_the_picture(visit: Visit) -> None:
    visit.expect("404")
    visit.page.context.route("**/worker.js", lambda route: route.fulfill(status=404, body="gone"))
    visit.open()
    assert visit.wait_event("error")["where"] == "worker"
    assert visit.wait_event("fallback")["reason"] == "error"
    assert_only_the_picture_is_left(visit)


@pytest.mark.slow
@pytest.mark.parametrize("missing", [CANDLEFISH_WHEEL, "**/pyodide.asm.wasm"])
def test_a_load_that_stands_still_is_given_up(visit: Visit, dist: Path, missing: str) -> None:
    without_snapshot(visit, dist)
    visit.page.context.route(missing, lambda _: None)
    visit.open()
    assert visit.wait_event("fallback")["reason"] == "load"
    (error,) = visit.events("error")
    assert fnmatch(error["asset"], missing.removeprefix("*"))
    assert "no byte came for 12 s" in error["message"]
    assert_only_the_picture_is_left(visit)


def test_a_lost_canvas_brings_the_picture_back(visit: Visit, dist: Path) -> None:
    worker = next(dist.glob("app-*/worker.js")).read_text(encoding="utf-8")
    visit.page.context.route(
        "**/worker.js",
        lambda route: route.fulfill(
            body=KEEP_CANVASES + worker, content_type="text/javascript", headers=ISOLATED
        ),
    )
    visit.open()
    visit.wait_awake()
    visit.page.workers[0].evaluate(
        "() => canvases.forEach((one) => one.dispatchEvent(new Event('contextlost')))"
    )
    assert "canvas context was lost" in visit.wait_event("error")["message"]
    assert visit.wait_event("fallback")["reason"] == "error"
    assert_only_the_picture_is_left(visit)


def test_without_a_network_after_the_load_nothing_changes(awake: Visit) -> None:
    awake.page.context.set_offline(True)
    before = awake.state()
    awake.page.mouse.click(700, 300)
    awake.wait_event("fed")
    after = awake.wait_state(lambda state: state["frames"] > before["frames"] + 60)
    assert after["trust"] > before["trust"]
    awake.page.wait_for_timeout(2500)
    assert awake.stored() is not None
    assert awake.events("error") == []


def test_nothing_comes_from_elsewhere(awake: Visit) -> None:
    awake.page.wait_for_timeout(500)
    assert [url for url in awake.requests if not url.startswith((awake.address, "data:"))] == []


def test_no_proxy_is_left_when_the_fish_on_the_page_is_gone(visits: Visits) -> None:
    visit = visits.new()
    visit.page.add_init_script("delete HTMLCanvasElement.prototype.transferControlToOffscreen")
    visit.open()
    visit.wait_awake()
    visit.page.evaluate("window.kept = document.querySelector('candle-fish'); window.host = kept.tank.engine")
    visit.page.evaluate("kept.remove()")
    visit.page.wait_for_timeout(300)
    assert visit.events("error") == []
    visit.page.evaluate("document.querySelector('.hero').prepend(kept)")
    visit.wait_event("ready", after=1)
    visit.wait_state(lambda state: state["frames"] > 10)
