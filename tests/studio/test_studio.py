"""The studio without its page: the fish and its comparison, time, and what the page may ask for."""

from __future__ import annotations

import json
import math
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from candlefish.browser.messages import parse_start
from candlefish.sim.inputs import InputKind
from candlefish.sim.moods import Mood
from candlefish.sim.replay import Recorder, fingerprint
from candlefish.sim.tuning import parse_tuning, preset
from candlefish.simulate.persona import names
from candlefish.studio.document import default_text
from candlefish.studio.studio import Studio
from tests.sim.visitors import make_world, point

if TYPE_CHECKING:
    from candlefish.browser.session import Session

FRAME_MS = 1000 / 60
INIT = {
    "type": "init", "width": 600, "height": 400, "dpr": 1, "seed": 7, "effects": "standard", "pending": [],
    "complexity": "standard", "paused": False, "now_ms": 1.7e12, "device": "d",
    "memory": '{"trustLevel": 90}',
}  # fmt: skip


class Page:
    """A studio with a clock advanced by hand."""

    def __init__(self) -> None:
        self.studio = Studio()
        self.posted: list[dict[str, Any]] = []
        self.now_ms = 1000.0
        self.fish: list[Session] = []
        self.open()
        self.first = self.studio.first

    def open(self) -> Session:
        session = self.studio.open_session(parse_start(json.dumps(INIT)), self.posted.append)
        session.receive('{"type": "visible", "on": true}')
        self.fish.append(session)
        return session

    def frames(self, count: int, *inputs: tuple[int, float, float]) -> None:
        for frame in range(count):
            self.now_ms += FRAME_MS
            for session in self.fish:
                for kind, x, y in inputs if frame == 0 else ():
                    session.take_inputs([kind, x, y, self.now_ms - 1])
                session.advance(self.now_ms)

    def ask(self, act: str, **more: Any) -> dict[str, Any]:
        return self.studio.answer({"do": act, **more})

    def insight(self) -> dict[str, Any]:
        detail: dict[str, Any] = [one for one in self.posted if one.get("name") == "insight"][-1]["detail"]
        return detail


@pytest.fixture
def page() -> Page:
    page = Page()
    page.frames(2)
    return page


def test_a_change_is_in_the_next_frame(page: Page) -> None:
    still, tuned = Page(), page
    still.frames(2)
    tuned.ask("set", values={"curious": {"water_centre": "#ff0000"}})
    for one in (still, tuned):
        one.frames(1)
    pictures = [one.first.session.scene.buffer[: one.first.session.render()].copy() for one in (still, tuned)]
    assert still.first.world.appearance.water_centre != tuned.first.world.appearance.water_centre
    assert tuned.first.world.appearance.water_centre[0] < 60, "it is eased"
    assert still.first.world.fish.x == tuned.first.world.fish.x
    assert pictures[0].shape == pictures[1].shape


def test_while_time_stands_still_a_change_is_not_eased_in(page: Page) -> None:
    page.ask("pace", value=0)
    step = page.first.world.clock.step
    page.ask("set", values={"curious": {"water_centre": "#ff0000", "glow": 0.1}})
    page.frames(5)
    assert page.first.world.clock.step == step
    assert page.first.world.appearance.water_centre == pytest.approx((255, 0, 0), abs=0.01)
    assert page.first.world.appearance.glow == pytest.approx(0.1, abs=0.01)


def test_time_goes_at_its_pace_and_by_steps(page: Page) -> None:
    for pace, steps in ((1, 60), (0.5, 30), (0.1, 6), (2, 120), (4, 240), (0, 0)):
        page.ask("pace", value=pace)
        before = page.first.world.clock.step
        page.frames(60)
        assert abs(page.first.world.clock.step - before - steps) <= 1
    page.ask("step", count=7)
    assert page.first.world.clock.step == before + 7
    page.ask("pace", value=99)
    assert page.first.pace == 4


def test_the_comparison_takes_the_same_course_by_the_saved_file(page: Page) -> None:
    page.frames(100, (0, 300, 200))
    page.ask("set", values={"curious": {"colour": "#00ff00"}})
    comparison = page.open()
    page.frames(1)
    page.frames(150, (0, 200, 100), (4, 200, 150))
    first = page.first
    assert (comparison.world.fish.x, comparison.world.fish.y) == (first.world.fish.x, first.world.fish.y)
    assert comparison.world.food.eaten == first.world.food.eaten == 1
    assert (
        comparison.world.params[Mood.CURIOUS].colour
        == parse_tuning(default_text()).moods[Mood.CURIOUS].colour
    )
    assert first.world.params[Mood.CURIOUS].colour == (0, 255, 0)
    page.ask("seek", step=first.world.clock.step - 90)
    assert (comparison.world.fish.x, comparison.world.fish.y) == (first.world.fish.x, first.world.fish.y)
    page.ask("go_on", here=True)
    page.frames(60, (0, 400, 300))
    assert comparison.world.fish.x == pytest.approx(first.world.fish.x, abs=1e-3), "its look was not eased in"
    page.ask("saved")
    page.frames(2)
    assert comparison.world.params[Mood.CURIOUS].colour == (0, 255, 0)
    page.studio.close_session(comparison)
    page.ask("trust", value=60)
    assert comparison.world.mind.trust.value != 60


def test_a_moment_of_the_past_is_shown_and_continued_from(page: Page) -> None:
    page.frames(200, (4, 200, 150))
    then = page.first.world.clock.step
    where = page.first.world.fish.x
    page.frames(150)
    last = page.first.world.clock.step
    assert page.ask("seek", step=then)["step"] == then
    assert page.first.world.fish.x == where
    page.frames(10)
    assert page.first.world.clock.step == then, "time stands still there"
    page.ask("go_on", here=False)
    assert page.first.world.clock.step == last
    page.ask("seek", step=then)
    page.ask("go_on", here=True)
    page.frames(150)
    assert abs(page.first.world.clock.step - last) <= 1
    assert page.ask("seek", step=10**9)["step"] <= last + 1
    assert page.ask("seek", step=-5)["step"] >= 0


def test_mood_trust_and_hour_are_set(page: Page) -> None:
    page.ask("hold", mood="lonely")
    page.frames(30)
    assert page.insight()["mood"] == "lonely"
    page.ask("trust", value=85)
    page.ask("hour", value=23.5)
    page.frames(8)
    assert page.insight()["trust"] == pytest.approx(85, abs=1)
    assert page.insight()["hour"] == pytest.approx(23.5, abs=0.01)
    page.ask("hold", mood=None)
    for turn in range(10):
        page.frames(20, (0, 100 + turn, 100))
    assert page.insight()["mood"] != "lonely"


@pytest.mark.slow
@pytest.mark.parametrize("name", names())
def test_every_persona_can_visit(page: Page, name: str) -> None:
    assert page.ask("persona", name=name)["about"]
    page.frames(240)
    assert page.ask("persona", name=None)["about"] == ""


def test_the_insight_has_stimuli_and_ways_out_of_the_mood(page: Page) -> None:
    page.ask("persona", name="feeder")
    page.frames(1500)
    seen = [one["detail"] for one in page.posted if one.get("name") == "insight"]
    assert 200 <= len(seen) <= 260, "ten times a second"
    assert max(one["stimuli"]["company"] for one in seen) > 0.2
    assert max(one["stimuli"]["food"] for one in seen) == 1
    assert max(one["stimuli"]["eating"] for one in seen) > 0.5
    assert all(0 <= strength <= 1 for one in seen for strength in one["stimuli"].values())
    assert {way["to"] for way in seen[0]["ways"]} >= {"excited", "shy", "lonely"}
    assert any(holds for one in seen for way in one["ways"] for _, holds in way["conditions"])
    json.dumps(seen, allow_nan=False)


def test_the_visitors_memory_is_neither_read_nor_saved(page: Page) -> None:
    assert page.first.world.mind.trust.value == 20
    page.frames(900, (4, 200, 150))
    page.first.session.receive('{"type": "storage", "text": "{\\"trustLevel\\": 99}"}')
    page.first.session.receive('{"type": "hide"}')
    assert page.first.world.mind.trust.value < 30
    assert not [one for one in page.posted if one["type"] in ("save", "damaged")]


@pytest.mark.parametrize(
    "ask",
    [
        {}, {"do": None}, {"do": "fly"}, {"do": "hold"}, {"do": "hold", "mood": "angry"},
        {"do": "trust", "value": "much"}, {"do": "persona", "name": "nobody"}, {"do": "set"},
        {"do": "set", "values": 3}, {"do": "set", "values": {"shy": 3}}, {"do": "copy", "source": "shy"},
        {"do": "randomise", "table": "shy"}, {"do": "preset", "name": "loud"}, {"do": "link", "text": "x"},
        {"do": "reset", "table": "angry"}, {"do": "reset", "table": "shy", "names": ["glue"]},
        {"do": "open", "text": "[shy", "saved": ""}, {"do": "import", "text": "[]", "name": "a.json"},
        {"do": "open", "text": "", "saved": "", "history": [["one"]]}, {"do": "seek", "step": None},
    ],
)  # fmt: skip
def test_a_malformed_request_changes_nothing(page: Page, ask: dict[str, Any]) -> None:
    answer = page.studio.answer(ask)
    assert answer["problems"][0]["message"]
    assert page.studio.commands.document.text == default_text()
    page.frames(2)
    assert math.isfinite(page.first.world.fish.x)


def test_the_page_gets_all_it_shows(page: Page) -> None:
    opened = page.ask("open")
    assert {
        "schema",
        "arrows",
        "personas",
        "text",
        "values",
        "colours",
        "link",
        "undo",
        "redo",
    } <= opened.keys()
    page.ask("preset", name="night")
    assert page.first.world.params == dict(preset("night").moods)
    autosave = page.ask("kept")
    again = Page()
    assert again.ask("open", **autosave)["undo"] == "preset night"
    assert again.ask("undo")["text"] == default_text()
    assert json.loads(page.ask("json")["text"])["curious"]["glow"] == 0.6
    assert np.isfinite(page.first.session.render())


def recorded(seconds: float) -> tuple[str, str]:
    """The log of a visit with everything that may enter a world, and the fingerprint at its end."""
    world = make_world(seed=11)
    world.recorder = Recorder(world, None)
    for frame in range(round(seconds * 60)):
        point(world, 300.0 + 3.0 * frame, 300.0 + 90.0 * math.sin(frame / 20.0))
        if frame == 50:
            world.resize(900.0, 500.0)
        if frame == 70:
            point(world, 400.0, 200.0, InputKind.FEED)
        if frame == 90:
            world.tune(preset("night"))
        world.advance(1.0 / 60.0)
    return world.recorder.text(), fingerprint(world)


def test_a_recorded_visit_is_replayed_and_then_the_fish_is_yours(page: Page) -> None:
    text, end = recorded(4.0)
    assert page.ask("visit", text=text) == {"size": [1280.0, 720.0]}
    page.frames(30, (0, 100.0, 100.0))
    page.first.session.receive('{"type": "resize", "width": 500, "height": 400, "dpr": 1}')
    while page.first.visit is not None and page.first.world.clock.step < 240:
        page.frames(1, (0, 120.0, 100.0))
    assert fingerprint(page.first.world) == end, "other inputs were taken"
    page.frames(8)
    assert page.first.visit is None
    assert page.insight()["visit"] is None
    assert page.first.world.size == (500.0, 400.0)


def test_a_recorded_visit_goes_on_from_an_earlier_moment(page: Page) -> None:
    text, end = recorded(3.0)
    page.ask("visit", text=text)
    page.frames(100)
    assert page.insight()["visit"] == [180, 900.0, 500.0]
    page.ask("seek", step=40)
    page.ask("go_on", here=True)
    while page.first.world.clock.step < 180:
        page.frames(1)
    assert fingerprint(page.first.world) == end


def test_a_persona_ends_a_recorded_visit_and_a_bad_log_changes_nothing(page: Page) -> None:
    (problem,) = page.ask("visit", text='{"candlefish": "input log"}')["problems"]
    assert problem["message"].startswith("line 1: version")
    assert page.first.visit is None
    page.ask("visit", text=recorded(1.0)[0])
    page.ask("persona", name=names()[0])
    assert page.first.visit is None
    assert page.first.world.size == (600.0, 400.0)


def test_a_comparison_follows_a_recorded_visit_and_can_be_closed_after_it(page: Page) -> None:
    comparison = page.open()
    page.ask("visit", text=recorded(2.0)[0])
    page.frames(100)
    assert comparison.world.food.offered == page.first.world.food.offered == 1
    page.studio.close_session(comparison)
    assert page.first.comparisons == []
