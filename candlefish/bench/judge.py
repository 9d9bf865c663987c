"""Verdicts: a measure is within its budget, or broken, or this machine cannot tell."""

from __future__ import annotations

import math
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from candlefish.bench.machine import DISTURBED_SHARE
from candlefish.bench.measures import Measure, Noise
from candlefish.bench.stats import median

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from candlefish.bench.run import Run

CONTROL_P99_MS = 20.0
CONTROL_DROPPED_PERCENT = 2.0
CALIBRATION_SPREAD = 1.35
"""Calibration loops that differ by more, within a run or between runs, show a machine whose speed changes.

So do neighbours on the same host, whom nothing in this machine accounts for.
"""
FEWEST_ROUNDS = 3
CLEAR = 1.5
"""This many times a limit is clear with fewer rounds too."""


class Verdict(StrEnum):
    """What became of a budget or a comparison."""

    WITHIN = "within"
    BROKEN = "broken"
    CANNOT_TELL = "can't tell"


@dataclass(frozen=True, slots=True)
class Judgement:
    """One verdict with its reason. ``limit`` is the budget's; a comparison has none."""

    scenario: str
    measure: str
    verdict: Verdict
    value: float
    limit: float | None
    why: str


@dataclass(frozen=True, slots=True)
class Quiet:
    """How quiet the machine was; ``trouble`` says in words why times cannot be trusted, "" when they can."""

    foreign_share: float | None
    trouble: str


def quietness(runs: Sequence[Run]) -> Quiet:
    """Look at what the runs of one scenario saw of the machine."""
    shares = [run.foreign_share for run in runs if run.foreign_share is not None]
    share = median(shares) if shares else None
    if share is not None and share > DISTURBED_SHARE:
        return Quiet(share, f"other programs took {share:.0%} of the processors")
    uneven = [run for run in runs if _uneven(run.control)]
    if len(uneven) * 2 >= len(runs):
        return Quiet(share, "even a bare canvas dropped frames on this machine")
    spreads = [run.control.get("loop_spread", 1.0) for run in runs]
    if median(spreads) > CALIBRATION_SPREAD:
        return Quiet(
            share, f"the same loop took up to {median(spreads) - 1:.0%} longer from one time to the next"
        )
    speeds = [run.calibration_ms for run in runs]
    if max(speeds) > CALIBRATION_SPREAD * min(speeds):
        return Quiet(share, f"the machine's speed changed by {max(speeds) / min(speeds) - 1:.0%} meanwhile")
    return Quiet(share, "")


def worst_trouble(all_runs: Iterable[Sequence[Run]]) -> str:
    """Why times of a whole bench cannot be trusted, of its most disturbed scenario; "" when they can."""
    found = [quietness(runs) for runs in all_runs if runs]
    troubled = [one for one in found if one.trouble]
    return max(troubled, key=lambda one: one.foreign_share or 0.0).trouble if troubled else ""


def judge(scenario: str, measure: Measure, limit: float, runs: Sequence[Run]) -> Judgement:
    """The verdict on one measure of one scenario against its limit.

    Noise only ever makes a value worse, so a median within the limit is within. Beyond the limit, every round
    must say so (with n rounds, chance alone does that once in 2ⁿ), and the machine must have been quiet if it
    is a matter of time or work: on shared cores the same work can cost four times the processor time.
    """
    values = [run.values[measure.name] for run in runs if measure.name in run.values]
    if not values:
        return Judgement(scenario, measure.name, Verdict.CANNOT_TELL, math.nan, limit, "it was not measured")
    value = median(values)

    def say(verdict: Verdict, why: str) -> Judgement:
        return Judgement(scenario, measure.name, verdict, value, limit, why)

    if not measure.exceeds(value, limit):
        return say(Verdict.WITHIN, "")
    if measure.noise is Noise.EXACT:
        return say(Verdict.BROKEN, "the same on every machine")
    if not all(measure.exceeds(one, limit) for one in _certain(measure, runs, values)):
        return say(Verdict.CANNOT_TELL, "some rounds are within the budget")
    if measure.noise is Noise.MEMORY:
        return say(Verdict.BROKEN, "in every round")
    return say(*_with_time(measure, limit, values, quietness(runs)))


def _with_time(measure: Measure, limit: float, values: list[float], quiet: Quiet) -> tuple[Verdict, str]:
    """The verdict on a measure of time or work of which every round is beyond the limit."""
    least = max(values) if measure.more_is_better else min(values)
    beyond = _times_beyond(measure, least, limit)
    if quiet.trouble:
        return Verdict.CANNOT_TELL, quiet.trouble
    if len(values) < FEWEST_ROUNDS and beyond < CLEAR:
        return (
            Verdict.CANNOT_TELL,
            f"so close a call needs {FEWEST_ROUNDS} rounds, not {len(values)}",
        )
    return Verdict.BROKEN, "in every round"


def overall(judgements: Iterable[Judgement]) -> Verdict:
    """The worst of all verdicts: broken before can't tell before within."""
    verdicts = {judgement.verdict for judgement in judgements}
    for verdict in (Verdict.BROKEN, Verdict.CANNOT_TELL):
        if verdict in verdicts:
            return verdict
    return Verdict.WITHIN


def _uneven(control: dict[str, float]) -> bool:
    return (
        control.get("p99_ms", 0.0) > CONTROL_P99_MS
        or control.get("dropped_percent", 0.0) > CONTROL_DROPPED_PERCENT
    )


def _certain(measure: Measure, runs: Sequence[Run], values: list[float]) -> list[float]:
    """The values to be convinced by: of a slope, the lower ends of its confidence intervals."""
    slopes = [run.series.get("slopes", {}).get(measure.name) for run in runs]
    lows = [-math.inf if slope["low"] is None else slope["low"] for slope in slopes if slope]
    return lows or values


def _times_beyond(measure: Measure, value: float, limit: float) -> float:
    if measure.more_is_better:
        return limit / value if value > 0 else math.inf
    return value / limit if limit > 0 else math.inf
