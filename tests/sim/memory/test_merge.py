"""Copies of a memory merge in any order, any number of times, to the same memory; tabs add up."""

from __future__ import annotations

import sys
from contextlib import contextmanager
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from candlefish.sim.memory import (
    Memory,
    absorb,
    memory_text,
    merge,
    merge_tabs,
    new_memory,
    parse_memory,
    trust_of,
)
from candlefish.sim.memory.model import (
    MAX_DEVICES,
    MAX_FEEDING_SPOTS,
    MAX_HABITS,
    MAX_MILESTONES,
    MAX_QUIRKS,
    MAX_VISIT_DAYS,
)
from tests.sim.memory.memories import NOW_MS, memories, tight_memories

if TYPE_CHECKING:
    from collections.abc import Iterator


def met(device: str = "a1") -> Memory:
    return new_memory(device, NOW_MS)


@pytest.mark.slow
@given(memories(), memories())
def test_merging_is_commutative(a: Memory, b: Memory) -> None:
    assert merge(a, b) == merge(b, a)
    assert memory_text(merge(a, b)) == memory_text(merge(b, a))


@pytest.mark.slow
@settings(max_examples=50)
@given(memories(), memories(), memories())
def test_merging_is_associative(a: Memory, b: Memory, c: Memory) -> None:
    assert merge(merge(a, b), c) == merge(a, merge(b, c))


@pytest.mark.slow
@given(memories(), memories())
def test_merging_again_changes_nothing(a: Memory, b: Memory) -> None:
    assert merge(a, a) == a
    assert merge(merge(a, b), b) == merge(a, b)


@contextmanager
def every_bound_two() -> Iterator[None]:
    """A world where every bound is 2, so that what is dropped where is met in every example."""
    modules = [module for name, module in sys.modules.items() if name.startswith("candlefish.sim.memory.")]
    with pytest.MonkeyPatch.context() as patch:
        for module in modules:
            for name in [name for name in vars(module) if name.startswith("MAX_")]:
                patch.setattr(module, name, 2)
        yield


@pytest.mark.slow
@settings(max_examples=1500)
@given(a=tight_memories(), b=tight_memories(), c=tight_memories())
def test_the_laws_hold_where_the_bounds_bite(a: Memory, b: Memory, c: Memory) -> None:
    with every_bound_two():
        ab = merge(a, b)
        assert ab == merge(b, a)
        assert merge(ab, c) == merge(a, merge(b, c))
        assert merge(ab, b) == ab
    assert all(len(held) <= 2 for held in (ab.ledger, ab.visit_days, ab.feeding_spots, ab.milestones))


@pytest.mark.slow
@given(memories(), memories())
def test_merging_keeps_every_bound(a: Memory, b: Memory) -> None:
    both = merge(a, b)
    assert len(both.ledger) <= MAX_DEVICES
    assert len(both.visit_days) <= MAX_VISIT_DAYS
    assert len(both.feeding_spots) <= MAX_FEEDING_SPOTS
    assert len(both.milestones) <= MAX_MILESTONES
    assert len(both.quirks) <= MAX_QUIRKS
    assert len(both.habits) <= MAX_HABITS
    assert 0.0 <= trust_of(both) <= 100.0


@given(st.permutations(range(6)), st.lists(st.integers(0, 5), max_size=6))
def test_copies_may_arrive_in_any_order_and_twice(order: list[int], repeats: list[int]) -> None:
    copies = [met(f"device-{number}").earn(number).interacted(number + 1) for number in range(6)]
    merged = copies[order[0]]
    for number in order[1:] + repeats:
        merged = merge(merged, copies[number])
    assert trust_of(merged) == 20 + sum(range(6))
    assert merged.interactions == sum(range(1, 7))


def test_a_device_that_takes_in_another_copy_stays_itself() -> None:
    mine = absorb(met("a1").earn(3), met("b2").earn(4))
    assert mine.device == "a1"
    assert trust_of(mine) == 27.0


def test_a_device_crowded_out_of_the_ledger_keeps_its_points() -> None:
    crowd = met("z00")
    for number in range(MAX_DEVICES):
        crowd = merge(crowd, met(f"z{number:02}").earn(1))
    mine = absorb(met("a1").earn(5), crowd)
    assert trust_of(mine) == 20 + MAX_DEVICES + 5
    assert absorb(mine, crowd) == mine
    assert len(mine.ledger) == MAX_DEVICES


Step = tuple[str, float]
steps = st.lists(
    st.tuples(st.sampled_from(("earn", "spend", "interact", "feed", "reach", "visit")), st.floats(0, 0.5)),
    max_size=12,
)


def lived(memory: Memory, doings: list[Step]) -> Memory:
    for doing, amount in doings:
        match doing:
            case "earn":
                memory = memory.earn(amount)
            case "spend":
                memory = memory.spend(amount)
            case "interact":
                memory = memory.interacted()
            case "feed":
                memory = memory.fed_at(amount, amount)
            case "reach":
                memory = memory.reached("first_feed")
            case _:
                memory = memory.visit(NOW_MS + amount * 1e9)
    return memory


def net(memory: Memory) -> tuple[int, int, int]:
    rows = memory.ledger.values()
    return sum(r.earned for r in rows), sum(r.spent for r in rows), sum(r.interactions for r in rows)


@pytest.mark.slow
@given(steps, steps, steps)
def test_two_tabs_lose_nothing_and_count_nothing_twice(
    before: list[Step], here: list[Step], there: list[Step]
) -> None:
    base = lived(met().earn(40), before)
    mine, theirs = lived(base, here), lived(base, there)
    stored = merge_tabs(base, mine, theirs)
    expected = tuple(m + t - b for b, m, t in zip(net(base), net(mine), net(theirs), strict=True))
    assert net(stored) == expected
    assert stored.milestones == mine.milestones | theirs.milestones
    assert stored.visit_days == mine.visit_days | theirs.visit_days
    for cell, spot in stored.feeding_spots.items():
        b, m, t = (
            memory.feeding_spots[cell].times if cell in memory.feeding_spots else 0
            for memory in (base, mine, theirs)
        )
        assert spot.times == m + t - b


@pytest.mark.slow
@given(memories(device="a1"), memories(device="a1"))
def test_a_side_that_changed_nothing_yields_to_the_other(base: Memory, other: Memory) -> None:
    assert merge_tabs(base, base, other) == other
    grown = absorb(base, other)
    assert merge_tabs(base, grown, base) == grown


@pytest.mark.slow
@given(memories(device="a1"), memories(device="a1"), memories(device="a1"))
def test_no_counter_falls_below_what_is_stored(base: Memory, mine: Memory, theirs: Memory) -> None:
    stored = merge_tabs(base, mine, theirs)
    assert len(stored.ledger) <= MAX_DEVICES
    assert len(memory_text(stored)) <= 8192
    if stored.epoch == theirs.epoch:
        for device in stored.ledger.keys() & theirs.ledger.keys():
            assert all(
                now >= was for now, was in zip(stored.ledger[device], theirs.ledger[device], strict=True)
            )


def test_tabs_that_save_by_turns_end_with_every_point() -> None:
    stored = met()
    bases = {"left": stored, "right": stored}
    open_tabs = dict(bases)
    for turn in range(20):
        tab = "left" if turn % 2 else "right"
        open_tabs[tab] = open_tabs[tab].earn(1.5).interacted()
        stored = merge_tabs(bases[tab], open_tabs[tab], stored)
        bases[tab] = open_tabs[tab] = stored
    assert trust_of(stored) == 50.0
    assert stored.interactions == 20


def test_rows_of_other_devices_received_in_both_tabs_count_once() -> None:
    base = met()
    remote = met("b2").earn(10)
    mine, theirs = absorb(base.earn(1), remote), absorb(base.earn(2), remote)
    assert trust_of(merge_tabs(base, mine, theirs)) == 33.0


def test_a_tab_that_changed_nothing_but_lags_behind_does_not_undo_the_other() -> None:
    base = met().earn(5)
    assert trust_of(merge_tabs(base, base.seen(NOW_MS + 5), base.earn(7))) == 32.0


def test_forgetting_in_one_tab_forgets_in_the_other() -> None:
    base = met().earn(40)
    forgotten = base.forget("b2", NOW_MS)
    busy = base.earn(3)
    assert merge_tabs(base, forgotten, busy) == forgotten
    assert merge_tabs(base, busy, forgotten) == forgotten


def test_after_forgetting_both_tabs_go_on_together() -> None:
    base = met().earn(40)
    forgotten = base.forget("b2", NOW_MS)
    elsewhere = replace(forgotten, device="c3").earn(2)
    assert trust_of(merge_tabs(base, forgotten.earn(3), elsewhere)) == 25.0


def test_what_was_earned_before_forgetting_is_no_base_for_what_came_after() -> None:
    base = met().earn(1)
    forgotten = base.forget(base.device, NOW_MS)
    stored = merge_tabs(base, forgotten.earn(3), forgotten.earn(2))
    assert trust_of(stored) == 23.0


def test_two_tabs_that_migrate_the_same_memory_count_it_once() -> None:
    text = '{"trustLevel": 60, "interactionCount": 9}'
    left = parse_memory(text, now_ms=NOW_MS, device="left").memory.earn(1)
    right = parse_memory(text, now_ms=NOW_MS, device="right").memory.earn(2)
    assert trust_of(merge(left, right)) == 63.0
    assert merge(left, right).interactions == 9
