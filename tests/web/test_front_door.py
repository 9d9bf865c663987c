"""The ways in: what the README says to do, where the demo page leads, and what it says to whom."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.web.axe import axe

if TYPE_CHECKING:
    from playwright.sync_api import Page

    from tests.web.visit import Visit, Visits

pytestmark = pytest.mark.browser

ROOT = Path(__file__).resolve().parents[2]
PHONE = {"viewport": {"width": 390, "height": 844}, "has_touch": True, "is_mobile": True}
LINKS = "(links) => links.map((link) => [link.textContent.trim(), link.href])"


def html_snippets(name: str) -> list[str]:
    text = (ROOT / name).read_text(encoding="utf-8")
    return re.findall(r"```html\n(.*?)```", text, re.DOTALL)


def links(page: Page, selector: str) -> dict[str, str]:
    """Address of each link by its words."""
    return dict(page.eval_on_selector_all(selector, LINKS))


def test_the_readmes_lines_put_a_living_fish_on_a_page(visit: Visit) -> None:
    (snippet,) = html_snippets("README.md")
    head = '<!doctype html><html lang="en"><title>A page</title><link rel="icon" href="data:,">'
    visit.serve("/somewhere/page.html", head + snippet)
    visit.open("/somewhere/page.html")
    visit.wait_awake()
    box = visit.page.locator("candle-fish").bounding_box()
    assert box is not None
    assert box["height"] == 480


def test_the_page_and_the_docs_show_the_readmes_lines(visit: Visit) -> None:
    (snippet,) = html_snippets("README.md")
    visit.open()
    assert visit.page.locator("#about pre").inner_text().strip() == snippet.strip()
    visit.open("/docs/")
    assert visit.page.locator("pre").first.inner_text().strip() == snippet.strip()


def test_the_page_leads_to_docs_studio_and_swarm(visit: Visit) -> None:
    visit.page.route("**/*.js", lambda route: route.abort())
    visit.expect("ERR_FAILED")
    visit.open()
    found = links(visit.page, ".links a")
    assert found.keys() >= {"Docs", "Studio", "Swarm"}
    for words, href in found.items():
        if words == "Source":
            assert href.startswith("https://"), "the source is at another site, which no test asks"
            continue
        answer = visit.page.goto(href)
        assert answer is not None
        assert answer.status == 200, href
        assert visit.page.get_by_role("heading", level=1).count() == 1


def test_every_link_of_the_page_answers(visit: Visit) -> None:
    visit.open()
    targets = {href.partition("#")[0] for href in links(visit.page, "a[href]").values()}
    own = sorted(href for href in targets if href.startswith(visit.address))
    assert len(own) >= 6
    statuses = {href: visit.page.request.get(href).status for href in own}
    assert set(statuses.values()) == {200}, statuses


@pytest.mark.parametrize("path", ["/docs/", "/swarm.html"])
def test_docs_and_swarm_lead_back(visit: Visit, path: str) -> None:
    visit.open(path)
    assert f"{visit.address}/index.html" in links(visit.page, "a[href]").values()


def test_the_docs_answer_at_their_directory(visit: Visit) -> None:
    visit.open("/docs")
    assert visit.page.url == f"{visit.address}/docs/"
    assert visit.page.get_by_role("heading", level=1, name="Quick start").is_visible()
    colour = visit.page.evaluate("getComputedStyle(document.body).backgroundColor")
    assert colour == "rgb(13, 27, 42)", "its styles have come"


@pytest.mark.parametrize("viewport", [(1280, 720), (390, 844)])
@pytest.mark.parametrize("path", ["/docs/", "/docs/performance.html"])
def test_axe_finds_nothing_in_the_docs(visits: Visits, path: str, viewport: tuple[int, int]) -> None:
    visit = visits.new(viewport={"width": viewport[0], "height": viewport[1]}, bypass_csp=True)
    visit.open(path)
    assert axe(visit) == []


def test_nobody_without_a_keyboard_is_told_of_a_key(visits: Visits) -> None:
    visit = visits.new(**PHONE)
    visit.open()
    visit.wait_awake()
    hint = visit.page.locator(".hint.live-only")
    assert hint.inner_text() == "Tap the water to feed it."
    assert not visit.page.locator("kbd").is_visible()


def test_who_has_a_keyboard_is_told_of_the_key(awake: Visit) -> None:
    words = "Click the water to feed it, or use the arrow keys and Enter."
    assert awake.page.locator(".hint.live-only").inner_text() == words


@pytest.mark.parametrize("width", [320, 390, 768, 1280])
def test_the_links_stay_in_the_window_and_off_the_words(visits: Visits, width: int) -> None:
    visit = visits.new(viewport={"width": width, "height": 720}, java_script_enabled=True)
    visit.page.route("**/*.js", lambda route: route.abort())
    visit.expect("ERR_FAILED")
    visit.open()
    assert visit.page.evaluate("document.documentElement.scrollWidth") <= width
    nav, words = visit.page.locator(".links").bounding_box(), visit.page.locator("h1").bounding_box()
    assert nav is not None and words is not None
    assert nav["x"] >= 0 and nav["x"] + nav["width"] <= width
    assert nav["y"] + nav["height"] < words["y"]
