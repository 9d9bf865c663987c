"""It remembers: across reloads, tabs, damage, and storage that does not want to."""

from __future__ import annotations

import json
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import pytest

from candlefish.sim.memory.codec import VERSION

if TYPE_CHECKING:
    from tests.web.visit import Visit, Visits

pytestmark = pytest.mark.browser

KEY = "candlefish_memory"
NOW_MS = 1_760_000_000_000
ORIGINAL = {
    "trustLevel": 64,
    "lastInteraction": NOW_MS,
    "feedingSpots": [{"x": 300, "y": 200}],
    "interactionCount": 40,
    "behaviorPattern": "gentle",
    "visitDates": [NOW_MS],
    "personalityQuirks": ["loves circles"],
}
DAMAGED = {
    "not JSON": "{",
    "blank": "   ",
    "null": "null",
    "number": "42",
    "text": '"hello"',
    "list": "[]",
    "empty object": "{}",
    "wrong version": '{"version": "one"}',
    "later version": '{"version": 99, "trust": {"best": 50}, "soul": {}}',
    "NaN": '{"version": 1, "trust": {"best": NaN}}',
    "huge number": '{"version": 1, "trust": {"best": 1e999, "ledger": {"a": {"earned": 1e308}}}}',
    "negative times": '{"version": 1, "first_seen_ms": -1, "last_seen_ms": -9999999999999999999}',
    "wrong types": '{"version": 1, "trust": "high", "visit_days": {"a": 1}, "feeding_spots": 7}',
    "prototype": '{"__proto__": {"version": 1}, "constructor": {"prototype": {}}, "version": 1}',
    "twice the same key": '{"version": 1, "device": "a", "device": "b", "trust": {}, "trust": []}',
    "deep": '{"version": 1, "trust": ' + "[" * 3000 + "]" * 3000 + "}",
    "long": '{"version": 1, "quirks": [' + ",".join(['"' + "q" * 400 + '"'] * 2000) + "]}",
    "not text": "\\u0000\\ud800\\uffff{\\u202e",
    "markup": '{"version": 1, "device": "<img src=x onerror=alert(1)>", "quirks": ["<script>1</script>"]}',
    "cut off": '{"version":1,"device":"58fef14bcac98f2c","trust":{"best":2',
    "original, spoilt": json.dumps(
        {**ORIGINAL, "trustLevel": "NaN", "feedingSpots": [None, {"x": "a"}], "visitDates": 3}
    ),
}


def remember(visit: Visit, text: str) -> None:
    """Put a text into storage before the first script of the next page load."""
    visit.leave()
    visit.page.evaluate("([key, text]) => localStorage.setItem(key, text)", [KEY, text])


def earned(visit: Visit) -> float:
    """All points that storage says were ever earned."""
    memory: dict[str, Any] = json.loads(visit.stored() or "{}")
    rows = memory.get("trust", {}).get("ledger", {}).values()
    return float(sum(row["earned"] for row in rows))


def feed(visit: Visit, x: float, y: float, times: int = 1) -> None:
    """Feed it, and wait until it has eaten."""
    for _ in range(times):
        before = len(visit.events("fed"))
        visit.page.mouse.click(x, y)
        visit.wait_event("fed", after=before)


def test_trust_survives_a_reload(awake: Visit) -> None:
    feed(awake, 800, 280)
    trust = awake.state()["trust"]
    assert trust > 21
    awake.page.reload()
    awake.wait_awake()
    again = awake.state()
    assert again["trust"] == pytest.approx(trust, abs=0.6)
    assert again["memory_saved"] is True


def test_what_happened_just_before_the_page_was_closed_is_kept(awake: Visit, visits: Visits) -> None:
    awake.page.wait_for_timeout(2500)  # a write has just been made: the next one would have to wait
    feed(awake, 800, 280)
    awake.page.wait_for_timeout(700)  # Python has told the page
    awake.leave()
    assert earned(awake) > 1


def test_it_writes_at_most_every_two_seconds(visit: Visit) -> None:
    visit.page.add_init_script(
        """window.writes = [];
        const set = Storage.prototype.setItem;
        Storage.prototype.setItem = function (key, text) {
          writes.push([key, performance.now(), text.length]);
          set.call(this, key, text);
        };"""
    )
    visit.open()
    visit.wait_awake()
    for i in range(100):
        visit.page.mouse.move(300 + 4 * i, 300)
        visit.page.wait_for_timeout(60)
    writes = visit.page.evaluate("writes")
    assert {key for key, _, _ in writes} == {KEY}
    assert len(writes) >= 2
    assert all(later[1] - sooner[1] > 1900 for sooner, later in pairwise(writes))
    assert all(length <= 8192 for _, _, length in writes)


def test_two_tabs_lose_none_of_each_others_points(awake: Visit, visits: Visits) -> None:
    other = visits.beside(awake.page.context)
    other.open()
    other.wait_awake()
    feed(other, 700, 250)
    awake.page.bring_to_front()
    feed(awake, 700, 250)
    other.page.bring_to_front()
    feed(other, 500, 300)
    gained = [len(visit.events("fed")) for visit in (awake, other)]
    assert gained == [1, 2]

    def trusts() -> list[float]:
        return [visit.state()["trust"] for visit in (awake, other)]

    other.wait_until(lambda: earned(other) > 3 * 1.9, "three pieces of food, two or three points each")
    other.wait_until(lambda: abs(trusts()[0] - trusts()[1]) <= 1.0, "both know of each other's points")
    assert max(trusts()) > 25


def test_two_tabs_that_close_at_once_lose_nothing_either(awake: Visit, visits: Visits) -> None:
    other = visits.beside(awake.page.context)
    other.open()
    other.wait_awake()
    other.page.wait_for_timeout(2500)
    feed(other, 700, 250)
    awake.page.bring_to_front()
    feed(awake, 700, 250)
    trust = 20 + sum(visit.state()["trust"] - 20 for visit in (awake, other)) / 2
    other.page.close()
    awake.leave()
    awake.open()
    awake.wait_awake()
    awake.wait_until(lambda: earned(awake) > 2 * 1.9, "the points of both are stored")
    awake.wait_until(lambda: awake.stored(f"{KEY}.pending") is None, "nothing waits to be merged")
    assert awake.state()["trust"] >= trust - 1


def test_the_memory_of_the_first_version_is_taken_over(visit: Visit) -> None:
    remember(visit, json.dumps(ORIGINAL))
    visit.open()
    visit.wait_awake()
    assert visit.state()["trust"] > 20
    visit.wait_until(
        lambda: json.loads(visit.stored() or "{}").get("version") == VERSION, "it is stored in today's form"
    )
    assert visit.stored(f"{KEY}.damaged") is None


@pytest.mark.parametrize("kind", DAMAGED)
def test_no_damaged_memory_breaks_a_load(visit: Visit, kind: str) -> None:
    remember(visit, DAMAGED[kind])
    visit.open()
    visit.wait_awake()
    state = visit.wait_state(lambda state: state["frames"] > 20)
    assert 0 <= state["trust"] <= 100
    assert visit.events("error") == []
    aside = visit.stored(f"{KEY}.damaged")
    told = [detail for detail in visit.events("storage") if detail["reason"] == "damaged"]
    assert bool(told) == (aside is not None)
    assert aside is None or DAMAGED[kind].startswith(aside)
    assert kind in {"blank", "empty object"} or aside is not None


def test_forgetting_reaches_the_other_tab(awake: Visit, visits: Visits) -> None:
    feed(awake, 700, 300)
    awake.wait_until(lambda: earned(awake) > 1, "the points are stored")
    other = visits.beside(awake.page.context)
    other.open()
    other.wait_awake()
    assert other.state()["trust"] > 21
    other.page.evaluate("document.querySelector('candle-fish').reset()")
    awake.page.bring_to_front()
    awake.wait_state(lambda state: state["trust"] < 21)
