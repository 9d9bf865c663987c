"""Verdicts: broken only where it is sure, can't tell where it is not."""

from __future__ import annotations

from dataclasses import replace

import pytest

from candlefish.bench.measures import MEASURES, Noise
from candlefish.bench.verdict import (
    Verdict,
    compare,
    environment_difference,
    judge,
    overall,
    quietness,
    worst_trouble,
)
from tests.bench.runs import a_run, some_runs

UNEVEN = {"p99_ms": 66.0, "dropped_percent": 20.0}


def verdict_of(name: str, limit: float, values: list[float], **how: float) -> Verdict:
    return judge("idle", MEASURES[name], limit, some_runs(name, values, **how)).verdict


def test_within_is_within_even_on_a_busy_machine() -> None:
    assert verdict_of("frame_p99_ms", 20.0, [17.0, 18.0, 19.0], foreign=0.9) is Verdict.WITHIN


def test_more_can_be_better() -> None:
    assert verdict_of("fps", 55.0, [59.0, 60.0, 60.0]) is Verdict.WITHIN
    assert verdict_of("fps", 55.0, [30.0, 31.0, 32.0]) is Verdict.BROKEN


def test_beyond_in_every_round_of_a_quiet_machine_is_broken() -> None:
    assert verdict_of("frame_p99_ms", 20.0, [33.0, 34.0, 33.0]) is Verdict.BROKEN


def test_beyond_in_some_rounds_cannot_be_told() -> None:
    assert verdict_of("frame_p99_ms", 20.0, [33.0, 17.0, 33.0]) is Verdict.CANNOT_TELL


def test_a_busy_machine_cannot_tell_of_times() -> None:
    judgement = judge(
        "idle", MEASURES["frame_p99_ms"], 20.0, some_runs("frame_p99_ms", [90.0] * 5, foreign=0.5)
    )
    assert judgement.verdict is Verdict.CANNOT_TELL
    assert "other programs took 50%" in judgement.why


def test_a_busy_machine_can_tell_of_bytes_and_memory() -> None:
    assert verdict_of("bytes_kb", 6500.0, [7000.0, 7000.0, 7000.0], foreign=0.9) is Verdict.BROKEN
    assert verdict_of("memory_mb", 45.0, [60.0, 61.0, 60.0], foreign=0.9) is Verdict.BROKEN


@pytest.mark.parametrize(
    "name", [name for name, one in MEASURES.items() if one.noise in {Noise.TIME, Noise.CPU}]
)
def test_a_busy_machine_never_breaks_a_measure_of_time_or_work(name: str) -> None:
    values = [0.01] * 3 if MEASURES[name].more_is_better else [500.0] * 3
    assert verdict_of(name, 1.0, values, foreign=0.3) is Verdict.CANNOT_TELL


def test_a_close_call_needs_rounds() -> None:
    assert verdict_of("frame_p99_ms", 20.0, [24.0]) is Verdict.CANNOT_TELL
    assert verdict_of("frame_p99_ms", 20.0, [50.0]) is Verdict.BROKEN


def test_what_was_not_measured_cannot_be_told() -> None:
    judgement = judge("idle", MEASURES["fps"], 55.0, [a_run()])
    assert (judgement.verdict, judgement.why) == (Verdict.CANNOT_TELL, "it was not measured")


def test_growth_is_broken_only_beyond_its_interval() -> None:
    [run] = some_runs("slope_mb_min", [1.0])
    for low, verdict in [(0.1, Verdict.CANNOT_TELL), (None, Verdict.CANNOT_TELL), (0.6, Verdict.BROKEN)]:
        run.series["slopes"] = {"slope_mb_min": {"estimate": 1.0, "low": low, "high": 1.4}}
        assert judge("soak", MEASURES["slope_mb_min"], 0.3, [run]).verdict is verdict


@pytest.mark.parametrize(
    ("runs", "trouble"),
    [
        ([a_run(), a_run(), a_run()], ""),
        ([a_run(foreign=None)], ""),
        ([a_run(foreign=0.0), a_run(foreign=0.4), a_run(foreign=0.4)], "other programs took 40%"),
        ([replace(a_run(), control=UNEVEN), a_run()], "even a bare canvas dropped frames"),
        ([a_run(calibration_ms=5.0), a_run(calibration_ms=10.0)], "speed changed by 100%"),
        (
            [replace(a_run(), control={"loop_spread": 1.9}), replace(a_run(), control={"loop_spread": 1.7})],
            "80% longer",
        ),
        ([replace(a_run(), control={"loop_spread": 1.9}), a_run(), a_run()], ""),
    ],
)
def test_how_quiet_it_was(runs: list, trouble: str) -> None:  # type: ignore[type-arg]
    stated = quietness(runs).trouble
    assert trouble in stated
    assert bool(stated) == bool(trouble)


def test_the_most_disturbed_scenario_speaks_for_the_bench() -> None:
    assert worst_trouble([[a_run()], []]) == ""
    assert "48%" in worst_trouble([[a_run(foreign=0.2)], [a_run(foreign=0.48)], [a_run()]])


def test_the_worst_verdict_counts() -> None:
    within = judge("idle", MEASURES["fps"], 55.0, some_runs("fps", [60.0]))
    unsure = judge("idle", MEASURES["fps"], 55.0, some_runs("fps", [50.0]))
    broken = judge("idle", MEASURES["fps"], 55.0, some_runs("fps", [5.0]))
    assert overall([]) is Verdict.WITHIN
    assert overall([within, unsure]) is Verdict.CANNOT_TELL
    assert overall([unsure, broken, within]) is Verdict.BROKEN


def change_of(name: str, before: list[float], after: list[float], **how: float) -> Verdict:
    [change] = compare(some_runs(name, before), some_runs(name, after, **how))
    return change.verdict


def test_no_change_is_no_news() -> None:
    assert change_of("cpu_ms", [9.0, 9.1, 9.2], [9.1, 9.2, 9.0]) is Verdict.WITHIN
    assert change_of("cpu_ms", [9.0, 9.1, 9.2], [5.1, 5.2, 5.0]) is Verdict.WITHIN


def test_a_clear_change_for_the_worse_is_broken() -> None:
    assert change_of("cpu_ms", [9.0, 9.1, 9.2], [17.1, 17.2, 17.0]) is Verdict.BROKEN
    assert change_of("fps", [60.0, 60.0, 59.0], [30.0, 31.0, 30.0]) is Verdict.BROKEN


def test_a_change_within_the_noise_cannot_be_told() -> None:
    assert change_of("cpu_ms", [9.0, 4.0, 14.0], [16.0, 8.0, 12.0]) is Verdict.CANNOT_TELL
    assert change_of("cpu_ms", [9.0], [18.0]) is Verdict.CANNOT_TELL


def test_a_change_on_a_busy_machine_cannot_be_told() -> None:
    assert change_of("cpu_ms", [9.0, 9.1, 9.2], [17.1, 17.2, 17.0], foreign=0.5) is Verdict.CANNOT_TELL


def test_more_bytes_are_more_bytes() -> None:
    assert change_of("bytes_kb", [5760.0], [5960.0], foreign=0.9) is Verdict.BROKEN
    assert change_of("requests", [27.0], [28.0]) is Verdict.WITHIN  # within 2 %
    assert change_of("requests", [27.0], [30.0]) is Verdict.BROKEN


def test_work_is_compared_in_calibration_loops() -> None:
    """The same work on a machine of half the speed is no change."""
    before = some_runs("cpu_ms", [9.0, 9.1, 9.2], calibration_ms=5.0)
    after = some_runs("cpu_ms", [18.0, 18.2, 18.4], calibration_ms=10.0)
    [change] = compare(before, after)
    assert change.verdict is Verdict.WITHIN
    assert (change.before, change.after) == (9.1, 18.2)


def test_times_of_another_machine_cannot_be_compared_but_work_can() -> None:
    here, there = {"processor": "P", "cores": 2}, {"processor": "Q", "cores": 2}
    assert environment_difference(here, here) == ""
    moved = environment_difference(there, here)
    assert moved == "another processor then: Q"
    then, now = (
        [a_run(i, fps=60.0, memory_mb=40.0) for i in range(3)],
        [a_run(i, fps=30.0, memory_mb=60.0) for i in range(3)],
    )
    verdicts = {one.measure: one.verdict for one in compare(then, now, moved)}
    assert verdicts == {"fps": Verdict.CANNOT_TELL, "memory_mb": Verdict.BROKEN}
