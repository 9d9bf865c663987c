"""A bench from its runs to its verdicts."""

from __future__ import annotations

from candlefish.bench.benchmark import BenchOptions, evaluate
from candlefish.bench.scenario import load_scenarios
from tests.bench.runs import some_runs


def test_everything_that_was_measured_is_judged() -> None:
    scenarios = load_scenarios()
    runs = {"idle": some_runs("fps", [30.0, 30.0, 30.0])}
    budgets = {"frames": {"fps": 55.0, "inp_ms": 200.0}}
    earlier = {"idle": some_runs("fps", [60.0, 60.0, 60.0])}
    record = evaluate(BenchOptions(), scenarios, runs, {}, budgets, (earlier, {}))
    assert [one.measure for one in record.judgements] == ["fps"]
    assert [one.measure for one in record.changes] == ["fps"]
    assert record.verdict == "broken"
