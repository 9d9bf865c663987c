"""Every rung of the fallback ladder, made to fail: what the visitor sees, and what the page is told."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import TimeoutError as TooLong

from candlefish.bench.fish_page import PATIENCE_S
from tests.web.ladder import LADDER, Rung, page
from tests.web.pixels import Picture
from tests.web.visit import Visits

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Route

    from tests.web.visit import Visit

pytestmark = pytest.mark.browser

DOCS = Path(__file__).resolve().parents[2] / "docs" / "fallbacks.md"
AMBER = (255, 179, 71)
FISH_SHARE = 0.003
CANVAS_GONE = "() => !document.querySelector('candle-fish').shadowRoot?.querySelector('canvas')"
CANVAS_UNSEEN = """() => getComputedStyle(
  document.querySelector('candle-fish').shadowRoot.querySelector('canvas')).display === 'none'"""
NO_PICTURE = "() => document.querySelector('candle-fish > svg').remove()"
ENDED = """() => recorded.some(({ name }) => name === "ready" || name === "fallback")
  || (document.readyState === "complete" && customElements.get("candle-fish") === undefined)"""
RUBBISH = b"\x00candlefish? \xff no { [ (" * 40


def test_the_page_of_the_docs_is_current() -> None:
    assert DOCS.read_text(encoding="utf-8") == page()


def test_each_rung_has_a_name_of_its_own() -> None:
    assert len({rung.name for rung in LADDER}) == len(LADDER)


@pytest.mark.parametrize("rung", LADDER, ids=lambda rung: rung.name)
def test_rung(visits: Visits, dist: Path, rung: Rung) -> None:
    visit = visits.new(**rung.context)
    for part in rung.console:
        visit.expect(part)
    rung.arrange(visit, dist)
    visit.open()
    if rung.act is not None:
        visit.wait_awake()
        rung.act(visit)
    elif rung.reason == "timeout":
        visit.page.wait_for_timeout(500)
        visit.page.clock.run_for(16_000)
    assert_told(visit, rung)
    if rung.sees == "picture":
        assert_picture(visit, rung)
    else:
        assert_alive(visit, rung)


def assert_told(visit: Visit, rung: Rung) -> None:
    """The event came, once, with its reason; before it the error, and no other."""
    if rung.error:
        error = visit.wait_event("error")
        assert rung.error in error["message"]
        assert not rung.name.startswith("exception") or "_and_raise" in error["traceback"]
    if rung.event:
        detail = visit.wait_event(rung.event)
        assert detail.get("reason", "") == rung.reason
        assert len(visit.events(rung.event)) == 1
    if rung.context.get("java_script_enabled", True):
        assert len(visit.events("error")) == bool(rung.error)


def assert_picture(visit: Visit, rung: Rung) -> None:
    """The picture can be seen, no dead control with it, and nothing runs."""
    assert visit.page.locator("candle-fish > svg").is_visible()
    if rung.name == "print":
        assert visit.page.evaluate(CANVAS_UNSEEN)
        assert visit.state()["thread"] == "worker", "printing ends nothing"
    else:
        if rung.context.get("java_script_enabled", True):
            visit.page.wait_for_function(CANVAS_GONE)
            assert visit.page.evaluate("document.activeElement === document.body")
        visit.wait_threads(0)
        if rung.act is None and not rung.error:
            assert not any("pyodide" in url or ".whl" in url for url in visit.requests), "loaded for nothing"
        for button in visit.page.locator("button").all():
            button.wait_for(state="hidden")  # they fade
    assert Picture(visit.page.screenshot()).share_near(AMBER, within=110) > FISH_SHARE, "a blank box"


def assert_alive(visit: Visit, rung: Rung) -> None:
    """Python draws a fish that moves."""
    visit.wait_awake()
    assert visit.state()["thread"] == ("page" if rung.sees == "fish on the page" else "worker")
    if rung.event == "storage":
        assert visit.state()["memory_saved"] is (rung.reason == "damaged")
    visit.wait_state(lambda state: state["frames"] > 10)
    visit.page.evaluate(NO_PICTURE)
    before = fish_seen(visit)
    visit.page.wait_for_timeout(500)
    assert Picture(visit.page.screenshot()).difference(before) > 0.02, "nothing moves"


def fish_seen(visit: Visit) -> Picture:
    """The first screenshot that shows the fish: while it turns to the viewer, less of it is lit."""
    share = 0.0
    for _ in range(20):
        picture = Picture(visit.page.screenshot())
        share = picture.share_near(AMBER, within=110)
        if share > FISH_SHARE:
            return picture
        visit.page.wait_for_timeout(200)
    pytest.fail(f"no fish on the canvas: {share:.4f} of it is amber")


@pytest.fixture(scope="module")
def files(chromium: Browser, address: str) -> list[str]:
    """What the page asks for after its own scripts, on the way to the living fish."""
    opened = Visits(chromium, address)
    visit = opened.new(service_workers="block")
    visit.open()
    visit.wait_awake()
    worker = next(i for i, url in enumerate(visit.requests) if url.endswith("/worker.js"))
    asked = [url for url in visit.requests[worker:] if url.startswith(address)]
    opened.close()
    return list(dict.fromkeys(asked))


@pytest.mark.slow
@pytest.mark.parametrize("fault", ["missing", "rubbish"])
def test_whichever_file_fails_the_visitor_has_a_fish(
    visits: Visits, files: list[str], fault: str, request: pytest.FixtureRequest
) -> None:
    kinds = {url.rsplit(".", 1)[-1]: url for url in files}
    assert kinds.keys() >= {"js", "wasm", "zst"}
    for url in files if request.config.getoption("--long") else kinds.values():
        visit = visits.new(service_workers="block")
        visit.expect("")  # browser and Pyodide each say in their own words what they think of the file
        visit.page.clock.install()
        visit.page.context.route(url, lambda route: fail(route, fault))
        visit.open()
        assert_a_fish(visit, url)
        visit.page.context.close()


def assert_a_fish(visit: Visit, url: str) -> None:
    """It lives; or there is the picture, and an event if the element itself is whole."""
    try:
        visit.page.wait_for_function(ENDED, timeout=10_000)
    except TooLong:
        visit.page.clock.run_for(16_000)
        visit.page.wait_for_function(ENDED, timeout=PATIENCE_S * 1000)
    if visit.events("ready"):
        visit.wait_state(lambda state: state["frames"] > 2)
        return
    if visit.page.evaluate("customElements.get('candle-fish') !== undefined"):
        assert visit.events("fallback")[0]["reason"] in {"load", "error", "timeout"}, url
        ends = [error for error in visit.events("error") if error["where"] != "snapshot"]
        assert len(ends) == 1, "a snapshot that fails is told of besides, and ends nothing"
    visit.page.wait_for_function(CANVAS_GONE)
    assert visit.page.locator("candle-fish > svg").is_visible(), url


def fail(route: Route, fault: str) -> None:
    """Answer 404, or with bytes that are nothing."""
    if fault == "missing":
        route.fulfill(status=404, body="gone")
    else:
        answer = route.fetch()
        route.fulfill(response=answer, body=RUBBISH)
