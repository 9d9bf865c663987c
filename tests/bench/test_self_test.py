"""The self-test: a planted fault is caught by its measures, and a clean site accused of nothing."""

from __future__ import annotations

from candlefish.bench.scenario import load_scenarios
from candlefish.bench.self_test import (
    CAUGHT,
    CLEAN_PASSES,
    FAULTS,
    MISSED,
    UNDECIDED,
    chosen_faults,
    judge_clean,
    judge_fault,
)
from tests.bench.runs import a_run


def test_a_fault_is_caught_by_its_name_only() -> None:
    scenario = load_scenarios()["idle"]
    budgets = {"frames": {"work_ratio": 1.6, "long_tasks": 0.0}}
    [busy] = [fault for fault in FAULTS if fault.name == "busy-frames"]

    def outcome(**values: float) -> str:
        runs = [a_run(i, **values) for i in range(3)]
        return judge_fault(busy, scenario, budgets, [], runs)[0]

    assert outcome(work_ratio=2.4, long_tasks=0.0) == CAUGHT
    assert outcome(work_ratio=1.0, long_tasks=9.0) == MISSED
    assert outcome(work_ratio=2.0, long_tasks=0.0, foreign=0.9) == UNDECIDED


def test_beside_the_clean_site_a_fault_is_caught_on_a_busy_machine_too() -> None:
    scenario = load_scenarios()["idle"]
    [busy] = [fault for fault in FAULTS if fault.name == "busy-frames"]
    clean = [a_run(i, work_ms=work_ms, foreign=0.9) for i, work_ms in enumerate((7.0, 12.0, 9.0))]

    def outcome(*works_ms: float) -> str:
        planted = [a_run(i, work_ms=work_ms, foreign=0.9) for i, work_ms in enumerate(works_ms)]
        return judge_fault(busy, scenario, {}, clean, planted)[0]

    assert outcome(15.0, 20.5, 16.8) == CAUGHT
    assert outcome(9.0, 30.0, 10.0) == UNDECIDED, "no change is within the interval"
    assert outcome(7.0, 12.0, 9.0) == UNDECIDED, "no change, but the machine is busy"


def test_a_clean_site_is_judged_round_by_round() -> None:
    scenario = load_scenarios()["idle"]
    budgets = {"frames": {"memory_mb": 45.0, "frame_p99_ms": 21.0}}
    runs = {"idle": [a_run(memory_mb=40.0, frame_p99_ms=22.0), a_run(memory_mb=60.0, frame_p99_ms=17.0)]}
    assert judge_clean([scenario], budgets, runs, 0) == []
    assert [one.measure for one in judge_clean([scenario], budgets, runs, 1)] == ["memory_mb"]


def test_the_self_test_plants_everything_unless_told() -> None:
    assert chosen_faults(()) == (list(FAULTS), CLEAN_PASSES)
    [busy], passes = chosen_faults(("busy-frames",))
    assert (busy.name, passes) == ("busy-frames", 0)
    assert chosen_faults(("clean",)) == ([], CLEAN_PASSES)
