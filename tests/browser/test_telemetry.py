"""Events of a session for analytics, and the effect of an experiment's variants."""

from __future__ import annotations

import json
from typing import Any

import pytest

from candlefish.browser.experiments import parse_participant
from candlefish.browser.messages import MessageError
from candlefish.events import check_batch
from candlefish.events.schema import EVENTS, PHRASE_PATTERN, Text
from candlefish.experiments.assignment import assign_all
from candlefish.experiments.definition import to_wire
from candlefish.service.experiments import load_experiments
from candlefish.sim.memory import memory_text, new_memory, parse_memory, trust_of
from candlefish.sim.moods import TABLE
from tests.browser.test_session import FEED, T0_MS, Page

EXPERIMENTS = load_experiments()
CONFIG = json.dumps({"version": 1, "experiments": [to_wire(each) for each in EXPERIMENTS]})
CLIENT = "client-0123456789abcdef"


def study(**changes: Any) -> str:
    fields = {"client": CLIENT, "device": "desktop", "config": CONFIG, "sticky": {}, "exposed": []}
    return json.dumps({**fields, "fixed": [], "bot": False, **changes})


def run_page(**changes: Any) -> Page:
    page = Page(study=study(**changes))
    page.show()
    page.frames(2)
    return page


def events(page: Page, kind: str | None = None) -> list[dict[str, Any]]:
    reported = [event for report in page.of("report") for event in report["events"]]
    return [event for event in reported if kind in {None, event["type"]}]


def test_the_service_takes_every_event_of_a_session() -> None:
    page = run_page()
    for second in range(40):
        if second % 8 == 0:
            page.session.take_inputs([FEED, 400.0, 200.0, page.now_ms])
        page.frames(60)
    numbered = [{**event, "seq": seq} for seq, event in enumerate(events(page))]
    batch = {"v": 1, "client": CLIENT, "session": CLIENT, "sent_ms": int(page.now_ms), "events": numbered}
    assert check_batch(batch) == []
    kinds = {event["type"] for event in numbered}
    assert kinds >= {"session_start", "mood_transition", "trust_level_change", "milestone", "exposure"}
    assert kinds >= {"feeding_interaction", "performance_metrics"}
    assert kinds <= set(EVENTS)
    assert events(page, "performance_metrics")[0]["fps"] == pytest.approx(60, abs=1)
    assert all(event["eaten"] for event in events(page, "feeding_interaction")[:3])
    closing = page.of("report")[-1]["closing"]
    assert closing["interactions"] == 5
    assert closing["trust_gained"] == pytest.approx(page.session.world.mind.trust.value - 20, abs=0.1)


def test_nothing_is_reported_without_a_study() -> None:
    page = Page()
    page.show()
    page.frames(400)
    assert page.of("report") == page.of("dealt") == []


def test_a_session_ends_with_the_page_hidden_and_another_begins() -> None:
    page = run_page()
    page.send("hide")
    page.send("visible", on=False)
    page.show()
    page.frames(2)
    first, second = events(page, "session_start")
    assert (first["returning"], second["returning"]) == (False, True)
    assert len(events(page, "exposure")) == 4


@pytest.mark.parametrize(
    ("experiment", "variant", "seen"),
    [
        ("emotional_complexity", "basic", lambda page: page.session.world.complexity == "basic"),
        ("emotional_complexity", "advanced", lambda page: page.session.world.mind.learning is not None),
        ("trust_rate", "slow", lambda page: page.session.world.mind.trust.rate == 0.7),
        ("trust_rate", "fast", lambda page: page.session.world.mind.trust.rate == 1.3),
        ("visual_effects", "minimal", lambda page: page.session.scene.effects.speckles == 0),
        ("visual_effects", "rich", lambda page: page.session.scene.effects.speckles == 64),
        ("memory_persistence", "hybrid", lambda page: page.of("dealt")[0]["persistence"] == "hybrid"),
        ("memory_persistence", "cloud_sync", lambda page: page.of("dealt")[0]["persistence"] == "cloud_sync"),
    ],
)
def test_each_variant_changes_the_fish(experiment: str, variant: str, seen: Any) -> None:
    page = run_page(sticky={experiment: variant})
    assert seen(page)
    assert page.of("dealt")[0]["variants"][experiment] == variant
    assert variant in {event["variant"] for event in events(page, "exposure")}


def test_a_fast_fish_earns_more_than_a_slow_one() -> None:
    gained = {}
    for variant in ("slow", "standard", "fast"):
        page = run_page(sticky={"trust_rate": variant})
        page.session.take_inputs([FEED, 420.0, 250.0, page.now_ms])
        page.frames(400)
        gained[variant] = page.session.world.mind.trust.value
    assert gained["slow"] < gained["standard"] < gained["fast"]


def test_the_rate_of_trust_survives_a_reset() -> None:
    page = run_page(sticky={"trust_rate": "fast"})
    page.send("reset", device="tab2")
    assert page.session.world.mind.trust.rate == 1.3


def test_page_and_server_assign_the_same_variants() -> None:
    for number in range(200):
        client = f"client-{number:016}"
        expected = {name: one.variant.name for name, one in assign_all(EXPERIMENTS, client).items()}
        page = Page(study=study(client=client))
        assert page.of("dealt")[0]["variants"] == expected


def test_settings_of_the_owner_are_not_experimented_with() -> None:
    page = run_page(fixed=["effects"], sticky={"visual_effects": "rich"})
    assert page.session.state()["effects"] == "minimal"
    assert "visual_effects" not in {event["experiment"] for event in events(page, "exposure")}


def test_known_exposures_and_those_of_a_bot_are_not_reported() -> None:
    exposed = [[each["experiment"], each["variant"]] for each in events(run_page(), "exposure")]
    assert events(run_page(exposed=exposed), "exposure") == []
    assert events(run_page(bot=True), "exposure") == []


@pytest.mark.parametrize("config", [None, "", "{", "[]", '{"version": 2, "experiments": []}'])
def test_without_a_usable_configuration_the_options_of_the_page_hold(config: str | None) -> None:
    page = run_page(config=config)
    assert page.session.state()["effects"] == "minimal"
    assert len(events(page, "session_start")) == 1


@pytest.mark.parametrize("text", ["", "[]", "{}", study(sticky=3), study(exposed=[1])])
def test_a_malformed_study_is_refused(text: str) -> None:
    with pytest.raises(MessageError, match=r"init\.study"):
        parse_participant(text)


def test_every_reason_of_a_mood_can_be_reported() -> None:
    phrase = Text(PHRASE_PATTERN)
    assert [row.reason for row in TABLE if phrase.problem(row.reason)] == []


def test_another_devices_points_come_in_and_damage_does_not() -> None:
    page = run_page()
    there = memory_text(new_memory("phone", T0_MS).earn(25))
    page.send("remote", text=there)
    assert page.session.world.mind.trust.value == pytest.approx(45, abs=0.5)
    saved = page.of("save")[-1]["text"]
    assert trust_of(parse_memory(saved, now_ms=T0_MS, device="x").memory) == pytest.approx(45, abs=0.5)
    count = len(page.of("save"))
    for text in (there, "{", '{"version": 1}'):
        page.send("remote", text=text)
    assert len(page.of("save")) == count
    assert page.session.world.mind.trust.value == pytest.approx(45, abs=0.5)
