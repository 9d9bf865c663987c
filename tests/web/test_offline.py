"""Without a network, and through deploys: the site's page is one whole release, or comes from the network."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import pytest

from candlefish.bench.fish_page import PATIENCE_S
from tests.web.deploys import API, Deploys
from tests.web.visit import ISOLATED, Visits

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from playwright.sync_api import Browser, Response

    from tests.web.visit import Visit

pytestmark = pytest.mark.browser

ELEMENT = """<!doctype html><title>another page</title><link rel="icon" href="data:,">
<script type="module" src="./candle-fish.js"></script><candle-fish></candle-fish>"""
SERVED = """async () => {
  const kept = await (await caches.open("candlefish")).match("/release");
  if (!kept) return "";
  const page = await (await caches.open("candlefish-" + await kept.text())).match("/");
  return (await page.text()).match(/app-[0-9a-f]{12}/)[0];
}"""
UPDATE = "async () => void (await (await navigator.serviceWorker.getRegistration()).update())"
TRY_UPDATE = "async () => (await navigator.serviceWorker.getRegistration()).update().then(() => '', String)"
REGISTERED = "async () => (await navigator.serviceWorker.getRegistrations()).length"
CACHES = "async () => (await caches.keys()).length"
UPDATING = """async () => {
  const found = await navigator.serviceWorker.getRegistration();
  return found.installing !== null || found.waiting !== null;
}"""
JAVASCRIPT = {"content_type": "text/javascript", "headers": ISOLATED}
CONTROLLED = "() => navigator.serviceWorker.controller !== null"


@pytest.fixture
def deploys(dist: Path, tmp_path: Path) -> Iterator[Deploys]:
    made = Deploys(dist, tmp_path / "site")
    made.deploy("one")
    yield made
    made.stop()


@pytest.fixture
def visits(chromium: Browser, deploys: Deploys) -> Iterator[Visits]:
    opened = Visits(chromium, deploys.start())
    yield opened
    opened.close()
    assert opened.unexpected() == []


@pytest.fixture
def visit(visits: Visits) -> Visit:
    return visits.new(service_workers="allow")


def until(visit: Visit, question: str, answer: object) -> None:
    """Ask again and again what takes its time to answer."""
    deadline_s = time.monotonic() + PATIENCE_S
    while (found := visit.page.evaluate(question)) != answer:
        assert time.monotonic() < deadline_s, f"{found!r}, not {answer!r}: {question}"
        visit.page.wait_for_timeout(50)


def wait_served(visit: Visit, app: str) -> None:
    """Wait until a release is kept whole and served."""
    until(visit, SERVED, app)


def first_visit(visit: Visit, deploys: Deploys, mark: str = "one") -> None:
    visit.open()
    visit.wait_awake()
    wait_served(visit, deploys.app(mark))
    visit.page.wait_for_function(CONTROLLED)


def release(visit: Visit) -> str:
    return str(visit.page.evaluate("globalThis.release"))


def apps(visit: Visit) -> set[str]:
    return {part for url in visit.requests for part in url.split("/") if part.startswith("app-")}


def test_from_the_second_visit_on_it_needs_no_network(visits: Visits, visit: Visit, deploys: Deploys) -> None:
    first_visit(visit, deploys)
    deploys.stop()
    again = visits.beside(visit.page.context)
    again.open("/?from=bookmark")
    again.wait_awake()
    assert again.events("error") == []
    again.wait_state(lambda state: state["frames"] > 10)
    assert apps(again) == {deploys.app("one")}


def test_two_deploys_with_an_open_tab(visits: Visits, visit: Visit, deploys: Deploys) -> None:
    first_visit(visit, deploys)
    for mark in ("two", "three"):
        deploys.deploy(mark)
        visit.page.evaluate(UPDATE)
        wait_served(visit, deploys.app(mark))
    assert release(visit) == "one"
    late = f"import('/{deploys.app('one')}/engine-inline.js').then((module) => typeof module.openOnPage)"
    assert visit.page.evaluate(late) == "function", "the open tab has all of its release"
    other = visits.beside(visit.page.context)
    other.open()
    other.wait_awake()
    assert apps(other) == {deploys.app("three")}
    assert release(other) == "three"
    visit.page.reload()
    visit.wait_awake()
    assert release(visit) == "three"
    visit.wait_state(lambda state: state["frames"] > 10)


def test_what_earlier_releases_kept_goes_with_their_last_tab(
    visits: Visits, visit: Visit, deploys: Deploys
) -> None:
    first_visit(visit, deploys)
    deploys.deploy("two")
    visit.page.evaluate(UPDATE)
    wait_served(visit, deploys.app("two"))
    other = visits.beside(visit.page.context)
    visit.page.close()
    for _ in range(PATIENCE_S):
        other.page.wait_for_timeout(1000)  # the new one takes over when no page is open for a while
        other.leave()
        if other.page.evaluate(CACHES) == 2:
            break
        other.page.goto("about:blank")
    assert other.page.evaluate(SERVED) == deploys.app("two")
    assert other.page.evaluate(CACHES) == 2


@pytest.mark.parametrize("fault", ["damaged", "missing"])
def test_an_update_that_fails_changes_nothing(visit: Visit, deploys: Deploys, fault: str) -> None:
    visit.expect("integrity")
    visit.expect("404")
    first_visit(visit, deploys)
    damaged, missing = ("worker.js", "") if fault == "damaged" else ("", "worker.js")
    deploys.deploy("two", damaged, missing)
    visit.page.evaluate(TRY_UPDATE)
    until(visit, UPDATING, False)
    assert visit.page.evaluate(SERVED) == deploys.app("one")
    visit.page.reload()
    visit.wait_awake()
    assert release(visit) == "one"
    deploys.deploy("three")
    visit.page.evaluate(UPDATE)
    wait_served(visit, deploys.app("three"))


def test_behind_a_captive_portal_it_lives_and_keeps_nothing_of_it(visit: Visit, deploys: Deploys) -> None:
    first_visit(visit, deploys)
    deploys.portal = True
    assert visit.page.evaluate(TRY_UPDATE) != "", "a page to log in is no service worker"
    visit.page.reload()
    visit.wait_awake()
    assert release(visit) == "one"
    assert visit.page.evaluate(SERVED) == deploys.app("one")


def test_a_portal_that_closes_meanwhile_is_kept_by_nobody(visit: Visit, deploys: Deploys) -> None:
    visit.open()
    visit.wait_awake()
    visit.page.wait_for_timeout(100)
    script = (deploys.folder / "service-worker.js").read_text(encoding="utf-8")
    visit.page.context.route("**/service-worker.js", lambda route: route.fulfill(body=script, **JAVASCRIPT))
    deploys.portal = True
    failed = visit.page.evaluate(
        "navigator.serviceWorker.register('/service-worker.js').then((one) => new Promise((resolve) => {"
        " const worker = one.installing; worker.onstatechange = () => resolve(worker.state); }), String)"
    )
    assert failed != "installed"
    assert visit.page.evaluate(SERVED) == ""


def test_it_answers_for_nothing_but_its_release(visit: Visit, deploys: Deploys) -> None:
    first_visit(visit, deploys)
    visit.page.reload()
    visit.wait_awake()
    from_worker: dict[str, bool] = {}

    def note(response: Response) -> None:
        from_worker[response.url.removeprefix(visit.address)] = response.from_service_worker

    visit.page.on("response", note)
    app = f"/{deploys.app('one')}/candle-fish.js"
    paths = [*API, "/size-report.json", "/candle-fish.js", "/static/fallback.svg", app]
    texts = visit.page.evaluate(
        "(paths) => Promise.all(paths.map((path) => fetch(path).then((answer) => answer.text())))", paths
    )
    assert all(f'"{path}"' in text for path, text in zip(API, texts, strict=False))
    assert {path for path in paths if from_worker[path]} == {app}
    assert visit.page.evaluate("fetch('/', { method: 'POST' }).then((answer) => answer.status)") == 405
    visit.expect("405")
    visit.open("/docs/")
    assert visit.page.get_by_role("heading", level=1, name="Quick start").is_visible()
    assert from_worker["/docs/"] is False


def test_a_kept_copy_that_was_damaged_is_fetched_again(visit: Visit, deploys: Deploys) -> None:
    first_visit(visit, deploys)
    damaged = visit.page.evaluate(
        """async () => { let count = 0;
          for (const name of await caches.keys()) { const cache = await caches.open(name);
            for (const one of await cache.keys()) if (/memory.bin|link.json/.test(one.url)) { count += 1;
              await cache.put(one, new Response("damaged", { headers: { "content-type": "a/b" } })); } }
          return count; }"""
    )
    assert damaged == 2
    visit.page.reload()
    visit.wait_awake()
    assert "restored" in visit.events("ready")[0]["timeline"]
    assert visit.events("error") == []


def test_the_kill_switch_removes_everything(visit: Visit, deploys: Deploys) -> None:
    first_visit(visit, deploys)
    deploys.deploy("two", killed=True)
    visit.page.evaluate(UPDATE)
    until(visit, CACHES, 0)
    until(visit, REGISTERED, 0)
    visit.page.reload()
    visit.wait_awake()
    assert release(visit) == "two"


def test_on_a_page_of_others_the_element_registers_nothing(visit: Visit) -> None:
    visit.page.route(
        f"{visit.address}/other.html",
        lambda route: route.fulfill(body=ELEMENT, headers=ISOLATED, content_type="text/html"),
    )
    visit.open("/other.html")
    visit.wait_awake()
    visit.page.wait_for_timeout(3000)
    assert visit.page.evaluate(REGISTERED) == 0
    assert visit.page.evaluate(CACHES) == 0
