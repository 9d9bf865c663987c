"""Without a network, without other sites, taken out and put back. What breaks: test_ladder.py."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.web.visit import Visit, Visits

pytestmark = pytest.mark.browser


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


COUNTED = """<!doctype html><title>counted</title><link rel="icon" href="data:,">
<script type="module" src="./candle-fish.js"></script>
<candle-fish analytics=""></candle-fish><candle-fish analytics="" transparent="false"></candle-fish>"""


def test_analytics_that_hangs_costs_the_fish_a_while_and_not_its_life(visit: Visit) -> None:
    visit.page.route("**/analytics.js", lambda _route: None)  # it is never answered
    visit.serve("/counted.html", COUNTED)
    visit.open("/counted.html")
    visit.wait_event("ready", after=1)
    visit.wait_state(lambda state: state["frames"] > 5)
    assert visit.events("fallback") == []


@pytest.mark.parametrize("name", ["static", "analytics", "paused", "disabled"])
def test_false_is_what_frameworks_write_for_no(visit: Visit, name: str) -> None:
    visit.serve("/false.html", COUNTED.replace('analytics=""', f'{name}="false"'))
    visit.open("/false.html")
    visit.wait_awake()
    visit.wait_state(lambda state: state["frames"] > 5)
    assert not any("analytics.js" in url for url in visit.requests)


def test_nothing_comes_from_elsewhere(awake: Visit) -> None:
    awake.page.wait_for_timeout(500)
    assert [url for url in awake.requests if not url.startswith((awake.address, "data:"))] == []


def test_no_proxy_is_left_when_the_fish_on_the_page_is_gone(visits: Visits) -> None:
    visit = visits.new()
    visit.page.add_init_script("delete HTMLCanvasElement.prototype.transferControlToOffscreen")
    visit.open()
    visit.wait_awake()
    visit.page.evaluate(
        "window.kept = document.querySelector('candle-fish'); window.host = kept.controller.engine"
    )
    visit.page.evaluate("kept.remove()")
    visit.page.wait_for_timeout(300)
    assert visit.events("error") == []
    visit.page.evaluate("document.querySelector('.hero').prepend(kept)")
    visit.wait_event("ready", after=1)
    visit.wait_state(lambda state: state["frames"] > 10)
