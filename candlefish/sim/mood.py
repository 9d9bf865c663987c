"""The six moods and the one table by which they follow each other. Pure and total."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from candlefish.sim.thresholds import Thresholds


class Mood(StrEnum):
    """How the fish feels, as a visitor would name it."""

    CURIOUS = "curious"
    PLAYFUL = "playful"
    SHY = "shy"
    EXCITED = "excited"
    TRUSTING = "trusting"
    LONELY = "lonely"


@dataclass(frozen=True, slots=True)
class Context:
    """Everything a transition may depend on. Durations in seconds, `inf` for never.

    Attributes:
        valence: −1 bad … +1 good.
        arousal: −1 asleep … +1 wild.
        trust: 0…100.
        since_food_s: since food was last offered, or eaten when the excitement over its offer had passed.
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
    since_fright_s: float = float("inf")
    since_input_s: float = 0.0
    present_s: float = 0.0
    near: bool = False
    lively: float = 0.0
    since_greeting_s: float = float("inf")
    since_milestone_s: float = float("inf")
    asleep: bool = False


@dataclass(frozen=True, slots=True)
class Condition:
    """One comparison of a guard: a field of `Context`, and what it is compared with.

    Attributes:
        field: name in `Context`.
        relation: `<`, `>`, or `is` for a yes-or-no field.
        threshold: name in `Thresholds`, or a number.
    """

    field: str
    relation: str
    threshold: str | float

    def holds(self, context: Context, thresholds: Thresholds) -> bool:
        """Say whether it holds."""
        value = getattr(context, self.field)
        if self.relation == "is":
            return bool(value)
        limit = self.threshold if isinstance(self.threshold, float) else getattr(thresholds, self.threshold)
        return bool(value < limit if self.relation == "<" else value > limit)


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

    def guard(self, context: Context, thresholds: Thresholds) -> bool:
        """Say whether the conditions hold."""
        if self.needs_all:
            return all(condition.holds(context, thresholds) for condition in self.conditions)
        return any(condition.holds(context, thresholds) for condition in self.conditions)


def transition(
    sources: frozenset[Mood], target: Mood, reason: str, rule: str, *, settled: bool = False
) -> Transition:
    """Read a row whose guard is written as `field > threshold and …`, or with `or`."""
    needs_all = " or " not in rule
    terms = rule.split(" and " if needs_all else " or ")
    return Transition(sources, target, reason, tuple(map(_condition, terms)), needs_all, settled)


def _condition(term: str) -> Condition:
    field, relation, threshold = (*term.split(), "is", "")[:3]
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
CALM_AGAIN = "since_food_s > excited_s and since_greeting_s > excited_s and since_milestone_s > excited_s"

TABLE: tuple[Transition, ...] = (
    transition(ALL - EXCITED, Mood.EXCITED, "food", "since_food_s < fresh_s"),
    transition(
        ALL - SHY, Mood.SHY, "startled", "since_fright_s < shy_fright_s and valence < shy_enter_valence"
    ),
    transition(CALM, Mood.EXCITED, "glad to see you again", "since_greeting_s < fresh_s"),
    transition(CALM, Mood.EXCITED, "celebrates", "since_milestone_s < fresh_s"),
    transition(LONELY, Mood.CURIOUS, "you woke it", "asleep and since_input_s < lonely_back_s"),
    transition(LONELY, Mood.CURIOUS, "you came back", "since_input_s < lonely_back_s"),
    transition(ALL - LONELY, Mood.LONELY, "nobody here", "since_input_s > lonely_after_s"),
    transition(EXCITED, Mood.PLAYFUL, "you play", f"{CALM_AGAIN} and {PLAYS}"),
    transition(EXCITED, Mood.TRUSTING, "at ease with you", f"{CALM_AGAIN} and {AT_EASE}"),
    transition(EXCITED, Mood.CURIOUS, "calms down", CALM_AGAIN),
    transition(
        SHY, Mood.CURIOUS, "feels safe again", "valence > shy_leave_valence and since_fright_s > shy_calm_s"
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

_ROWS_FROM = {mood: tuple(row for row in TABLE if mood in row.sources) for mood in Mood}


@dataclass(frozen=True, slots=True)
class MoodState:
    """The mood, why, and for how long."""

    mood: Mood = Mood.CURIOUS
    reason: str = "you are new"
    dwell_s: float = 0.0


def next_mood(
    state: MoodState, context: Context, dt_s: float, thresholds: Thresholds, moods: frozenset[Mood] = ALL
) -> MoodState:
    """Return the state after `dt_s` seconds: by the first row that holds, or the same mood for longer.

    The minimum dwell keeps any two changes at least that far apart.
    """
    dwell_s = state.dwell_s + dt_s
    if dwell_s >= thresholds.min_dwell_s:
        settled = dwell_s >= thresholds.settle_s
        for row in _ROWS_FROM[state.mood]:
            if (settled or not row.settled) and row.target in moods and row.guard(context, thresholds):
                return MoodState(row.target, row.reason)
    return MoodState(state.mood, state.reason, dwell_s)
