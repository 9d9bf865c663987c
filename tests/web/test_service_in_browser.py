"""The real page with the real service: events arrive, variants take effect, two browsers share a memory."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import time
import urllib.request
from typing import TYPE_CHECKING, Any

import pytest

from candlefish.bench.fish_page import PATIENCE_S
from candlefish.service.store.sqlite import SQLiteStore
from tests.web.axe import axe
from tests.web.visit import Visits

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from playwright.sync_api import Browser

    from tests.web.visit import Visit

pytestmark = pytest.mark.browser

ADMIN = "admin-token-of-the-tests"
PERSON = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0 Safari/537.36"
UNMASK = "Object.defineProperty(Navigator.prototype, 'webdriver', { get: () => false })"
GPC = "Object.defineProperty(Navigator.prototype, 'globalPrivacyControl', { get: () => true })"
CLIENT = "client-of-the-tests-0001"


class Running:
    """The service, as its command runs it."""

    def __init__(self, chromium: Browser, address: str, data: Path) -> None:
        self.address, self._data = address, data
        self.visits = Visits(chromium, address)

    def ask(self, path: str) -> Any:
        request = urllib.request.Request(self.address + path, headers={"Authorization": f"Bearer {ADMIN}"})
        with urllib.request.urlopen(request, timeout=60) as answer:
            return json.load(answer)

    def events(self) -> list[dict[str, Any]]:
        """Every stored event."""
        store = SQLiteStore(self._data / "candlefish.sqlite3")
        found, _ = store.read_after("", 0, 10_000)
        store.close()
        return [event for batch in found for event in json.loads(batch.body)]

    def wait(self, holds: Callable[[list[dict[str, Any]]], bool], visit: Visit) -> list[dict[str, Any]]:
        """Wait for stored events of which `holds` is true."""
        deadline_s = time.monotonic() + PATIENCE_S
        while not holds(found := self.events()):
            assert time.monotonic() < deadline_s, [event["type"] for event in found]
            visit.page.wait_for_timeout(200)
        return found

    def person(self, *scripts: str, **options: Any) -> Visit:
        """A visitor who is taken for one."""
        visit = self.visits.new(user_agent=PERSON, **options)
        for script in (UNMASK, *scripts):
            visit.page.add_init_script(script)
        return visit


@pytest.fixture
def running(chromium: Browser, dist: Path, tmp_path: Path) -> Iterator[Running]:
    command = [sys.executable, "-m", "candlefish", "service", "--port", "0", "--data", str(tmp_path)]
    environment = os.environ | {"CANDLEFISH_ADMIN_TOKEN": ADMIN}
    with subprocess.Popen(
        [*command, "--dist", str(dist)], stdout=subprocess.PIPE, text=True, env=environment
    ) as process:
        try:
            assert process.stdout is not None
            found = re.search(r"http://127\.0\.0\.1:\d+", process.stdout.readline())
            assert found
            service = Running(chromium, found[0], tmp_path)
            yield service
            service.visits.close()
            assert service.visits.unexpected() == []
        finally:
            process.kill()


def of(events: list[dict[str, Any]], kind: str) -> list[dict[str, Any]]:
    return [event for event in events if event["type"] == kind]


def test_a_visit_is_told_from_its_start_to_its_end(running: Running) -> None:
    visit = running.person()
    visit.open()
    visit.wait_awake()
    visit.page.mouse.click(700, 300)
    visit.wait_event("fed")
    events = running.wait(lambda found: bool(of(found, "feeding_interaction")), visit)
    (start,) = of(events, "session_start")
    assert (start["device"], start["returning"]) == ("desktop", False)
    assert start["load_ms"] > 0
    exposed = {event["experiment"]: event["variant"] for event in of(events, "exposure")}
    assert exposed.keys() == {"emotional_complexity", "trust_rate", "visual_effects", "memory_persistence"}
    assert start["complexity"] == exposed["emotional_complexity"]
    assert start["effects"] == exposed["visual_effects"]
    state = visit.state()
    assert (state["complexity"], state["effects"]) == (start["complexity"], start["effects"])
    assert of(events, "mood_transition")
    assert of(events, "milestone")[0]["name"] == "first_feed"
    visit.leave()
    events = running.wait(lambda found: bool(of(found, "session_end")), visit)
    (end,) = of(events, "session_end")
    assert end["interactions"] >= 1
    assert end["trust_gained"] > 0
    visit.open()
    visit.wait_awake()
    events = running.wait(lambda found: len(of(found, "session_start")) == 2, visit)
    assert of(events, "session_start")[1]["returning"]
    assert len(of(events, "exposure")) == 4, "an exposure is told once"


@pytest.mark.parametrize("who", ["gpc", "dnt", "opted out", "no attribute"])
def test_nothing_is_sent_of_those_who_do_not_want_it(running: Running, who: str) -> None:
    scripts = {
        "gpc": GPC,
        "dnt": "Object.defineProperty(Navigator.prototype, 'doNotTrack', { get: () => '1' })",
        "opted out": "localStorage.setItem('candlefish_optout', '1')",
        "no attribute": "",
    }
    visit = running.person(scripts[who])
    if who == "no attribute":
        visit.serve(
            "/own.html",
            "<!doctype html><link rel=icon href=data:,><script type=module src=candle-fish.js></script>"
            "<candle-fish style='height:400px'></candle-fish>",
        )
    visit.open("/own.html" if who == "no attribute" else "/")
    visit.wait_awake()
    visit.page.mouse.click(300, 200)
    visit.wait_event("fed")
    visit.leave()
    visit.page.wait_for_timeout(500)
    assert not [url for url in visit.requests if "/api/" in url]
    kept = visit.page.evaluate("Object.keys(localStorage)")
    assert not {"candlefish_client", "candlefish_trials", "candlefish_vault", "candlefish_unsent"} & set(kept)
    assert running.events() == []


def test_what_could_not_be_sent_is_kept_and_sent_later_once(running: Running) -> None:
    visit = running.person()
    visit.page.route("**/api/analytics", lambda route: route.abort())
    visit.expect("ERR_FAILED")
    visit.open()
    visit.wait_awake()
    visit.page.mouse.click(700, 300)
    visit.wait_event("fed")
    visit.page.wait_for_function("() => 'candlefish_unsent' in localStorage", timeout=PATIENCE_S * 1000)
    visit.leave()
    assert running.events() == []
    visit.page.unroute("**/api/analytics")
    visit.open()
    visit.wait_awake()
    events = running.wait(lambda found: len(of(found, "session_start")) == 2, visit)
    assert len(of(events, "feeding_interaction")) == 1
    assert of(events, "session_end")
    visit.page.wait_for_function("() => !('candlefish_unsent' in localStorage)", timeout=PATIENCE_S * 1000)


def test_a_robot_is_dealt_no_variant(running: Running) -> None:
    visit = running.visits.new()
    visit.open()
    visit.wait_awake()
    events = running.wait(lambda found: bool(of(found, "session_start")), visit)
    assert of(events, "exposure") == []


def trust_in(visit: Visit) -> float:
    return float(visit.state()["trust"])


def test_two_browsers_share_one_memory_and_lose_no_point(running: Running) -> None:
    phone, laptop = running.person(), running.person()
    for visit in (phone, laptop):
        visit.open()
        visit.wait_awake()
        visit.page.wait_for_function(
            "() => document.querySelector('candle-fish').controller.analytics !== null"
        )
    laptop.page.mouse.click(700, 300)
    laptop.wait_event("fed")
    phone.page.mouse.click(600, 300)
    phone.wait_event("fed")
    for visit in (phone, laptop):
        visit.page.wait_for_timeout(2600)  # storage is written every two seconds at most
    gained = trust_in(phone) - 20 + trust_in(laptop) - 20
    code = phone.page.evaluate("document.querySelector('candle-fish').pair().then((pairing) => pairing.code)")
    assert re.fullmatch(r"[2-9A-Z]{4}-[2-9A-Z]{4}", code)
    laptop.page.evaluate("(code) => document.querySelector('candle-fish').join(code)", code)
    laptop.wait_state(lambda state: state["trust"] > 20 + gained - 1.5)
    phone.page.evaluate("document.querySelector('candle-fish').sync.exchange()")
    phone.wait_state(lambda state: state["trust"] > 20 + gained - 1.5)
    # offline edits on both sides
    for visit in (phone, laptop):
        visit.page.context.set_offline(True)
        visit.page.mouse.click(500, 300)
        visit.wait_event("fed", after=1)
        visit.page.wait_for_timeout(2600)
    both = trust_in(phone) + trust_in(laptop) - (20 + gained)
    for visit in (phone, laptop):
        visit.page.context.set_offline(False)
    for visit in (phone, laptop, phone):
        visit.page.evaluate("document.querySelector('candle-fish').sync.exchange()")
    for visit in (phone, laptop):
        visit.wait_state(lambda state: state["trust"] > both - 2)
    used = laptop.page.evaluate(
        "(code) => document.querySelector('candle-fish').join(code).catch((error) => error.message)", code
    )
    assert "unknown, used or too old" in used
    laptop.expect("404")


def test_the_live_tiles_move_while_somebody_visits(running: Running) -> None:
    visit, board = running.person(), running.visits.new()
    board.open("/dashboard")
    board.page.fill("#token", ADMIN)
    board.page.click("button")
    board.page.wait_for_selector("#tiles .tile", timeout=PATIENCE_S * 1000)
    visit.open()
    visit.wait_awake()
    visit.page.mouse.click(700, 300)
    board.page.wait_for_selector("#feed li:has-text('excited')", timeout=PATIENCE_S * 1000)
    assert board.page.text_content("#link") == "live"
    found = {"wide": axe(board)}
    board.page.set_viewport_size({"width": 390, "height": 844})
    found["narrow"] = axe(board)
    assert [f"{size}: {line}" for size, lines in found.items() for line in lines] == []
