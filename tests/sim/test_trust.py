from statistics import median

import pytest

from candlefish.sim.inputs import InputKind
from candlefish.sim.memory import new_memory
from candlefish.sim.trust import DAILY_BONUS, FLOOR_SHARE, Trust, after_absence
from candlefish.sim.world import World
from tests.sim.visitors import SIZE, Visitor, frantic, gentle, make_world, nobody, point, visit, wiggler

DAY_MS = 86_400_000.0


def gain(visitor: Visitor, seconds: float, seed: int = 1) -> float:
    world = make_world(seed)
    visit(world, visitor, seconds)
    return world.mind.trust.value - 20.0


@pytest.mark.slow
def test_a_gentle_visitor_who_feeds_gains_fifty_in_two_minutes() -> None:
    assert median(gain(gentle(seed), 120.0, seed) for seed in range(5)) >= 50.0


@pytest.mark.slow
@pytest.mark.parametrize(("hz", "reach_px"), [(0.6, 150.0), (1.0, 60.0), (3.0, 60.0), (5.0, 25.0)])
def test_wiggling_for_a_minute_gains_at_most_fifteen(hz: float, reach_px: float) -> None:
    assert gain(wiggler(hz, reach_px), 60.0) <= 15.0


def test_a_frantic_visitor_gains_nothing() -> None:
    assert gain(frantic(), 60.0) <= 0.0


@pytest.mark.slow
def test_nobody_gains_nothing() -> None:
    assert gain(nobody, 120.0) <= 2.0


@pytest.mark.slow
def test_wiggling_for_ever_is_not_rewarded_for_ever() -> None:
    world = make_world()
    visit(world, wiggler(1.0), 60.0)
    first = world.mind.trust.value - 20.0
    visit(world, wiggler(1.0), 60.0)
    assert world.mind.trust.value - 20.0 - first < first + 1.0


def test_food_earns_less_when_full() -> None:
    trust = Trust(20.0)
    trust.eat()
    first = trust.value - 20.0
    for _ in range(12):
        trust.eat()
    before = trust.value
    trust.eat()
    assert 2.0 <= first <= 3.0
    assert trust.value - before < first / 2


@pytest.mark.parametrize(("rate", "share"), [(0.7, 0.7), (1.3, 1.3)])
def test_the_experiment_multiplies_what_is_earned(rate: float, share: float) -> None:
    plain, changed = Trust(20.0), Trust(20.0, rate)
    plain.eat()
    changed.eat()
    assert changed.value - 20.0 == pytest.approx(share * (plain.value - 20.0))


def test_absence_costs_a_point_a_day_down_to_a_floor() -> None:
    assert after_absence(60.0, 60.0, 5) == 55.0
    assert after_absence(60.0, 60.0, 365) == pytest.approx(60.0 * FLOOR_SHARE)
    assert after_absence(10.0, 90.0, 3) == 10.0


def test_coming_back_on_a_new_day_is_welcomed_once() -> None:
    memory = new_memory("a", 0.0).with_trust(60.0).interacted().visit(0.0)
    first = World(*SIZE, memory=memory, now_ms=DAY_MS * 1.5)
    assert first.mind.trust.value == pytest.approx(60.0 - 1.0 + DAILY_BONUS)
    again = World(*SIZE, memory=first.memory(), now_ms=DAY_MS * 1.6)
    assert again.mind.trust.value == pytest.approx(first.mind.trust.value)


def test_the_memory_holds_what_was_earned() -> None:
    world = make_world()
    visit(world, gentle(1), 40.0)
    later = World(*SIZE, memory=world.memory(), now_ms=1000.0)
    assert later.mind.trust.value == pytest.approx(world.mind.trust.value, abs=1e-5)
    assert world.mind.trust.value > 30.0


def test_milestones_happen_once_and_are_told() -> None:
    world = make_world(trust=49.5)
    events = visit(world, gentle(1), 30.0)
    names = [e.detail["name"] for e in events if e.name == "milestone"]
    assert sorted(names) == ["comfortable", "first_feed"]
    second = World(*SIZE, memory=world.memory(), now_ms=1000.0)
    point(second, 640, 360, InputKind.FEED)
    assert not [e for e in visit(second, nobody, 8.0) if e.name == "milestone"]
