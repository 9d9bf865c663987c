"""What the fish remembers: trust as counters, and lists that stay within their bounds."""

from __future__ import annotations

import math
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from candlefish.sim.memory import (
    KNOWN_MILESTONES,
    LedgerRow,
    Memory,
    best_of,
    day_of,
    favourite_spots,
    merge,
    new_memory,
    trust_of,
)
from candlefish.sim.memory.model import (
    DAY_MS,
    MAX_DEVICES,
    MAX_FEEDING_SPOTS,
    MAX_HABITS,
    MAX_MILESTONES,
    MAX_QUIRKS,
    MAX_VISIT_DAYS,
)
from tests.sim.memory.memories import NOW_MS, memories

points = st.floats(0, 200)


def met(device: str = "a1") -> Memory:
    return new_memory(device, NOW_MS)


def test_a_new_visitor_is_trusted_a_little() -> None:
    assert trust_of(met()) == 20.0
    assert best_of(met()) == 20.0
    assert met().first_seen_ms == met().last_seen_ms == NOW_MS


def test_earning_and_spending_add_up_exactly() -> None:
    memory = met()
    for _ in range(1000):
        memory = memory.earn(0.1).spend(0.05)
    assert trust_of(memory) == 70.0


@given(st.lists(st.tuples(st.booleans(), points), max_size=30))
def test_trust_follows_a_clamped_sum(steps: list[tuple[bool, float]]) -> None:
    memory, expected = met(), 20.0
    for earns, amount in steps:
        memory = memory.earn(amount) if earns else memory.spend(amount)
        expected = min(100.0, max(0.0, expected + (amount if earns else -amount)))
        assert trust_of(memory) == pytest.approx(expected, abs=1e-4)
        assert best_of(memory) >= trust_of(memory)


@pytest.mark.slow
@given(memories(), st.floats(0, 100))
def test_trust_can_be_set_from_any_memory(memory: Memory, trust: float) -> None:
    assert 0.0 <= trust_of(memory.with_trust(trust)) <= 100.0
    roomy = replace(memory, ledger={**memory.ledger, memory.lane: LedgerRow()})
    assert trust_of(roomy.with_trust(trust)) == pytest.approx(trust, abs=2e-6)


def test_what_is_earned_at_the_top_is_not_hoarded() -> None:
    assert trust_of(met().earn(500).spend(5)) == 95.0
    assert trust_of(met().spend(500).earn(5)) == 5.0
    assert trust_of(merge(met("phone").earn(500), met("laptop").spend(5))) == 95.0
    assert trust_of(merge(met("phone").spend(500), met("laptop").earn(5))) == 5.0


def test_points_merged_past_the_top_do_not_hide_a_fright() -> None:
    phone, laptop = met("phone").earn(60), met("laptop").earn(60)
    both = merge(phone, laptop)
    assert trust_of(both) == 100.0
    assert trust_of(both.spend(5)) == 95.0


def test_points_merged_below_the_bottom_do_not_hide_a_kindness() -> None:
    both = merge(met("phone").spend(20), met("laptop").spend(20))
    assert trust_of(both) == 0.0
    assert trust_of(both.earn(5)) == 5.0


def test_two_devices_that_settle_the_same_excess_settle_it_once() -> None:
    both = merge(met("phone").earn(60), met("laptop").earn(60))
    on_phone = replace(both, device="phone").spend(1)
    on_laptop = replace(both, device="laptop").spend(2)
    assert trust_of(merge(on_phone, on_laptop)) == 97.0


def test_the_best_level_outlives_the_trust() -> None:
    memory = met().earn(50).spend(60)
    assert trust_of(memory) == 10.0
    assert memory.best == 70.0
    assert memory.with_best(90).best == 90.0
    assert memory.with_best(30).best == 70.0


@pytest.mark.parametrize("amount", [-1.0, math.nan, math.inf])
def test_impossible_points_are_refused(amount: float) -> None:
    with pytest.raises(ValueError, match="earn: expected a finite number of points"):
        met().earn(amount)
    with pytest.raises(ValueError, match="spend: expected a finite number of points"):
        met().spend(amount)


@pytest.mark.parametrize("device", ["", "-a", "a" * 37, "__proto__", "é", "a b", "\ud800"])
def test_a_device_id_is_short_and_plain(device: str) -> None:
    with pytest.raises(ValueError, match="device: expected"):
        new_memory(device, NOW_MS)


@pytest.mark.parametrize(("clock", "stored"), [(math.nan, 0), (-5.0, 0), (math.inf, 8_640_000_000_000_000)])
def test_a_broken_clock_is_survived(clock: float, stored: int) -> None:
    assert new_memory("a1", clock).last_seen_ms == stored
    assert day_of(clock) == stored // DAY_MS


def test_visits_are_days_and_only_the_latest_stay() -> None:
    memory = met()
    for day in range(100):
        memory = memory.visit(NOW_MS + day * DAY_MS).visit(NOW_MS + day * DAY_MS + 60_000)
    last = day_of(NOW_MS) + 99
    assert memory.visit_days == set(range(last - MAX_VISIT_DAYS + 1, last + 1))
    assert memory.last_seen_ms == NOW_MS + 99 * DAY_MS + 60_000
    assert memory.first_seen_ms == NOW_MS
    assert memory.seen(5).last_seen_ms == memory.last_seen_ms


def test_favourite_places_are_the_most_fed() -> None:
    memory = met().fed_at(0.9, 0.9).fed_at(0.1, 0.2).fed_at(0.1, 0.2).fed_at(-3.0, 7.0)
    assert favourite_spots(memory, 2) == [(0.0625, 0.1875, 2), (0.0625, 0.9375, 1)]


def test_a_new_feeding_place_pushes_out_the_one_longest_unfed() -> None:
    memory = met()
    for step in range(40):
        memory = memory.fed_at(0.01, 0.01).fed_at((step % 8) / 8 + 0.01, 0.2 + (step // 8) / 8)
    assert len(memory.feeding_spots) == MAX_FEEDING_SPOTS
    assert memory.feeding_spots[0, 0].times == 40
    assert (7, 5) in memory.feeding_spots
    assert (0, 1) not in memory.feeding_spots
    with pytest.raises(ValueError, match="feeding place"):
        memory.fed_at(math.nan, 0.5)


def test_milestones_known_to_us_are_never_crowded_out() -> None:
    memory = met()
    for name in KNOWN_MILESTONES:
        memory = memory.reached(name)
    for number in range(60):
        memory = memory.reached(f"zz_{number}")
    assert len(memory.milestones) == MAX_MILESTONES
    assert memory.milestones > set(KNOWN_MILESTONES)
    with pytest.raises(ValueError, match="name: expected"):
        memory.reached("<b>")


def test_quirks_and_habits_stay_bounded() -> None:
    memory = met()
    for number in range(60):
        memory = memory.with_quirk(f"likes corner {number}").observed(f"habit_{number:02}", number)
    assert len(memory.quirks) == MAX_QUIRKS
    assert len(memory.habits) == MAX_HABITS
    with pytest.raises(ValueError, match="quirk: expected"):
        memory.with_quirk("<img onerror=x>")
    with pytest.raises(ValueError, match="habit pointer_speed: expected a number"):
        memory.observed("pointer_speed", math.nan)


def test_a_habit_follows_what_it_sees() -> None:
    memory = met()
    for _ in range(10):
        memory = memory.observed("pointer_speed", 200)
    assert memory.habits["pointer_speed"] == (10, 200.0)
    for _ in range(500):
        memory = memory.observed("pointer_speed", 400)
    assert memory.habits["pointer_speed"].mean == pytest.approx(400, abs=1)


def test_interactions_are_counted_over_devices() -> None:
    both = merge(met("phone").interacted(3), met("laptop").interacted(4))
    assert both.interactions == 7
    with pytest.raises(ValueError, match="expected times"):
        both.interacted(-1)


def test_a_device_without_room_in_the_ledger_still_counts() -> None:
    crowd = met("z00")
    for number in range(MAX_DEVICES):
        crowd = merge(crowd, met(f"z{number:02}").earn(1))
    newcomer = replace(crowd, device="a1").earn(2)
    assert trust_of(newcomer) == 20 + MAX_DEVICES + 2
    assert len(newcomer.ledger) == MAX_DEVICES


def test_what_is_forgotten_stays_forgotten() -> None:
    old = met("phone").earn(60).reached("first_feed").fed_at(0.5, 0.5)
    fresh = old.forget("phone2", NOW_MS + 1)
    assert merge(fresh, old) == merge(old, fresh) == fresh
    assert trust_of(fresh) == 20.0
    assert fresh.device == "phone2"
    assert "phone" not in repr(fresh).replace("phone2", "")
