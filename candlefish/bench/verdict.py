"""Verdicts on measures, against budgets and against a baseline: within, broken, or can't tell."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from enum import StrEnum
from statistics import median
from typing import TYPE_CHECKING

from candlefish.bench.machine import DISTURBED_SHARE
from candlefish.bench.measures import MEASURES, Measure, Noise
from candlefish.bench.statistics import PairedTest, paired_test

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from candlefish.bench.runs import Run

CONTROL_P99_MS = 20.0
CONTROL_DROPPED_PERCENT = 2.0
CALIBRATION_SPREAD = 1.35
"""Calibration loops that differ by more, within a run or between runs, show a machine whose speed changes.

So do neighbours on the same host, whom nothing in this machine accounts for.
"""
FEWEST_ROUNDS = 3
CLEAR = 1.5
"""This many times a limit is clear with fewer rounds too."""
GATES = (
    "fps",
    "frame_p99_ms",
    "dropped_percent",
    "presented_fps",
    "cpu_ms",
    "work_ms",
    "cpu_page_thread_ms",
    "crossings",
    "memory_mb",
    "wasm_mb",
    "slope_mb_min",
    "long_tasks",
    "inp_ms",
    "fcp_ms",
    "ready_ms",
    "load_cpu_ms",
    "cls",
    "requests",
    "bytes_kb",
    "critical_kb",
)
"""The measures that decide; with all of them, one in twenty would be late by chance alone."""
SCALED = {Noise.CPU}
"""Kinds of measures that are divided by the calibration loop of their run before they are compared."""
SAME = ("processor", "cores", "system", "browser")
"""What two environments must have in common for their times to be compared."""


class Verdict(StrEnum):
    """The outcome of a budget or a comparison."""

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
class Quietness:
    """How quiet the machine was; ``trouble``: why times cannot be trusted, "" when they can."""

    foreign_share: float | None
    trouble: str


def quietness(runs: Sequence[Run]) -> Quietness:
    """How quiet the machine was during the runs of one scenario."""
    shares = [run.foreign_share for run in runs if run.foreign_share is not None]
    share = median(shares) if shares else None
    if share is not None and share > DISTURBED_SHARE:
        return Quietness(share, f"other programs took {share:.0%} of the processors")
    uneven = [run for run in runs if _uneven(run.control)]
    if len(uneven) * 2 >= len(runs):
        return Quietness(share, "even a bare canvas dropped frames on this machine")
    spreads = [run.control.get("loop_spread", 1.0) for run in runs]
    if median(spreads) > CALIBRATION_SPREAD:
        return Quietness(
            share, f"the same loop took up to {median(spreads) - 1:.0%} longer from one time to the next"
        )
    speeds = [run.calibration_ms for run in runs]
    if max(speeds) > CALIBRATION_SPREAD * min(speeds):
        return Quietness(
            share, f"the machine's speed changed by {max(speeds) / min(speeds) - 1:.0%} meanwhile"
        )
    return Quietness(share, "")


def worst_trouble(all_runs: Iterable[Sequence[Run]]) -> str:
    """Why times of a whole bench cannot be trusted, of its most disturbed scenario; "" when they can."""
    judged = [quietness(runs) for runs in all_runs if runs]
    troubled = [one for one in judged if one.trouble]
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
    return say(*_time_verdict(measure, limit, values, quietness(runs)))


def _time_verdict(
    measure: Measure, limit: float, values: list[float], quiet: Quietness
) -> tuple[Verdict, str]:
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


@dataclass(frozen=True, slots=True)
class MeasuredChange:
    """A measure before and after: medians, the paired test of the change, its verdict and the reason.

    The test is on values scaled by each run's calibration where speed matters, in the measure's unit.
    """

    scenario: str
    measure: str
    before: float
    after: float
    test: PairedTest
    verdict: Verdict
    why: str

    @property
    def judgement(self) -> Judgement:
        """The verdict in the form of those on budgets."""
        return Judgement(self.scenario, self.measure, self.verdict, self.after, None, self.why)


def environment_difference(before: Mapping[str, object], after: Mapping[str, object]) -> str:
    """Why times of two environments cannot be compared, "" when they can."""
    other = next((name for name in SAME if before.get(name) != after.get(name)), None)
    return f"another {other} then: {before.get(other)}" if other else ""


def compare(before: Sequence[Run], after: Sequence[Run], moved: str = "") -> list[MeasuredChange]:
    """The changes of all gating measures of one scenario that both results contain.

    ``moved``: why times cannot be compared (``environment_difference``); work, memory and bytes still can.
    """
    changes = [_compare(MEASURES[name], before, after, moved) for name in GATES]
    return [change for change in changes if change is not None]


def compare_interleaved(before: Sequence[Run], after: Sequence[Run]) -> list[MeasuredChange]:
    """The same for two sites measured by turns in the same rounds.

    What disturbs one of a pair disturbs the other: so a busy machine widens the intervals and is no reason of
    its own to withhold a verdict, and calibration, itself disturbed, would only add noise.
    """
    changes = [_compare_beside(MEASURES[name], before, after) for name in GATES]
    return [change for change in changes if change is not None]


def _compare_beside(measure: Measure, before: Sequence[Run], after: Sequence[Run]) -> MeasuredChange | None:
    then, now = _plain(measure.name, before), _plain(measure.name, after)
    if len(then) != len(now):
        return None
    return _change(measure, then, now, (before, after), ())


def _compare(
    measure: Measure, before: Sequence[Run], after: Sequence[Run], moved: str
) -> MeasuredChange | None:
    then, now = _values(measure, before, after), _values(measure, after, after)
    change = _change(measure, then, now, (before, after), (before, after))
    if change and moved and change.verdict is Verdict.BROKEN and measure.noise is Noise.TIME:
        return replace(change, verdict=Verdict.CANNOT_TELL, why=moved)
    return change


def _change(
    measure: Measure,
    then: Sequence[float],
    now: Sequence[float],
    results: tuple[Sequence[Run], Sequence[Run]],
    disturbed: Sequence[Sequence[Run]],
) -> MeasuredChange | None:
    """Test the values pair by pair; ``disturbed`` runs count against a verdict."""
    pairs = min(len(then), len(now))
    if pairs == 0:
        return None
    test = paired_test(then[:pairs], now[:pairs])
    sign = -1.0 if measure.more_is_better else 1.0
    news = measure.tolerance * abs(median(then)) + measure.floor
    verdict, why = _decide(measure, test, sign, news, disturbed)
    before, after = (median(_plain(measure.name, runs)) for runs in results)
    return MeasuredChange(results[1][0].scenario, measure.name, before, after, test, verdict, why)


def _decide(
    measure: Measure, test: PairedTest, sign: float, news: float, disturbed: Sequence[Sequence[Run]]
) -> tuple[Verdict, str]:
    """Worse only if the whole confidence interval is; within if the estimate is no news."""
    change = sign * test.change.estimate
    if change <= news:
        return Verdict.WITHIN, ""
    if measure.noise is Noise.EXACT:
        return Verdict.BROKEN, "the same on every machine"
    least = min(sign * test.change.low, sign * test.change.high)
    if math.isinf(least):
        return Verdict.CANNOT_TELL, "one round each: no confidence interval"
    if least <= 0.0:
        return Verdict.CANNOT_TELL, f"no change is within the confidence interval (p = {test.p_value:.2g})"
    trouble = next((quiet.trouble for runs in disturbed if (quiet := quietness(runs)).trouble), "")
    if trouble and measure.noise in {Noise.TIME, Noise.CPU}:
        return Verdict.CANNOT_TELL, trouble
    return Verdict.BROKEN, f"effect size {test.effect:.1f}, p = {test.p_value:.2g}"


def _plain(name: str, runs: Sequence[Run]) -> list[float]:
    return [run.values[name] for run in runs if name in run.values]


def _values(measure: Measure, runs: Sequence[Run], scale_of: Sequence[Run]) -> list[float]:
    """Values as on the machine of ``scale_of``: carried over by the ratio of calibration loops."""
    if measure.noise not in SCALED:
        return _plain(measure.name, runs)
    here_ms = median([run.calibration_ms for run in scale_of])
    measured = [run for run in runs if measure.name in run.values]
    return [run.values[measure.name] * here_ms / run.calibration_ms for run in measured]
