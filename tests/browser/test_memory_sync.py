"""Two tabs and one storage: nothing is lost, nothing counts twice."""

from __future__ import annotations

from dataclasses import dataclass, field

import pytest
from hypothesis import given
from hypothesis import strategies as st

from candlefish.browser.memory_sync import MemorySync, Save
from candlefish.sim.memory import Memory, trust_of

T0_MS = 1_760_000_000_000.0


@dataclass
class Storage:
    """localStorage as web/connected/memory-store.js uses it: a write happens only on the base it names."""

    text: str | None = None
    pending: tuple[tuple[str | None, str], ...] = ()


@dataclass
class Tab:
    """A memory sync, the world's memory, and the page that stores."""

    storage: Storage
    device: str
    now_s: float = 0.0
    memory_sync: MemorySync = field(init=False)
    memory: Memory = field(init=False)

    def __post_init__(self) -> None:
        pending, self.storage.pending = self.storage.pending, ()
        self.memory_sync = MemorySync(self.storage.text, pending, T0_MS, self.device)
        self.memory = self.memory_sync.memory

    def earn(self, points: float) -> None:
        self.memory = self.memory.earn(points)

    def save(self) -> Save | None:
        """What the session posts now."""
        return self.memory_sync.save(self.memory)

    def store(self, save: Save | None) -> bool:
        """What the page does with it; false when storage held something else, which is then merged."""
        if save is None:
            return True
        if save.base != self.storage.text:
            self.memory = self.memory_sync.merge(self.storage.text, self.memory, T0_MS)
            return False
        self.storage.text = save.text
        self.memory_sync.mark_stored(save.text, T0_MS)
        return True

    def sync(self) -> None:
        """Save until it is stored."""
        for _ in range(3):
            if self.store(self.save()):
                return
        raise AssertionError("a save was refused three times in a row")

    def close(self) -> None:
        """The page goes: store at once, or leave the pair for the next page."""
        save = self.save()
        if save is None:
            return
        if save.base == self.storage.text:
            self.storage.text = save.text
        else:
            self.storage.pending += ((save.base, save.text),)


def stored_trust(storage: Storage) -> float:
    return trust_of(Tab(storage, "reader").memory)


def test_what_is_stored_comes_back() -> None:
    storage = Storage()
    tab = Tab(storage, "a")
    tab.earn(7)
    tab.sync()
    assert stored_trust(storage) == pytest.approx(27)


def test_nothing_new_is_nothing_to_save() -> None:
    tab = Tab(Storage(), "a")
    tab.sync()
    assert tab.save() is None
    tab.memory = tab.memory.seen(T0_MS + 5000)
    assert tab.save() is None


def test_saves_keep_their_distance() -> None:
    tab = Tab(Storage(), "a")
    assert tab.memory_sync.due(lambda: tab.memory, 10.0) is not None
    tab.earn(1)
    assert tab.memory_sync.due(lambda: tab.memory, 10.4) is None
    assert tab.memory_sync.due(lambda: tab.memory, 10.5) is not None


def test_two_tabs_add_up() -> None:
    storage = Storage()
    first, second = Tab(storage, "a"), Tab(storage, "b")
    first.earn(3)
    second.earn(5)
    first.sync()
    second.sync()
    first.sync()
    assert stored_trust(storage) == pytest.approx(28)


def test_an_old_save_in_flight_is_refused_and_merged_once() -> None:
    storage = Storage()
    first, second = Tab(storage, "a"), Tab(storage, "b")
    first.sync()
    second.sync()
    first.earn(3)
    in_flight = first.save()
    second.earn(5)
    second.sync()
    assert first.store(in_flight) is False
    assert first.store(in_flight) is False
    first.sync()
    assert stored_trust(storage) == pytest.approx(28)


def test_pages_that_close_at_once_leave_their_points_to_the_next() -> None:
    storage = Storage()
    first, second = Tab(storage, "a"), Tab(storage, "b")
    first.sync()
    second.sync()
    first.earn(3)
    second.earn(5)
    first.close()
    second.close()
    assert len(storage.pending) == 1
    third = Tab(storage, "c")
    assert trust_of(third.memory) == pytest.approx(28)
    third.earn(1)
    third.sync()
    assert stored_trust(storage) == pytest.approx(29)


def test_forgetting_wins_over_what_another_tab_still_knows() -> None:
    storage = Storage()
    first, second = Tab(storage, "a"), Tab(storage, "b")
    first.earn(9)
    first.sync()
    second.sync()
    second.memory = second.memory_sync.forget(second.memory, "fresh")
    second.sync()
    first.earn(2)
    first.sync()
    assert stored_trust(storage) == 20


def test_a_damaged_memory_is_reported() -> None:
    sync = MemorySync('{"version": 1, "visit_days": "x"}', (), T0_MS, "a")
    assert any("visit_days" in problem for problem in sync.problems)
    assert MemorySync(None, (), T0_MS, "a").problems == ()


@given(
    st.lists(
        st.tuples(st.sampled_from(["earn", "sync", "save", "deliver"]), st.integers(0, 1), st.integers(1, 4)),
        max_size=24,
    )
)
def test_no_order_of_things_loses_or_doubles_a_point(plan: list[tuple[str, int, int]]) -> None:
    storage = Storage()
    tabs = [Tab(storage, "a"), Tab(storage, "b")]
    in_flight: list[tuple[Tab, Save | None]] = []
    earned = 0
    for act, which, points in plan:
        tab = tabs[which]
        if act == "earn" and 20 + earned + points <= 100:
            tab.earn(points)
            earned += points
        elif act == "sync":
            tab.sync()
        elif act == "save":
            in_flight.append((tab, tab.save()))
        elif act == "deliver" and in_flight:
            late, save = in_flight.pop(0)
            late.store(save)
    for tab in (*tabs, *tabs):
        tab.memory = tab.memory.interacted()  # something new, so that there is something to store
        tab.sync()
    assert stored_trust(storage) == pytest.approx(20 + earned)
