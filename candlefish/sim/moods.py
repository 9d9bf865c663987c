"""Moods: the six of them, their transition table as data, and the machine that runs it.

`moods.toml` holds the thresholds; everything here is pure and total.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from operator import attrgetter
from typing import TYPE_CHECKING, NamedTuple

from candlefish.sim.ranges import number

if TYPE_CHECKING:
    from collections.abc import Callable


class Mood(StrEnum):
    """The mood of the fish."""

    __hash__ = str.__hash__  # Enum's own runs in Python: too slow for what every step looks up

    CURIOUS = "curious"
    PLAYFUL = "playful"
    SHY = "shy"
    EXCITED = "excited"
    TRUSTING = "trusting"
    LONELY = "lonely"


@dataclass(slots=True)
class MoodContext:
    """The inputs of the transition table. Durations in seconds, `inf` for never.

    The mind keeps one and fills it in each step; the machine only reads it.

    Attributes:
        valence: −1 bad … +1 good.
        arousal: −1 asleep … +1 wild.
        trust: 0…100.
        since_food_s: since food was last offered.
        eager: whether it hunts, has only just eaten, or is fed so often that it waits for more.
        since_fright_s: since the last fright: a startle that trust and habituation had not dulled.
        since_input_s: since the visitor last did anything.
        present_s: how long the pointer has been in the box without a break (0: it is not).
        near: whether the pointer is near the fish.
        lively: 0…1, how lively the pointer moves while staying gentle, over the last seconds.
        since_greeting_s: since it greeted a returning friend.
        since_milestone_s: since a milestone of trust.
        asleep: whether it sleeps.
    """

    valence: float = 0.0
    arousal: float = 0.0
    trust: float = 20.0
    since_food_s: float = float("inf")
    eager: bool = False
    since_fright_s: float = float("inf")
    since_input_s: float = 0.0
    present_s: float = 0.0
    near: bool = False
    lively: float = 0.0
    since_greeting_s: float = float("inf")
    since_milestone_s: float = float("inf")
    asleep: bool = False


@dataclass(frozen=True, slots=True)
class Thresholds:
    """The numbers in `[thresholds]` of `moods.toml`: a mood is entered by `…_enter…`, left by `…_leave…`."""

    min_dwell_s: float = number(1.5, 5.0, 0.1, "s", "no mood is left before it has lasted this long")
    settle_s: float = number(
        1.5, 10.0, 0.5, "s", "no calm mood follows another before it has lasted this long"
    )
    fresh_s: float = number(0.5, 4.0, 0.1, "s", "food, greetings and milestones excite for this long")
    excited_s: float = number(2.0, 8.0, 0.5, "s", "excitement is over this long after its cause")
    shy_enter_valence: float = number(-1.0, 0.0, 0.01, "", "startled below this valence, it turns shy")
    shy_fright_s: float = number(0.1, 3.0, 0.1, "s", "a fright counts for this long")
    shy_leave_valence: float = number(-1.0, 0.5, 0.01, "", "above this valence it feels safe again")
    shy_calm_s: float = number(0.5, 10.0, 0.5, "s", "and after this long without a fright")
    lonely_after_s: float = number(20.0, 300.0, 5.0, "s", "without any input for this long, it is lonely")
    lonely_back_s: float = number(
        0.1, 5.0, 0.1, "s", "an input within this time has brought the visitor back"
    )
    playful_enter_trust: float = number(0.0, 100.0, 1.0, "", "it plays above this trust")
    playful_leave_trust: float = number(0.0, 100.0, 1.0, "", "and stops below this")
    playful_enter_lively: float = number(
        0.0, 1.0, 0.01, "", "it plays when the pointer is livelier than this"
    )
    playful_leave_lively: float = number(0.0, 1.0, 0.01, "", "and stops when it is less lively than this")
    playful_enter_valence: float = number(-1.0, 1.0, 0.01, "", "it plays when it feels better than this")
    playful_leave_valence: float = number(-1.0, 1.0, 0.01, "", "and stops when it feels worse than this")
    trusting_enter_trust: float = number(
        0.0, 100.0, 1.0, "", "it stays at the pointer's side above this trust"
    )
    trusting_leave_trust: float = number(0.0, 100.0, 1.0, "", "and looks around below this")
    trusting_present_s: float = number(0.0, 20.0, 0.5, "s", "the pointer must have been here this long")
    trusting_enter_lively: float = number(0.0, 1.0, 0.01, "", "and be less lively than this")
    trusting_enter_valence: float = number(
        -1.0, 1.0, 0.01, "", "it is at ease when it feels better than this"
    )
    trusting_leave_valence: float = number(
        -1.0, 1.0, 0.01, "", "and looks around when it feels worse than this"
    )


APART: tuple[tuple[str, str], ...] = (
    ("shy_enter_valence", "shy_leave_valence"),
    ("playful_leave_trust", "playful_enter_trust"),
    ("playful_leave_lively", "playful_enter_lively"),
    ("playful_leave_valence", "playful_enter_valence"),
    ("trusting_leave_trust", "trusting_enter_trust"),
    ("trusting_leave_valence", "trusting_enter_valence"),
    ("fresh_s", "excited_s"),
    ("lonely_back_s", "lonely_after_s"),
    ("min_dwell_s", "excited_s"),
)
"""Pairs of which the first must be less than the second: without that hysteresis a mood would flip."""


@dataclass(frozen=True, slots=True)
class Condition:
    """One comparison of a guard: a field of `MoodContext`, and what it is compared with.

    Attributes:
        field: name in `MoodContext`.
        relation: `<` or `>`, or `is` or `not` for a yes-or-no field.
        threshold: name in `Thresholds`, or a number.
    """

    field: str
    relation: str
    threshold: str | float

    def test(self, thresholds: Thresholds) -> Callable[[MoodContext], bool]:
        """Return the comparison with these thresholds, as a function of the context."""
        get = attrgetter(self.field)
        if self.relation == "is":
            return get
        if self.relation == "not":
            return lambda context: not get(context)
        limit = self.threshold if isinstance(self.threshold, float) else getattr(thresholds, self.threshold)
        if self.relation == "<":
            return lambda context: get(context) < limit
        return lambda context: get(context) > limit

    def __str__(self) -> str:
        """Return it as the table has it."""
        if self.relation in ("is", "not"):
            return self.field if self.relation == "is" else f"not {self.field}"
        limit = f"{self.threshold:g}" if isinstance(self.threshold, float) else self.threshold
        return f"{self.field} {self.relation} {limit}"


@dataclass(frozen=True, slots=True)
class Transition:
    """One row of the table: from these moods to that one, when the guard holds, because of the reason.

    Attributes:
        sources: the moods it starts from.
        target: the mood it leads to.
        reason: why, in words for the visitor.
        conditions: what the guard compares.
        needs_all: whether all conditions must hold, or any.
        settled: whether the mood before must have lasted `settle_s`, not only `min_dwell_s`.
    """

    sources: frozenset[Mood]
    target: Mood
    reason: str
    conditions: tuple[Condition, ...]
    needs_all: bool
    settled: bool


def transition(
    sources: frozenset[Mood], target: Mood, reason: str, rule: str, *, settled: bool = False
) -> Transition:
    """Read a row whose guard is written as `field > threshold and …`, or with `or`."""
    needs_all = " or " not in rule
    terms = rule.split(" and " if needs_all else " or ")
    return Transition(sources, target, reason, tuple(map(_condition, terms)), needs_all, settled)


def _condition(term: str) -> Condition:
    words = term.split()
    if words[0] == "not":
        return Condition(words[1], "not", "")
    field, relation, threshold = (*words, "is", "")[:3]
    return Condition(field, relation, float(threshold) if threshold.isdecimal() else threshold)


ALL = frozenset(Mood)
CALM = frozenset({Mood.CURIOUS, Mood.PLAYFUL, Mood.TRUSTING})
CURIOUS, EXCITED, LONELY, SHY = (
    frozenset({mood}) for mood in (Mood.CURIOUS, Mood.EXCITED, Mood.LONELY, Mood.SHY)
)
PLAYS = "trust > playful_enter_trust and lively > playful_enter_lively and valence > playful_enter_valence"
AT_EASE = (
    "trust > trusting_enter_trust and near and present_s > trusting_present_s"
    " and lively < trusting_enter_lively and valence > trusting_enter_valence"
)
CALM_AGAIN = (
    "since_food_s > excited_s and not eager"
    " and since_greeting_s > excited_s and since_milestone_s > excited_s"
)

TABLE: tuple[Transition, ...] = (
    transition(ALL - EXCITED, Mood.EXCITED, "food", "since_food_s < fresh_s"),
    transition(
        ALL - SHY, Mood.SHY, "startled", "since_fright_s < shy_fright_s and valence < shy_enter_valence"
    ),
    transition(CALM | LONELY, Mood.EXCITED, "glad to see you again", "since_greeting_s < fresh_s"),
    transition(CALM, Mood.EXCITED, "celebrates", "since_milestone_s < fresh_s"),
    transition(LONELY, Mood.CURIOUS, "you woke it", "asleep and since_input_s < lonely_back_s"),
    transition(LONELY, Mood.CURIOUS, "you came back", "since_input_s < lonely_back_s"),
    transition(ALL - LONELY, Mood.LONELY, "nobody here", "since_input_s > lonely_after_s"),
    transition(EXCITED, Mood.PLAYFUL, "you play", f"{CALM_AGAIN} and {PLAYS}", settled=True),
    transition(EXCITED, Mood.TRUSTING, "at ease with you", f"{CALM_AGAIN} and {AT_EASE}", settled=True),
    transition(EXCITED, Mood.CURIOUS, "calms down", CALM_AGAIN, settled=True),
    transition(
        SHY,
        Mood.CURIOUS,
        "feels safe again",
        "valence > shy_leave_valence and since_fright_s > shy_calm_s",
        settled=True,
    ),
    transition(CALM - {Mood.PLAYFUL}, Mood.PLAYFUL, "you play", PLAYS, settled=True),
    transition(CALM - {Mood.TRUSTING}, Mood.TRUSTING, "at ease with you", AT_EASE, settled=True),
    transition(
        frozenset({Mood.PLAYFUL}),
        Mood.CURIOUS,
        "the game is over",
        "trust < playful_leave_trust or lively < playful_leave_lively or valence < playful_leave_valence",
        settled=True,
    ),
    transition(
        frozenset({Mood.TRUSTING}),
        Mood.CURIOUS,
        "looks around",
        "trust < trusting_leave_trust or present_s < 1 or valence < trusting_leave_valence",
        settled=True,
    ),
)
"""The transition table, highest priority first."""


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


class MoodMachine:
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

    def next(self, state: MoodState, context: MoodContext, dt_s: float) -> MoodState:
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


def _guard(row: Transition, thresholds: Thresholds) -> Callable[[MoodContext], bool]:
    """Return a row's conditions as one function; most rows fail at their first."""
    first, *others = (condition.test(thresholds) for condition in row.conditions)
    if not others:
        return first
    if row.needs_all:
        return lambda context: first(context) and all(test(context) for test in others)
    return lambda context: first(context) or any(test(context) for test in others)


_machine = cache(MoodMachine)


def next_mood(
    state: MoodState, context: MoodContext, dt_s: float, thresholds: Thresholds, moods: frozenset[Mood] = ALL
) -> MoodState:
    """Return the state after `dt_s` seconds; as `MoodMachine.next`, for thresholds and moods given anew."""
    return _machine(thresholds, moods).next(state, context, dt_s)
