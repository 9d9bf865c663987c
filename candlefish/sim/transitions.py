"""The one table by which the moods follow each other, as data; `moods.toml` holds its thresholds."""

from __future__ import annotations

from dataclasses import dataclass
from operator import attrgetter
from typing import TYPE_CHECKING

from candlefish.sim.context import Mood

if TYPE_CHECKING:
    from collections.abc import Callable

    from candlefish.sim.context import Context
    from candlefish.sim.thresholds import Thresholds


@dataclass(frozen=True, slots=True)
class Condition:
    """One comparison of a guard: a field of `Context`, and what it is compared with.

    Attributes:
        field: name in `Context`.
        relation: `<` or `>`, or `is` or `not` for a yes-or-no field.
        threshold: name in `Thresholds`, or a number.
    """

    field: str
    relation: str
    threshold: str | float

    def test(self, thresholds: Thresholds) -> Callable[[Context], bool]:
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
        """Say it as the table does."""
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
