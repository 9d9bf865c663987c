"""The examples, opened as a visitor would: the fish lives in each, and no policy is violated."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from candlefish.bench.fish_page import PATIENCE_S
from candlefish.service.assets import content_security_policy
from tests.web.artefact import record

if TYPE_CHECKING:
    from pathlib import Path

    from playwright.sync_api import Route

    from tests.web.visit import Visit, Visits

pytestmark = pytest.mark.browser

MOOD = "() => document.querySelector('#mood')?.textContent === '{}'"
VIOLATIONS = """
window.violations = [];
addEventListener("securitypolicyviolation", ({ violatedDirective, blockedURI, sourceFile }) =>
  violations.push(`${violatedDirective}: ${blockedURI} (${sourceFile})`));
"""


def wait_mood(visit: Visit, mood: str) -> None:
    visit.page.wait_for_function(MOOD.format(mood), timeout=PATIENCE_S * 1000)


def test_plain_html(visit: Visit) -> None:
    visit.open("/examples/plain.html")
    assert visit.page.locator("candle-fish > svg").is_visible()
    visit.wait_awake()
    visit.page.get_by_role("button", name="Feed it").click()
    visit.wait_event("fed")
    assert "It is " in visit.page.locator("#says").inner_text()


def test_react_keeps_feeds_and_takes_it_away(visit: Visit) -> None:
    visit.open("/examples/react.html")
    visit.wait_awake()
    assert visit.page.locator("candle-fish").get_attribute("seed") == "5"
    visit.page.get_by_role("button", name="Feed it").click()
    visit.wait_event("fed")
    wait_mood(visit, "excited")
    visit.page.get_by_role("button", name="Take it away").click()
    visit.wait_threads(0)
    visit.page.get_by_role("button", name="Bring it back").click()
    visit.wait_event("ready", after=1)


def test_vue_keeps_and_feeds_it(visit: Visit) -> None:
    visit.open("/examples/vue.html")
    visit.wait_awake()
    visit.page.get_by_role("button", name="Feed it").click()
    visit.wait_event("fed")
    wait_mood(visit, "excited")


def test_a_strict_policy_is_not_violated_even_where_it_only_reports(visit: Visit) -> None:
    """The page's own policy forbids; ours, sent as report-only for page and worker, counts."""

    def report_only(route: Route) -> None:
        answer = route.fetch()
        headers = {**answer.headers, "content-security-policy-report-only": content_security_policy()}
        headers.pop("content-security-policy")
        route.fulfill(response=answer, headers=headers)

    for path in ("**/examples/strict-csp.html", "**/worker.js"):
        visit.page.context.route(path, report_only)
    visit.page.add_init_script(VIOLATIONS)
    warned: list[str] = []
    visit.page.on("console", lambda message: warned.append(message.text))
    visit.open("/examples/strict-csp.html")
    visit.wait_awake()
    visit.page.mouse.click(500, 300)
    visit.wait_event("fed")
    visit.page.evaluate("document.querySelector('candle-fish').pause()")
    assert visit.page.evaluate("violations") == []
    assert [text for text in warned if "Content Security Policy" in text] == []


def test_ten_fish(visits: Visits) -> None:
    """On a machine too slow for all of them at once, those that had to wait too long show their picture."""
    visit = visits.new(viewport={"width": 1280, "height": 1000})
    visit.open("/examples/ten.html")
    assert visit.page.locator("candle-fish").count() == 10
    in_sight = """() => [...document.querySelectorAll("candle-fish")]
      .filter((one) => one.getBoundingClientRect().top < innerHeight).length"""
    count = visit.page.evaluate(in_sight)
    assert count >= 8
    visit.page.wait_for_function(
        "(count) => recorded.filter(({ name }) => name === 'ready' || name === 'fallback').length >= count",
        arg=count,
        timeout=2000 * PATIENCE_S,
    )
    states = visit.page.evaluate(
        "() => Promise.all([...document.querySelectorAll('candle-fish')].map((one) => one.getState()))"
    )
    alive = [state for state in states if state["thread"] == "worker"]
    record("ten_fish_alive", len(alive))
    assert alive, "none of ten"
    assert {detail["reason"] for detail in visit.events("fallback")} <= {"timeout"}


def test_pyscript_imports_the_package_and_mounts_it(visit: Visit) -> None:
    visit.open("/examples/pyscript.html")
    wait_mood(visit, "curious")
    assert visit.page.locator("#tank > canvas").last.is_visible()


def test_in_a_frame(visit: Visit) -> None:
    visit.open("/examples/iframe.html")
    visit.page.frame_locator("iframe").locator("candle-fish").wait_for()
    (frame,) = (one for one in visit.page.frames if one.url.endswith("/framed.html"))
    frame.wait_for_function(
        "() => window.recorded?.some(({ name }) => name === 'ready')", timeout=PATIENCE_S * 1000
    )
    state = frame.evaluate("document.querySelector('candle-fish').getState()")
    assert state["thread"] == "worker"


def test_no_example_names_another_site(dist: Path) -> None:
    pages = list((dist / "examples").glob("*.html"))
    assert len(pages) >= 8
    for page in pages:
        text = page.read_text(encoding="utf-8").replace("http://www.w3.org", "")
        assert "http" not in text.replace("http-equiv", ""), page.name
