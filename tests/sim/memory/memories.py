"""Hypothesis strategies for memories within their bounds, most of them near those bounds."""

from __future__ import annotations

from hypothesis import strategies as st

from candlefish.sim.memory import KNOWN_MILESTONES, Habit, LedgerRow, Memory, Spot
from candlefish.sim.memory.model import (
    COUNT_MAX,
    DAY_MS,
    GRID,
    HABIT_MAX,
    MAX_DEVICES,
    MAX_FEEDING_SPOTS,
    MAX_HABITS,
    MAX_MILESTONES,
    MAX_QUIRKS,
    MAX_VISIT_DAYS,
    MICRO,
    NATURE_MAX,
    POINTS_MAX,
    tidy,
)

NOW_MS = 20_000 * DAY_MS
DEVICES = tuple(f"d{number:02}" for number in range(MAX_DEVICES + 6))
NAMES = tuple(f"name_{number:02}" for number in range(MAX_MILESTONES + 6)) + KNOWN_MILESTONES
QUIRKS = tuple(f"quirk {number:02}" for number in range(MAX_QUIRKS + 3))

counts = st.integers(0, 5) | st.integers(0, COUNT_MAX)
micro_points = st.integers(0, 3).map(lambda points: points * MICRO) | st.integers(0, POINTS_MAX * MICRO)
tallies = st.builds(LedgerRow, micro_points, micro_points, counts)
spots = st.builds(Spot, counts, counts.map(lambda count: max(1, count)))
means = st.floats(-HABIT_MAX, HABIT_MAX).map(tidy)
habits = st.builds(Habit, counts.map(lambda count: max(1, count)), means)
cells = st.tuples(st.integers(0, GRID - 1), st.integers(0, GRID - 1))


def _crowd(pool: tuple[str, ...], most: int) -> st.SearchStrategy[list[str]]:
    few = st.lists(st.sampled_from(pool), max_size=3, unique=True)
    full = st.permutations(pool).map(lambda order: order[:most])
    return few | full


@st.composite
def memories(draw: st.DrawFn, device: str | None = None) -> Memory:
    """A memory as the methods, merging and parsing could have made it."""
    first, last = sorted(draw(st.tuples(st.integers(0, NOW_MS), st.integers(0, NOW_MS))))
    full_days = st.integers(0, 9).map(lambda gap: frozenset(range(gap, MAX_VISIT_DAYS * 2 + gap, 2)))
    some_habits = _crowd(NAMES, MAX_HABITS)
    return Memory(
        device=device or draw(st.sampled_from(DEVICES)),
        first_seen_ms=first,
        last_seen_ms=last,
        nature=draw(st.integers(0, 3) | st.integers(0, NATURE_MAX)),
        epoch=draw(st.sampled_from((0, 0, 0, 1, 2))),
        best=draw(st.floats(0, 100).map(lambda best: best + 0.0)),
        written_off=draw(micro_points),
        forgiven=draw(micro_points),
        ledger={name: draw(tallies) for name in draw(_crowd(DEVICES, MAX_DEVICES))},
        visit_days=draw(st.frozensets(st.integers(0, 20_000), max_size=5) | full_days),
        feeding_spots=draw(st.dictionaries(cells, spots, max_size=MAX_FEEDING_SPOTS)),
        milestones=frozenset(draw(_crowd(NAMES, MAX_MILESTONES))),
        quirks=frozenset(draw(_crowd(QUIRKS, MAX_QUIRKS))),
        habits={name: draw(habits) for name in draw(some_habits)},
    )


few = st.integers(0, 2)
two_names = st.frozensets(st.sampled_from(("a", "b", "c", "first_feed")), max_size=2)


def tight_memories() -> st.SearchStrategy[Memory]:
    """Memories of a world where every bound is 2, with little to choose from: full, and full of ties."""
    some_cells = st.sampled_from(((0, 0), (0, 1), (1, 0), (1, 1)))
    rows = st.builds(LedgerRow, few, few, few)
    return st.builds(
        Memory,
        device=st.sampled_from(("a", "b")),
        first_seen_ms=few,
        last_seen_ms=few,
        epoch=st.sampled_from((0, 0, 0, 0, 1)),
        best=few.map(float),
        written_off=few,
        forgiven=few,
        ledger=st.dictionaries(st.sampled_from(("a", "b", "c", "d")), rows, max_size=2),
        visit_days=st.frozensets(st.integers(0, 4), max_size=2),
        feeding_spots=st.dictionaries(some_cells, st.builds(Spot, few, few), max_size=2),
        milestones=two_names,
        quirks=two_names,
        habits=st.dictionaries(
            st.sampled_from(("a", "b", "c")), st.builds(Habit, few, few.map(float)), max_size=2
        ),
    )
