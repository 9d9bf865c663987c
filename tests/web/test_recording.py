"""A visit recorded with `?record` is the same world when it is lived again, in the page and natively."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from candlefish.sim.replay import parse_log
from candlefish.simulate.simulation import replay
from tests.web.visit import line

if TYPE_CHECKING:
    from pathlib import Path

    from tests.web.visit import Visit, Visits

pytestmark = pytest.mark.browser

RECORDING = "document.querySelector('candle-fish').recording()"


def a_visit(visit: Visit) -> None:
    visit.glide(line((200, 300), (700, 350), 40))
    visit.page.mouse.click(700, 350)
    visit.wait_event("fed")
    visit.page.set_viewport_size({"width": 1000, "height": 600})
    visit.glide(line((700, 350), (300, 200), 12), step_ms=8)
    visit.page.wait_for_timeout(500)


def test_a_recorded_visit_can_be_lived_again(visits: Visits) -> None:
    visit = visits.new()
    visit.open("/?record")
    visit.wait_awake()
    visit.page.wait_for_timeout(600)
    a_visit(visit)
    visit.page.evaluate("document.querySelector('candle-fish').pause()")
    recorded = visit.page.evaluate(RECORDING)
    state = visit.state()
    relived = visit.page.evaluate(
        "(text) => document.querySelector('candle-fish').replay(text)", recorded["text"]
    )
    assert relived["world"] == recorded["world"], "another world"
    assert relived["state"]["trust"] == state["trust"] > 20
    record = replay(parse_log(recorded["text"].splitlines()))
    told = [(event["to"], event["reason"]) for event in visit.events("moodchange")]
    assert [(change.after.value, change.reason) for change in record.changes] == told != []
    assert record.trust_end == pytest.approx(state["trust"], abs=1e-3)
    assert record.food_eaten == state["food_eaten"] == 1


def test_the_page_gives_the_recording_to_the_visitor(visits: Visits, tmp_path: Path) -> None:
    visit = visits.new(accept_downloads=True)
    visit.open("/?record")
    visit.wait_awake()
    visit.glide(line((200, 300), (400, 300), 12))
    visit.wait_state(lambda state: state["frames"] > 10)
    with visit.page.expect_download() as download:
        visit.page.click("#keep-recording")
    download.value.save_as(tmp_path / "visit.jsonl")
    assert parse_log((tmp_path / "visit.jsonl").read_text().splitlines()).steps > 0


def test_without_asking_nothing_is_recorded(visits: Visits) -> None:
    visit = visits.new()
    visit.open("/")
    visit.wait_awake()
    assert visit.page.evaluate(RECORDING)["text"] == ""
    assert visit.page.locator("#keep-recording").is_hidden()
    relived = visit.page.evaluate("document.querySelector('candle-fish').replay('no log')")
    assert "line 1: not JSON" in relived["problem"]
