"""Does the bench find what is wrong? Plants faults beside the clean site, and looks at the verdicts."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from candlefish.bench import browser, rounds
from candlefish.bench.budgets import limits_of, load_budgets
from candlefish.bench.compare import compare_beside
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
    from collections.abc import Mapping, Sequence

    from candlefish.bench.budgets import Budgets
    from candlefish.bench.command import Options
    from candlefish.bench.compare import Change
    from candlefish.bench.faults import Fault
    from candlefish.bench.run import Run
    from candlefish.bench.scenario import Scenario

CAUGHT, MISSED, CANNOT_TELL = "caught", "missed", "can't tell"
PASSED, ACCUSED = "passed", "accused"
STATUS = {CAUGHT: 0, PASSED: 0, MISSED: 1, ACCUSED: 1, CANNOT_TELL: 2}
CLEAN = "clean"
CLEAN_PASSES = 10


def self_test(options: Options) -> int:
    """Plant each fault, then nothing ten times, and print what became of it.

    Returns 0 if every fault is caught and the clean site never accused, 1 if not, 2 if it cannot tell.

    Raises:
        BenchError: it could not run.
    """
    from playwright.sync_api import Error, sync_playwright  # noqa: PLC0415  # an extra: not always installed

    scenarios, program = load_scenarios(), browser.find_program()
    budgets = load_budgets(options.budgets, scenarios)
    faults, passes = chosen_faults(options.scenarios)
    statuses = []
    try:
        with served(options.target) as address, sync_playwright() as playwright:
            setup = Bench(playwright, program, address)
            for fault in faults:
                scenario = _of(fault, scenarios)
                benches = {CLEAN: setup, fault.name: replace(setup, fault=fault)}
                runs = rounds.run_beside(benches, scenario, options.rounds, Progress(quiet=options.quiet))
                outcome, why = judge_fault(fault, scenario, budgets, runs[CLEAN], runs[fault.name])
                print(f"{outcome:10} {fault.name}: {fault.title}\n           {why}", flush=True)
                statuses.append(STATUS[outcome])
            if passes:
                clean = list({one.name: one for one in (_of(fault, scenarios) for fault in FAULTS)}.values())
                found = rounds.run_rounds(setup, clean, passes, Progress(quiet=options.quiet))
                statuses.append(STATUS[_say_clean(clean, budgets, found, passes)])
    except Error as error:
        raise BenchError(f"the browser failed: {str(error).strip().splitlines()[0]}") from error
    return 1 if 1 in statuses else max(statuses)


def chosen_faults(names: Sequence[str]) -> tuple[list[Fault], int]:
    """The faults of the given names, and how many clean passes ("clean"); everything for no names.

    Raises:
        BenchError: there is no fault of a name.
    """
    known = {fault.name: fault for fault in FAULTS}
    strange = [name for name in names if name not in {*known, CLEAN}]
    if strange:
        raise BenchError(f"--self-test knows {', '.join([*known, CLEAN])}, not {strange[0]!r}")
    wanted = names or [*known, CLEAN]
    return [known[name] for name in wanted if name in known], CLEAN_PASSES if CLEAN in wanted else 0


def judge_clean(
    scenarios: Sequence[Scenario], budgets: Budgets, found: Mapping[str, Sequence[Run]], number: int
) -> list[Judgement]:
    """What one round of a clean site is accused of: every budget called broken."""
    return [
        one
        for scenario in scenarios
        for name, limit in limits_of(budgets, scenario).items()
        if name in found[scenario.name][number].values
        and (one := judge(scenario.name, MEASURES[name], limit, [found[scenario.name][number]])).verdict
        is Verdict.BROKEN
    ]


def _say_clean(
    scenarios: Sequence[Scenario], budgets: Budgets, found: Mapping[str, Sequence[Run]], passes: int
) -> str:
    accused = [judge_clean(scenarios, budgets, found, number) for number in range(passes)]
    well = accused.count([])
    outcome = PASSED if well == passes else ACCUSED
    print(
        f"{outcome:10} {CLEAN}: nothing planted: {well} of {passes} passes without an accusation", flush=True
    )
    for said in dict.fromkeys(_said(one) for each in accused for one in each):
        print(f"           {said}", flush=True)
    return outcome


def _of(fault: Fault, scenarios: Mapping[str, Scenario]) -> Scenario:
    return scenarios[fault.scenario].lasting(fault.seconds or None)


def judge_fault(
    fault: Fault, scenario: Scenario, budgets: Budgets, clean: Sequence[Run], planted: Sequence[Run]
) -> tuple[str, str]:
    """Whether a planted fault was caught by one of the measures that stand for it, and what they said.

    By its budget, or beside the clean site in the same rounds: the paired test sees through a busy machine.
    """
    limits = limits_of(budgets, scenario)
    found = [
        judge(scenario.name, MEASURES[name], limits[name], planted)
        for name in sorted(fault.caught_by & limits.keys())
    ]
    changes = [one for one in compare_beside(clean, planted) if one.measure in fault.caught_by]
    said = [_said(one) for one in found if one.verdict is Verdict.BROKEN]
    said += [_changed(one) for one in changes if one.verdict is Verdict.BROKEN]
    if said:
        return CAUGHT, "; ".join(said)
    doubts = [f"{_said(one)}: {one.why}" for one in found if one.verdict is Verdict.CANNOT_TELL]
    doubts += [_changed(one) for one in changes if one.verdict is Verdict.CANNOT_TELL]
    if why := "; ".join(doubts) or quietness(planted).trouble:
        return CANNOT_TELL, why
    return MISSED, "; ".join(map(_said, found)) or "none of its measures has a budget"


def _changed(one: Change) -> str:
    before, after = with_unit(one.measure, one.before), with_unit(one.measure, one.after)
    return f"{one.measure} {after} (clean {before}; {one.why})"


def _said(one: Judgement) -> str:
    return f"{one.measure} {with_unit(one.measure, one.value)} (budget {with_unit(one.measure, one.limit)})"
