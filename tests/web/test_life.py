"""The living fish: Python draws it, and it answers to the pointer."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from candlefish.bench.fish_page import PATIENCE_S
from tests.web.pixels import Picture
from tests.web.visit import line

if TYPE_CHECKING:
    from tests.web.visit import Visit

pytestmark = pytest.mark.browser

KEYS = {
    "mood", "reason", "trust", "valence", "arousal", "x", "y", "frames", "fps", "food_eaten", "effects",
    "complexity", "memory_saved", "wasm_bytes",
}  # fmt: skip


def test_python_draws_on_the_canvas(awake: Visit) -> None:
    awake.page.wait_for_timeout(1000)  # the canvas has faded in
    awake.page.evaluate("document.querySelector('candle-fish > svg').remove()")
    first = Picture(awake.page.screenshot())
    assert first.share_near((255, 179, 71), within=110) > 0.003, "no fish on the canvas"
    awake.page.wait_for_timeout(700)
    assert Picture(awake.page.screenshot()).difference(first) > 0.05, "nothing moves"


def test_it_lives_in_a_worker_and_tells_how_it_is(awake: Visit) -> None:
    state = awake.wait_state(lambda state: state["frames"] > 30)
    assert state.keys() >= KEYS
    assert (state["mood"], state["trust"]) == ("curious", 20)
    assert (state["thread"], awake.python_threads()) == ("worker", 1)
    assert 20e6 < state["wasm_bytes"] < 40e6
    assert 0 <= state["x"] <= 1280
    assert 0 <= state["y"] <= 720


def test_it_swims_by_itself(awake: Visit) -> None:
    before = awake.state()
    awake.wait_state(lambda now: abs(now["x"] - before["x"]) + abs(now["y"] - before["y"]) > 15)


def test_it_comes_to_a_gentle_pointer(awake: Visit) -> None:
    awake.glide(line((1240, 60), (1150, 120), 30))
    far = awake.distance_to(1150, 120)
    for _ in range(PATIENCE_S):
        awake.glide([(1150 + i % 3, 120) for i in range(40)], step_ms=25)
        if awake.distance_to(1150, 120) < min(far, 450):
            return
    pytest.fail(f"it stays {awake.distance_to(1150, 120):.0f} px away")


def test_it_startles_at_a_fast_pointer(awake: Visit) -> None:
    for _ in range(4):
        awake.glide(line((60, 100), (1220, 500), 7), step_ms=8)
        awake.glide(line((1220, 500), (60, 100), 7), step_ms=8)
    awake.page.wait_for_function(
        "() => recorded.some((event) => event.name === 'moodchange' && event.detail.to === 'shy')",
        timeout=PATIENCE_S * 1000,
    )


def test_it_eats_what_it_is_offered(awake: Visit) -> None:
    awake.page.mouse.click(900, 250)
    fed = awake.wait_event("fed")
    state = awake.state()
    assert state["food_eaten"] == 1
    assert state["trust"] > 21
    assert fed["trust"] > 21
    assert "first_feed" in [detail["name"] for detail in awake.events("milestone")]
    assert awake.wait_event("moodchange")["to"] == "excited"


def test_a_program_can_feed_it(awake: Visit) -> None:
    awake.page.evaluate("document.querySelector('candle-fish').feed(400, 300)")
    awake.wait_event("fed")


def test_the_read_out_follows(awake: Visit) -> None:
    awake.page.mouse.click(800, 300)
    awake.page.wait_for_function(
        "() => document.querySelector('#mood').textContent === 'excited'", timeout=PATIENCE_S * 1000
    )
    awake.wait_event("fed")
    awake.page.wait_for_function("() => Number(document.querySelector('#trust-number').textContent) > 20")


def test_the_pause_button_holds_it_and_lets_it_go(awake: Visit) -> None:
    button = awake.page.get_by_role("button", name="Pause")
    button.click()
    assert button.get_attribute("aria-pressed") == "true"
    awake.page.wait_for_timeout(150)
    before = awake.state()
    awake.page.wait_for_timeout(500)
    assert awake.state()["frames"] == before["frames"]
    button.click()
    assert button.get_attribute("aria-pressed") == "false"
    after = awake.wait_state(lambda state: state["frames"] > before["frames"] + 5)
    assert after["step"] - before["step"] < 60, "it caught up with the pause"


def test_it_can_be_made_to_forget(awake: Visit) -> None:
    awake.page.mouse.click(800, 300)
    awake.wait_event("fed")
    awake.page.get_by_role("button", name="Make it forget me").click()
    awake.wait_state(lambda state: state["trust"] == 20 and state["food_eaten"] == 0)
