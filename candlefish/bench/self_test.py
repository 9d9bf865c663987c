"""Does the bench find what is wrong? Plants faults, one after the other, and looks at the verdicts."""

from __future__ import annotations

from typing import TYPE_CHECKING

from candlefish.bench import browser, rounds
from candlefish.bench.budgets import limits_of, load_budgets
from candlefish.bench.errors import BenchError
from candlefish.bench.faults import FAULTS
from candlefish.bench.judge import Judgement, Verdict, judge, quietness
from candlefish.bench.measures import MEASURES
from candlefish.bench.progress import Progress
from candlefish.bench.report.numbers import with_unit
from candlefish.bench.run import Bench
from candlefish.bench.scenario import load_scenarios
from candlefish.bench.target import served

if TYPE_CHECKING:
    from collections.abc import Sequence

    from candlefish.bench.budgets import Budgets
    from candlefish.bench.command import Options
    from candlefish.bench.faults import Fault
    from candlefish.bench.run import Run
    from candlefish.bench.scenario import Scenario

CAUGHT, MISSED, CANNOT_TELL = "caught", "missed", "can't tell"
STATUS = {CAUGHT: 0, MISSED: 1, CANNOT_TELL: 2}


def self_test(options: Options) -> int:
    """Plant each fault and print what became of it. Returns 0 if all are caught, 1 if one is missed, else 2.

    Raises:
        BenchError: it could not run.
    """
    from playwright.sync_api import Error, sync_playwright  # noqa: PLC0415  # an extra: not always installed

    scenarios, program = load_scenarios(), browser.find_program()
    budgets = load_budgets(options.budgets, scenarios)
    statuses = []
    try:
        with served(options.target) as address, sync_playwright() as playwright:
            for fault in FAULTS:
                scenario = scenarios[fault.scenario].lasting(fault.seconds or None)
                setup = Bench(playwright, program, address, fault=fault)
                runs = rounds.run_rounds(setup, [scenario], options.rounds, Progress(quiet=options.quiet))
                outcome, why = judge_fault(fault, scenario, budgets, runs[scenario.name])
                print(f"{outcome:10} {fault.name}: {fault.title}\n           {why}", flush=True)
                statuses.append(STATUS[outcome])
    except Error as error:
        raise BenchError(f"the browser failed: {str(error).strip().splitlines()[0]}") from error
    return 1 if 1 in statuses else max(statuses)


def judge_fault(fault: Fault, scenario: Scenario, budgets: Budgets, runs: Sequence[Run]) -> tuple[str, str]:
    """Whether a planted fault was caught by one of the measures that stand for it, and what they said."""
    limits = limits_of(budgets, scenario)
    found = [
        judge(scenario.name, MEASURES[name], limits[name], runs) for name in fault.caught_by & limits.keys()
    ]
    broken = [one for one in found if one.verdict is Verdict.BROKEN]
    if broken:
        return CAUGHT, "; ".join(map(_said, broken))
    if any(one.verdict is Verdict.CANNOT_TELL for one in found) or quietness(runs).trouble:
        return CANNOT_TELL, "; ".join(f"{_said(one)}: {one.why or 'within'}" for one in found)
    return MISSED, "; ".join(map(_said, found)) or "none of its measures has a budget"


def _said(one: Judgement) -> str:
    return f"{one.measure} {with_unit(one.measure, one.value)} (budget {with_unit(one.measure, one.limit)})"
