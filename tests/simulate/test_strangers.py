"""Visitors nobody tuned the fish for: it treats them as a person would expect."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from candlefish.simulate.persona import load_persona
from candlefish.simulate.simulation import simulate
from tests.simulate.test_bars import assert_steady

if TYPE_CHECKING:
    from candlefish.simulate.simulation import VisitRecord

FOLDER = Path(__file__).with_name("personas")
NAMES = sorted(path.stem for path in FOLDER.glob("*.toml"))


@cache
def visited_by(name: str, seconds: float = 120.0) -> VisitRecord:
    return simulate(load_persona(str(FOLDER / f"{name}.toml")), seconds, seed=2)


def reasons(record: VisitRecord) -> list[str]:
    return [change.reason for change in record.changes]


@pytest.mark.parametrize("name", NAMES)
def test_its_moods_are_steady_with(name: str) -> None:
    assert_steady(visited_by(name))


def test_a_slow_reader_becomes_a_friend_slowly() -> None:
    record = visited_by("gentle-slow-reader")
    assert 10 < record.trust_end - record.trust_start < 50
    assert "startled" not in reasons(record)
    assert record.share["curious"] > 0.9


def test_a_child_that_taps_everywhere_has_an_excited_fish() -> None:
    record = visited_by("child-taps-everywhere")
    assert record.share["excited"] > 0.8
    assert record.food_eaten >= 0.95 * record.food_offered


def test_darts_frighten_at_first_and_then_no_more() -> None:
    record = visited_by("cat-darts")
    frights = [change.t_s for change in record.changes if change.reason == "startled"]
    assert frights and max(frights) < 60
    assert record.trust_end - record.trust_start < 10


@pytest.mark.parametrize("name", ["keyboard-only", "touch-phone"])
def test_without_a_mouse_one_is_a_friend_all_the_same(name: str) -> None:
    record = visited_by(name)
    assert record.trust_end - record.trust_start > 30
    assert record.food_eaten >= 0.95 * record.food_offered
    assert "startled" not in reasons(record)


def test_a_friend_who_leaves_the_tab_is_missed_once_and_greeted() -> None:
    record = visited_by("leaves-the-tab", 310.0)
    given = reasons(record)
    assert given.count("nobody here") == 1
    assert given[given.index("nobody here") + 1] in ("you woke it", "you came back", "glad to see you again")
    assert "glad to see you again" in given[given.index("nobody here") :]


def test_a_hundred_pieces_are_eaten_and_the_last_earn_little() -> None:
    record = visited_by("feeds-a-hundred", 140.0)
    assert record.food_eaten >= 95
    at = {round(sample.t_s): sample.trust for sample in record.samples}
    assert at[20] - at[0] > 2 * (at[100] - at[80])


def test_circling_ends_in_play_and_whirling_does_not_pay() -> None:
    circling, whirling = visited_by("circles"), visited_by("whirl")
    assert "you play" in reasons(circling)
    assert whirling.trust_end - whirling.trust_start <= 15


def test_teasing_loses_its_effect() -> None:
    frights = [change.t_s for change in visited_by("teaser").changes if change.reason == "startled"]
    assert len(frights) >= 2
    assert max(frights) < 60


def test_an_old_friend_who_rests_has_it_at_their_side() -> None:
    assert visited_by("resting-friend").share["trusting"] > 0.8
