"""A result against a baseline: paired by round, with effect size and confidence interval."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from candlefish.bench.judge import Judgement, Verdict, quietness
from candlefish.bench.measures import MEASURES, Measure, Noise
from candlefish.bench.stats import Paired, median, paired

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from candlefish.bench.run import Run

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


@dataclass(frozen=True, slots=True)
class Change:
    """A measure then and now: medians, the paired test of the change, its verdict and why.

    The test is on values scaled by each run's calibration where speed matters, in the measure's unit.
    """

    scenario: str
    measure: str
    before: float
    after: float
    test: Paired
    verdict: Verdict
    why: str

    @property
    def judgement(self) -> Judgement:
        """The verdict as the budgets' ones are."""
        return Judgement(self.scenario, self.measure, self.verdict, self.after, None, self.why)


SAME = ("processor", "cores", "system", "browser")
"""What two environments must have in common for their times to be compared."""


def elsewhere(before: Mapping[str, object], after: Mapping[str, object]) -> str:
    """Why times of two environments cannot be compared, "" when they can."""
    other = next((name for name in SAME if before.get(name) != after.get(name)), None)
    return f"another {other} then: {before.get(other)}" if other else ""


def compare(before: Sequence[Run], after: Sequence[Run], moved: str = "") -> list[Change]:
    """All gating measures of one scenario that both results hold.

    ``moved`` says why times cannot be compared (``elsewhere``); work, memory and bytes still can.
    """
    changes = [_compare(MEASURES[name], before, after, moved) for name in GATES]
    return [change for change in changes if change is not None]


def compare_beside(before: Sequence[Run], after: Sequence[Run]) -> list[Change]:
    """The same for two sites measured by turns in the same rounds.

    What disturbs one of a pair disturbs the other: so a busy machine widens the intervals and is no reason of
    its own to withhold a verdict, and calibration, itself disturbed, would only add noise.
    """
    changes = [_compare_beside(MEASURES[name], before, after) for name in GATES]
    return [change for change in changes if change is not None]


def _compare_beside(measure: Measure, before: Sequence[Run], after: Sequence[Run]) -> Change | None:
    then, now = _plain(measure.name, before), _plain(measure.name, after)
    if len(then) != len(now):
        return None
    return _change(measure, then, now, (before, after), ())


def _compare(measure: Measure, before: Sequence[Run], after: Sequence[Run], moved: str) -> Change | None:
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
) -> Change | None:
    """Test the values pair by pair; what disturbed the runs in ``disturbed`` counts against a verdict."""
    pairs = min(len(then), len(now))
    if pairs == 0:
        return None
    test = paired(then[:pairs], now[:pairs])
    sign = -1.0 if measure.more_is_better else 1.0
    news = measure.tolerance * abs(median(then)) + measure.floor
    verdict, why = _decide(measure, test, sign, news, disturbed)
    before, after = (median(_plain(measure.name, runs)) for runs in results)
    return Change(results[1][0].scenario, measure.name, before, after, test, verdict, why)


def _decide(
    measure: Measure, test: Paired, sign: float, news: float, disturbed: Sequence[Sequence[Run]]
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
