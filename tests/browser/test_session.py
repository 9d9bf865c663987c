"""The session of a fish, with the page's clock advanced by hand."""

from __future__ import annotations

import json
import math
from typing import Any

import pytest

from candlefish.browser.messages import MessageError, Start
from candlefish.browser.session import Message, Session
from candlefish.sim.memory import memory_text, new_memory
from candlefish.sim.moods import Mood
from candlefish.sim.replay import fingerprint, parse_log

T0_MS = 1_760_000_000_000.0
FRAME_MS = 1000.0 / 60.0
NAN = math.nan
MOVE, LEAVE, FEED = 0, 1, 4


class Page:
    """A page that records what the session posts, and advances its frames."""

    def __init__(self, **changes: Any) -> None:
        options: dict[str, Any] = {
            "width_px": 800.0,
            "height_px": 500.0,
            "dpr": 1.0,
            "seed": 7,
            "effects": "minimal",
            "complexity": "standard",
            "paused": False,
            "now_ms": T0_MS,
            "device": "tab1",
            "memory": None,
            "pending": (),
        }
        self.posted: list[Message] = []
        self.clock_s = 0.0
        self.session = Session(Start(**{**options, **changes}), self.posted.append, lambda: self.clock_s)
        self.now_ms = T0_MS

    def send(self, kind: str, **fields: Any) -> None:
        self.session.receive(json.dumps({"type": kind, **fields}))

    def show(self) -> None:
        self.send("visible", on=True)

    def frames(self, count: int) -> list[float]:
        """Let frames pass; return their intervals, ms."""
        intervals = []
        for _ in range(count):
            self.wait(FRAME_MS)
            intervals.append(self.session.advance(self.now_ms))
            self.session.count_frame(intervals[-1], 2.0)
        return intervals

    def wait(self, ms: float) -> None:
        self.now_ms += ms
        self.clock_s += ms / 1000.0

    def of(self, kind: str) -> list[Message]:
        return [message for message in self.posted if message["type"] == kind]

    def is_running(self) -> bool:
        return self.session.running

    def box(self) -> tuple[float, float, float]:
        return self.session.size

    def step(self) -> int:
        return int(self.session.state()["step"])


def test_frames_are_wanted_while_it_is_visible_and_not_paused() -> None:
    page = Page()
    assert not page.is_running()
    page.show()
    assert page.is_running()
    page.send("pause", on=True)
    assert not page.is_running()
    page.send("visible", on=False)
    page.send("pause", on=False)
    assert not page.is_running()
    page.show()
    assert page.is_running()


def test_hidden_time_is_not_caught_up() -> None:
    page = Page()
    page.show()
    page.frames(30)
    before = page.step()
    page.send("visible", on=False)
    page.wait(600_000)
    page.show()
    assert page.frames(3)[0] == 0
    assert page.step() - before <= 3


def test_a_pause_is_not_caught_up() -> None:
    page = Page()
    page.show()
    page.frames(30)
    before = page.step()
    page.send("pause", on=True)
    page.wait(5000)
    page.send("pause", on=False)
    page.frames(3)
    assert page.step() - before <= 3


@pytest.mark.parametrize("rate_hz", [30, 60, 144])
def test_inputs_take_effect_when_they_happened_at_any_frame_rate(rate_hz: int) -> None:
    page = Page()
    page.show()
    frame_ms = 1000.0 / rate_hz
    for frame in range(3 * rate_hz):
        page.now_ms = T0_MS + frame * frame_ms
        if frame == rate_hz:
            page.session.take_inputs([FEED, 600.0, 200.0, page.now_ms - 1.0])
        page.session.advance(page.now_ms)
    assert page.session.state()["food_offered"] == 1
    assert [m["detail"]["to"] for m in page.of("event") if m["name"] == "moodchange"][:1] == ["excited"]


def test_food_offered_before_the_first_frame_is_kept() -> None:
    page = Page()
    for x in (100.0, 200.0, 300.0, 400.0, 500.0):
        page.session.take_inputs([FEED, x, 200.0, T0_MS])
    page.show()
    page.frames(10)
    assert page.session.state()["food_offered"] == 3


def test_a_pointer_that_moved_before_the_first_frame_does_not_startle_it() -> None:
    page = Page()
    for x in range(0, 800, 20):
        page.session.take_inputs([MOVE, float(x), 250.0, T0_MS])
    page.show()
    page.frames(120)
    assert page.session.state()["mood"] == "curious"
    assert float(page.session.state()["trust"]) >= 20


def test_inputs_of_a_paused_fish_are_dropped() -> None:
    page = Page()
    page.show()
    page.frames(5)
    page.send("pause", on=True)
    page.session.take_inputs([FEED, 600.0, 200.0, T0_MS])
    page.send("pause", on=False)
    page.frames(10)
    assert page.session.state()["food_offered"] == 0


def test_a_flood_of_inputs_is_bounded() -> None:
    page = Page()
    page.show()
    page.session.take_inputs([MOVE, 10.0, 10.0, T0_MS] * 5000)
    page.session.take_inputs([FEED, 600.0, 200.0, T0_MS])
    page.frames(2)
    assert page.session.state()["food_offered"] == 1


@pytest.mark.parametrize(
    "text",
    [
        "{}",
        '{"type": "dance"}',
        '{"type": "visible"}',
        '{"type": "resize", "width": -1, "height": 2, "dpr": 1}',
        '{"type": "saved", "text": null}',
    ],
)
def test_a_bad_message_changes_nothing(text: str) -> None:
    page = Page()
    page.show()
    page.frames(5)
    before = page.session.state()
    with pytest.raises(MessageError):
        page.session.receive(text)
    assert page.session.state() == before


def test_it_fits_its_box_after_a_resize() -> None:
    page = Page()
    page.show()
    page.send("resize", width=300, height=200, dpr=1.5)
    page.frames(2)
    assert page.box() == (300, 200, 1.5)
    assert 0 <= float(page.session.state()["x"]) <= 300


def test_earned_trust_is_saved_soon_and_names_its_base() -> None:
    page = Page()
    page.show()
    page.frames(40)
    first = page.of("save")
    assert first[0]["base"] is None
    page.send("saved", text=first[0]["text"])
    page.session.take_inputs([FEED, 420.0, 250.0, page.now_ms])
    page.frames(600)
    assert page.of("event")[-1]["name"] in {"fed", "milestone", "trustchange", "moodchange"}
    assert page.of("save")[-1]["base"] == first[0]["text"]
    saves = len(page.of("save"))
    assert saves <= 2 + 11 * 2 + 2, "at most twice a second, and at once when it has eaten"


def test_an_idle_visit_is_saved_once() -> None:
    page = Page()
    page.show()
    page.frames(60)
    page.send("saved", text=page.of("save")[-1]["text"])
    count = len(page.of("save"))
    page.frames(600)
    assert len(page.of("save")) == count


def test_hiding_saves_at_once() -> None:
    page = Page()
    page.show()
    page.frames(32)
    page.session.take_inputs([FEED, 420.0, 250.0, page.now_ms])
    page.frames(2)
    count = len(page.of("save"))
    page.send("hide")
    assert len(page.of("save")) == count + 1


def test_a_damaged_memory_is_reported_and_replaced() -> None:
    page = Page(memory='{"version": 1, "trust": 7')
    assert page.of("damaged")[0]["text"] == '{"version": 1, "trust": 7'
    assert page.of("damaged")[0]["problems"]
    page.show()
    page.frames(40)
    assert page.of("save")[0]["base"] == '{"version": 1, "trust": 7'


def test_a_reset_forgets_and_is_in_the_next_save() -> None:
    page = Page()
    page.show()
    page.session.take_inputs([FEED, 420.0, 250.0, page.now_ms])
    page.frames(400)
    assert float(page.session.state()["trust"]) > 20.5
    page.send("reset", device="tab2")
    assert page.session.state()["trust"] == 20
    saved = json.loads(page.of("save")[-1]["text"])
    assert (saved["device"], saved["epoch"]) == ("tab2", 1)


def test_frame_statistics_are_posted_every_five_seconds() -> None:
    page = Page()
    page.show()
    page.frames(60 * 11)
    summaries = page.of("perf")
    assert len(summaries) == 2
    assert summaries[0]["fps"] == pytest.approx(60, abs=0.5)
    assert summaries[0]["work_ms"] == 2.0
    assert summaries[0]["dropped"] == 0


def test_every_message_is_json() -> None:
    page = Page()
    page.show()
    page.session.take_inputs([FEED, 420.0, 250.0, page.now_ms])
    page.frames(400)
    for message in [*page.posted, page.session.state()]:
        json.dumps(message, allow_nan=False, default=float)


def test_it_is_tuned_while_it_runs() -> None:
    page = Page()
    page.show()
    page.send("tune", id=1, preset="night")
    page.send("tune", id=2, values={"curious": {"glow": 0.3}})
    page.send("tune", id=3, values={"curious": {"glow": 30}})
    page.send("tune", id=4, preset="loud")
    answers = [message for message in page.posted if message["type"] == "tuned"]
    assert [answer["id"] for answer in answers] == [1, 2, 3, 4]
    assert [answer["problem"] for answer in answers[:2]] == [None, None]
    assert "params: curious.glow: expected 0 to 1.5, got 30" in answers[2]["problem"]
    assert "mood-preset: expected one of default, calm, night, vivid" in answers[3]["problem"]
    curious = page.session.world.params[Mood.CURIOUS]
    assert (curious.glow, curious.speed_px_s) == (0.3, 170.0), "refused changes change nothing"
    page.send("reset", device="tab2")
    assert page.session.world.params[Mood.CURIOUS].glow == 0.3
    page.send("tune", id=5, values=None)
    assert page.session.world.params[Mood.CURIOUS].glow == 0.6, "back to the preset"
    page.send("tune", id=6, toml="[curious]\nglow = 0.9\n")
    assert page.session.world.params[Mood.CURIOUS].speed_px_s == 280.0


def test_a_friend_who_comes_back_to_a_hidden_tab_is_greeted() -> None:
    friend = memory_text(new_memory("tab1", T0_MS).with_trust(60.0).interacted().visit(T0_MS))
    page = Page(memory=friend)
    page.show()
    page.session.take_inputs([MOVE, 400.0, 250.0, T0_MS])
    page.frames(400)
    page.send("visible", on=False)
    page.wait(600_000)
    page.send("visible", on=True)
    page.posted.clear()
    page.frames(2)
    page.session.take_inputs([MOVE, 400.0, 250.0, page.now_ms])
    page.frames(30)
    reasons = [message["detail"]["reason"] for message in page.of("event") if message["name"] == "moodchange"]
    assert reasons == ["glad to see you again"]


def test_a_recording_has_the_world_from_its_beginning() -> None:
    page = Page(record=True)
    page.show()
    page.session.take_inputs([FEED, 300.0, 200.0, T0_MS])
    page.frames(120)
    *_, again = parse_log(page.session.recording().splitlines()).replay()
    assert fingerprint(again) == fingerprint(page.session.world)
    page.send("reset", device="tab2")
    page.frames(10)
    assert parse_log(page.session.recording().splitlines()).steps == page.step()


def test_nothing_is_recorded_by_default() -> None:
    assert Page().session.recording() == ""
