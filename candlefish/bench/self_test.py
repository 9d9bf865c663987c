"""Self-test: plants known faults beside the clean site, and checks that the verdicts name them."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from candlefish.bench import BenchError, browser, rounds
from candlefish.bench.measures import MEASURES, limits_of, load_budgets, with_unit
from candlefish.bench.probe import Fault
from candlefish.bench.rounds import Progress
from candlefish.bench.runs import RunSetup
from candlefish.bench.scenario import load_scenarios
from candlefish.bench.target import served
from candlefish.bench.verdict import Judgement, Verdict, compare_interleaved, judge, quietness

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from candlefish.bench.benchmark import BenchOptions
    from candlefish.bench.measures import Budgets
    from candlefish.bench.runs import Run
    from candlefish.bench.scenario import Scenario
    from candlefish.bench.verdict import MeasuredChange

_EVERY_FRAME = """
(() => {
  const native = self.requestAnimationFrame.bind(self);
  const plant = %s;
  self.requestAnimationFrame = (callback) => native((at) => { plant(at); callback(at); });
})();
"""
_BUSY_8_MS = "() => { const end = performance.now() + 8; while (performance.now() < end); }"
# Every three seconds, five frames in a row take 60 ms longer.
_BURST = """(() => { let since = 0, left = 0; return (at) => {
  if (at - since > 3000) { since = at; left = 5; }
  if (left > 0) { left -= 1; const end = performance.now() + 60; while (performance.now() < end); }
}; })()"""
_LEAK = "globalThis.leaked = []; setInterval(() => leaked.push(new Float64Array(2184).fill(1)), 1000);"
_LONG_TASK = (
    "setInterval(() => { const end = performance.now() + 62; while (performance.now() < end); }, 1500);"
)
_ASSET = """
addEventListener("load", () => fetch("/candlefish-bench-planted.bin").then((answer) => answer.arrayBuffer()));
"""
PLANTED_BYTES = 200_000
FAULTS = (
    Fault(
        "busy-frames",
        "8 ms of busy loop in every frame where it draws",
        "idle",
        8.0,
        frozenset({"work_ms", "work_ratio", "cpu_worker_threads_ms", "cpu_ms", "cpu_ratio"}),
        worker_js=_EVERY_FRAME % _BUSY_8_MS,
    ),
    Fault(
        "leak",
        "1 MB a minute that nobody frees",
        "soak",
        120.0,
        frozenset({"slope_mb_min"}),
        worker_js=_LEAK,
    ),
    Fault(
        "long-task",
        "tasks of 62 ms on the page's thread",
        "idle",
        8.0,
        frozenset({"long_tasks", "long_task_max_ms"}),
        page_js=_LONG_TASK,
    ),
    Fault(
        "asset",
        "one more file of 200 kB",
        "cold-load",
        0.0,
        frozenset({"bytes_kb", "network_kb", "requests", "critical_kb"}),
        page_js=_ASSET,
        extra_bytes=PLANTED_BYTES,
    ),
    Fault(
        "dropped-frames",
        "a burst of late frames every three seconds",
        "idle",
        12.0,
        frozenset({"dropped_percent", "frame_p99_ms", "freeze_ms"}),
        worker_js=_EVERY_FRAME % _BURST,
    ),
)
"""The faults that the self-test plants, in order."""
CAUGHT, MISSED, UNDECIDED = "caught", "missed", "can't tell"
PASSED, ACCUSED = "passed", "accused"
STATUS = {CAUGHT: 0, PASSED: 0, MISSED: 1, ACCUSED: 1, UNDECIDED: 2}
CLEAN = "clean"
CLEAN_PASSES = 10


def run_self_test(options: BenchOptions) -> int:
    """Plant each fault, then run the clean site ten times, and print the outcomes.

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
            setup = RunSetup(playwright, program, address)
            for fault in faults:
                scenario = _scenario_of(fault, scenarios)
                benches = {CLEAN: setup, fault.name: replace(setup, fault=fault)}
                runs = rounds.run_interleaved(
                    benches, scenario, options.rounds, Progress(quiet=options.quiet)
                )
                outcome, why = judge_fault(fault, scenario, budgets, runs[CLEAN], runs[fault.name])
                print(f"{outcome:10} {fault.name}: {fault.title}\n           {why}", flush=True)
                statuses.append(STATUS[outcome])
            if passes:
                clean = list(
                    {one.name: one for one in (_scenario_of(fault, scenarios) for fault in FAULTS)}.values()
                )
                clean_runs = rounds.run_rounds(setup, clean, passes, Progress(quiet=options.quiet))
                statuses.append(STATUS[_report_clean(clean, budgets, clean_runs, passes)])
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
    scenarios: Sequence[Scenario], budgets: Budgets, runs: Mapping[str, Sequence[Run]], number: int
) -> list[Judgement]:
    """The false accusations in one round of a clean site: every budget called broken."""
    return [
        one
        for scenario in scenarios
        for name, limit in limits_of(budgets, scenario).items()
        if name in runs[scenario.name][number].values
        and (one := judge(scenario.name, MEASURES[name], limit, [runs[scenario.name][number]])).verdict
        is Verdict.BROKEN
    ]


def _report_clean(
    scenarios: Sequence[Scenario], budgets: Budgets, runs: Mapping[str, Sequence[Run]], passes: int
) -> str:
    accused = [judge_clean(scenarios, budgets, runs, number) for number in range(passes)]
    well = accused.count([])
    outcome = PASSED if well == passes else ACCUSED
    print(
        f"{outcome:10} {CLEAN}: nothing planted: {well} of {passes} passes without an accusation", flush=True
    )
    for text in dict.fromkeys(_judgement_text(one) for each in accused for one in each):
        print(f"           {text}", flush=True)
    return outcome


def _scenario_of(fault: Fault, scenarios: Mapping[str, Scenario]) -> Scenario:
    return scenarios[fault.scenario].lasting(fault.seconds or None)


def judge_fault(
    fault: Fault, scenario: Scenario, budgets: Budgets, clean: Sequence[Run], planted: Sequence[Run]
) -> tuple[str, str]:
    """Whether a planted fault was caught by one of its measures, and the evidence as text.

    By its budget, or beside the clean site in the same rounds: the paired test sees through a busy machine.
    """
    limits = limits_of(budgets, scenario)
    judgements = [
        judge(scenario.name, MEASURES[name], limits[name], planted)
        for name in sorted(fault.caught_by & limits.keys())
    ]
    changes = [one for one in compare_interleaved(clean, planted) if one.measure in fault.caught_by]
    evidence = [_judgement_text(one) for one in judgements if one.verdict is Verdict.BROKEN]
    evidence += [_change_text(one) for one in changes if one.verdict is Verdict.BROKEN]
    if evidence:
        return CAUGHT, "; ".join(evidence)
    doubts = [
        f"{_judgement_text(one)}: {one.why}" for one in judgements if one.verdict is Verdict.CANNOT_TELL
    ]
    doubts += [_change_text(one) for one in changes if one.verdict is Verdict.CANNOT_TELL]
    if why := "; ".join(doubts) or quietness(planted).trouble:
        return UNDECIDED, why
    return MISSED, "; ".join(map(_judgement_text, judgements)) or "none of its measures has a budget"


def _change_text(one: MeasuredChange) -> str:
    before, after = with_unit(one.measure, one.before), with_unit(one.measure, one.after)
    return f"{one.measure} {after} (clean {before}; {one.why})"


def _judgement_text(one: Judgement) -> str:
    return f"{one.measure} {with_unit(one.measure, one.value)} (budget {with_unit(one.measure, one.limit)})"
