"""The mood machine: the table of transitions, run. Pure and total."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, NamedTuple

from candlefish.sim.context import Context, Mood
from candlefish.sim.transitions import ALL, CURIOUS, EXCITED, SHY, TABLE, Condition, Transition

if TYPE_CHECKING:
    from collections.abc import Callable

    from candlefish.sim.thresholds import Thresholds

__all__ = [
    "ALL",
    "LEVELS",
    "TABLE",
    "Condition",
    "Context",
    "Machine",
    "Mood",
    "MoodState",
    "Transition",
    "next_mood",
]

LEVELS: dict[str, frozenset[Mood]] = {
    "basic": CURIOUS | SHY | EXCITED,
    "standard": ALL,
    "advanced": ALL,
}
"""The moods of each complexity level."""


class MoodState(NamedTuple):
    """The mood, why, and for how long."""

    mood: Mood = Mood.CURIOUS
    reason: str = "you are new"
    dwell_s: float = 0.0


class Machine:
    """The table with thresholds put in and moods chosen: each mood's rows, highest priority first."""

    def __init__(self, thresholds: Thresholds, moods: frozenset[Mood] = ALL) -> None:
        """Put the thresholds in; only these moods are ever entered."""
        self._min_dwell_s, self._settle_s = thresholds.min_dwell_s, thresholds.settle_s
        self._rows = {
            mood: [
                (row, _guard(row, thresholds)) for row in TABLE if mood in row.sources and row.target in moods
            ]
            for mood in Mood
        }

    def next(self, state: MoodState, context: Context, dt_s: float) -> MoodState:
        """Return the state after `dt_s` seconds: by the first row that holds, or the same mood for longer.

        The minimum dwell keeps any two changes at least that far apart.
        """
        dwell_s = state.dwell_s + dt_s
        if dwell_s >= self._min_dwell_s:
            settled = dwell_s >= self._settle_s
            for row, guard in self._rows[state.mood]:
                if (settled or not row.settled) and guard(context):
                    return MoodState(row.target, row.reason)
        return MoodState(state.mood, state.reason, dwell_s)


def _guard(row: Transition, thresholds: Thresholds) -> Callable[[Context], bool]:
    """Return a row's conditions as one function; most rows fail at their first."""
    first, *others = (condition.test(thresholds) for condition in row.conditions)
    if not others:
        return first
    if row.needs_all:
        return lambda context: first(context) and all(test(context) for test in others)
    return lambda context: first(context) or any(test(context) for test in others)


_machine = cache(Machine)


def next_mood(
    state: MoodState, context: Context, dt_s: float, thresholds: Thresholds, moods: frozenset[Mood] = ALL
) -> MoodState:
    """Return the state after `dt_s` seconds; as `Machine.next`, for thresholds and moods given anew."""
    return _machine(thresholds, moods).next(state, context, dt_s)
