"""Where one mood ends and another begins: the numbers of the transition table, as a designer turns them."""

from __future__ import annotations

from dataclasses import dataclass

from candlefish.sim.ranges import number


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
