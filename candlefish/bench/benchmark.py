"""The bench command: measures, judges and reports; from options to exit status."""

from __future__ import annotations

import datetime as dt
import os
import sys
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import candlefish
from candlefish.bench import BenchError, browser, machine, rounds
from candlefish.bench.measures import MEASURES, Budgets, limits_of, load_budgets
from candlefish.bench.result import BenchResult, append_history, read_result, to_json
from candlefish.bench.result_page import result_page
from candlefish.bench.result_text import (
    cost_tables,
    markdown,
    replace_blocks,
    terminal_table,
    workflow_commands,
)
from candlefish.bench.rounds import Progress
from candlefish.bench.runs import RunSetup
from candlefish.bench.scenario import ALL, chosen, load_scenarios
from candlefish.bench.target import served
from candlefish.bench.verdict import (
    Judgement,
    MeasuredChange,
    Verdict,
    compare,
    environment_difference,
    judge,
    overall,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from candlefish.bench.runs import Run
    from candlefish.bench.scenario import Scenario

STATUS = {Verdict.WITHIN: 0, Verdict.BROKEN: 1, Verdict.CANNOT_TELL: 2}
COULD_NOT_RUN = 3


@dataclass(frozen=True, slots=True)
class BenchOptions:
    """The options of the command line."""

    target: str = "dist"
    scenarios: tuple[str, ...] = ()
    seconds: float | None = None
    rounds: int = 3
    budgets: Path | None = None
    compare: Path | None = None
    json: Path | None = None
    html: Path | None = None
    markdown: Path | None = None
    history: Path | None = None
    readme: tuple[Path, ...] = ()
    quiet: bool = False


def run_bench(options: BenchOptions) -> int:
    """Measure, judge and report. Returns the exit status.

    Raises:
        BenchError: it could not run.
    """
    known = load_scenarios()
    budgets = load_budgets(options.budgets, known)
    scenarios = [one.lasting(options.seconds) for one in chosen(known, options.scenarios)]
    baseline = read_result(options.compare) if options.compare else ({}, {})
    for path in (options.json, options.html, options.markdown, options.history, *options.readme):
        refuse_unwritable(path)
    runs, environment = run_scenarios(options, scenarios)
    result = evaluate(options, {one.name: one for one in scenarios}, runs, environment, budgets, baseline)
    write_reports(options, result)
    return STATUS[Verdict(result.verdict)]


def run_scenarios(
    options: BenchOptions, scenarios: Sequence[Scenario]
) -> tuple[dict[str, list[Run]], dict[str, object]]:
    """Run everything; the runs by scenario, and the environment.

    Raises:
        BenchError: it could not run.
    """
    from playwright.sync_api import Error, sync_playwright  # noqa: PLC0415  # an extra: not always installed

    program = browser.find_program()
    try:
        with served(options.target) as address, sync_playwright() as playwright:
            wanted = rounds.with_existing_pages(address, scenarios, leave_out=ALL in options.scenarios)
            with browser.launched(playwright, program, wanted[0]) as chromium:
                environment = machine.environment(chromium.version(), program or "Playwright's Chromium")
            setup = RunSetup(playwright, program, address, pictures=options.html is not None)
            return rounds.run_rounds(
                setup, wanted, options.rounds, Progress(quiet=options.quiet)
            ), environment
    except Error as error:
        raise BenchError(f"the browser failed: {str(error).strip().splitlines()[0]}") from error


def evaluate(
    options: BenchOptions,
    scenarios: Mapping[str, Scenario],
    runs: dict[str, list[Run]],
    environment: dict[str, object],
    budgets: Budgets,
    baseline: tuple[Mapping[str, list[Run]], Mapping[str, object]],
) -> BenchResult:
    """The result of a bench, with every verdict; the baseline's runs come with their environment."""
    earlier, where = baseline
    judgements: list[Judgement] = []
    changes: list[MeasuredChange] = []
    for name, of_scenario in runs.items():
        limits = limits_of(budgets, scenarios[name])
        judgements += [
            judge(name, MEASURES[measure], limit, of_scenario)
            for measure, limit in limits.items()
            if any(measure in run.values for run in of_scenario)
        ]
        if name in earlier:
            changes += compare(earlier[name], of_scenario, environment_difference(where, environment))
    verdict = overall([*judgements, *(change.judgement for change in changes)])
    return BenchResult(
        made_at=dt.datetime.now(dt.UTC).isoformat(timespec="seconds"),
        candlefish=candlefish.__version__,
        target=options.target,
        environment=environment,
        options={"rounds": options.rounds, "seconds": options.seconds, "scenarios": list(runs)},
        titles={name: scenarios[name].title for name in runs},
        runs=runs,
        judgements=judgements,
        changes=changes,
        verdict=str(verdict),
    )


def write_reports(options: BenchOptions, result: BenchResult) -> None:
    """Print the table, and write the files that the options name."""
    print(terminal_table(result, colour=sys.stdout.isatty() and "NO_COLOR" not in os.environ), flush=True)
    points = append_history(options.history, result) if options.history else []
    write_file(options.json, lambda: to_json(result))
    write_file(options.html, lambda: result_page(result, points))
    write_file(options.markdown, lambda: markdown(result))
    for path in options.readme:
        write_file(path, partial(_with_tables, path, result))
    if summary := os.environ.get("GITHUB_STEP_SUMMARY"):
        with Path(summary).open("a", encoding="utf-8") as file:
            file.write(markdown(result))
    if os.environ.get("GITHUB_ACTIONS") == "true" and (lines := workflow_commands(result)):
        print(lines, flush=True)


def _with_tables(path: Path, result: BenchResult) -> str:
    return replace_blocks(path, cost_tables(result))


def refuse_unwritable(path: Path | None) -> None:
    """Refuse a file that could not be written, before minutes of measuring.

    Raises:
        BenchError: its directory is missing, or it is one itself.
    """
    if path is not None and (path.is_dir() or not path.parent.is_dir()):
        raise BenchError(f"{path}: {'is a directory' if path.is_dir() else 'its directory does not exist'}")


def write_file(path: Path | None, text: Callable[[], str]) -> None:
    """Write a text to a file, if one was asked for.

    Raises:
        BenchError: it cannot be written.
    """
    if path is None:
        return
    try:
        path.write_text(text(), encoding="utf-8")
    except OSError as error:
        raise BenchError(f"{path}: {error.strerror}") from error
