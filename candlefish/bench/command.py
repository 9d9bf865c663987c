"""`candlefish bench`, from options to exit status."""

from __future__ import annotations

import datetime as dt
import os
import sys
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import candlefish
from candlefish.bench import browser, machine, rounds
from candlefish.bench.budgets import Budgets, limits_of, load_budgets
from candlefish.bench.compare import Change, compare, elsewhere
from candlefish.bench.errors import BenchError
from candlefish.bench.judge import Judgement, Verdict, judge, overall
from candlefish.bench.measures import MEASURES
from candlefish.bench.progress import Progress
from candlefish.bench.record import Record, read_result, to_json
from candlefish.bench.report.history import append
from candlefish.bench.report.html import html
from candlefish.bench.report.markdown import markdown, workflow_commands
from candlefish.bench.report.readme import rewritten, tables
from candlefish.bench.report.table import table
from candlefish.bench.run import Bench
from candlefish.bench.scenario import ALL, chosen, load_scenarios
from candlefish.bench.target import served

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from candlefish.bench.run import Run
    from candlefish.bench.scenario import Scenario

STATUS = {Verdict.WITHIN: 0, Verdict.BROKEN: 1, Verdict.CANNOT_TELL: 2}
COULD_NOT_RUN = 3


@dataclass(frozen=True, slots=True)
class Options:
    """What was asked for on the command line."""

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


def bench(options: Options) -> int:
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
    runs, environment = measure(options, scenarios)
    record = judged(options, {one.name: one for one in scenarios}, runs, environment, budgets, baseline)
    report(options, record)
    return STATUS[Verdict(record.verdict)]


def measure(
    options: Options, scenarios: Sequence[Scenario]
) -> tuple[dict[str, list[Run]], dict[str, object]]:
    """Run everything; the runs by scenario, and the environment.

    Raises:
        BenchError: it could not run.
    """
    from playwright.sync_api import Error, sync_playwright  # noqa: PLC0415  # an extra: not always installed

    program = browser.find_program()
    try:
        with served(options.target) as address, sync_playwright() as playwright:
            wanted = rounds.with_their_pages(address, scenarios, leave_out=ALL in options.scenarios)
            with browser.launched(playwright, program, wanted[0]) as chromium:
                environment = machine.environment(chromium.version(), program or "Playwright's Chromium")
            setup = Bench(playwright, program, address, pictures=options.html is not None)
            return rounds.run_rounds(
                setup, wanted, options.rounds, Progress(quiet=options.quiet)
            ), environment
    except Error as error:
        raise BenchError(f"the browser failed: {str(error).strip().splitlines()[0]}") from error


def judged(
    options: Options,
    scenarios: Mapping[str, Scenario],
    runs: dict[str, list[Run]],
    environment: dict[str, object],
    budgets: Budgets,
    baseline: tuple[Mapping[str, list[Run]], Mapping[str, object]],
) -> Record:
    """The record of a bench, with every verdict; the baseline's runs come with their environment."""
    earlier, where = baseline
    judgements: list[Judgement] = []
    changes: list[Change] = []
    for name, found in runs.items():
        limits = limits_of(budgets, scenarios[name])
        judgements += [
            judge(name, MEASURES[measure], limit, found)
            for measure, limit in limits.items()
            if any(measure in run.values for run in found)
        ]
        if name in earlier:
            changes += compare(earlier[name], found, elsewhere(where, environment))
    verdict = overall([*judgements, *(change.judgement for change in changes)])
    return Record(
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


def report(options: Options, record: Record) -> None:
    """Write all that was asked for, and the table."""
    print(table(record, colour=sys.stdout.isatty() and "NO_COLOR" not in os.environ), flush=True)
    points = append(options.history, record) if options.history else []
    write(options.json, lambda: to_json(record))
    write(options.html, lambda: html(record, points))
    write(options.markdown, lambda: markdown(record))
    for path in options.readme:
        write(path, partial(_with_tables, path, record))
    if summary := os.environ.get("GITHUB_STEP_SUMMARY"):
        with Path(summary).open("a", encoding="utf-8") as file:
            file.write(markdown(record))
    if os.environ.get("GITHUB_ACTIONS") == "true" and (lines := workflow_commands(record)):
        print(lines, flush=True)


def _with_tables(path: Path, record: Record) -> str:
    return rewritten(path, tables(record))


def refuse_unwritable(path: Path | None) -> None:
    """Refuse a file that could not be written, before minutes of measuring.

    Raises:
        BenchError: its directory is missing, or it is one itself.
    """
    if path is not None and (path.is_dir() or not path.parent.is_dir()):
        raise BenchError(f"{path}: {'is a directory' if path.is_dir() else 'its directory does not exist'}")


def write(path: Path | None, text: Callable[[], str]) -> None:
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
