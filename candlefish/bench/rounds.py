"""The order of runs: scenarios interleaved in rounds, so that what changes meanwhile touches all alike."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from candlefish.bench import target
from candlefish.bench.errors import BenchError
from candlefish.bench.loading import load_run
from candlefish.bench.run import run_once
from candlefish.bench.scenario import Kind

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from candlefish.bench.progress import Progress
    from candlefish.bench.run import Bench, Run
    from candlefish.bench.scenario import Scenario

OVERHEAD_S = 9.0
"""About what a run takes besides its window: calibration, start, load, weighing."""


def run_rounds(
    bench: Bench, scenarios: Sequence[Scenario], rounds: int, progress: Progress, *, go_on: bool = False
) -> dict[str, list[Run]]:
    """Run every scenario once in each round; the runs by scenario.

    One load before the first round is thrown away: it finds disks and caches cold. With ``go_on``, a run that
    could not be made is left out, and the progress says why.

    Raises:
        BenchError: a run could not be made.
    """
    turns = [(scenario.name, bench, scenario) for scenario in scenarios]
    return _by_turns(turns, rounds, progress, go_on=go_on)


def run_beside(
    benches: Mapping[str, Bench], scenario: Scenario, rounds: int, progress: Progress
) -> dict[str, list[Run]]:
    """Run one scenario on each bench in each round; the runs by the benches' names.

    Raises:
        BenchError: a run could not be made.
    """
    return _by_turns([(name, bench, scenario) for name, bench in benches.items()], rounds, progress)


def _by_turns(
    turns: Sequence[tuple[str, Bench, Scenario]], rounds: int, progress: Progress, *, go_on: bool = False
) -> dict[str, list[Run]]:
    progress.expect(sum(_takes_s(scenario) for _, _, scenario in turns) * rounds + OVERHEAD_S)
    progress.begin("warm-up", OVERHEAD_S)
    _, bench, scenario = turns[0]
    load_run(replace(bench, fault=None, pictures=False), replace(scenario, kind=Kind.COLD_LOAD))
    progress.end()
    found: dict[str, list[Run]] = {name: [] for name, _, _ in turns}
    for number in range(1, rounds + 1):
        for name, bench, scenario in turns:
            progress.begin(f"round {number}/{rounds}  {name}", _takes_s(scenario))
            try:
                run = _attempt(replace(bench, pictures=bench.pictures and number == 1), scenario, number)
            except BenchError as error:
                if not go_on:
                    raise
                progress.end(f"left out: {error}")
                continue
            found[name].append(run)
            progress.end(_headline(run))
    return found


def _attempt(bench: Bench, scenario: Scenario, number: int) -> Run:
    from playwright.sync_api import Error  # noqa: PLC0415  # an extra: not always installed

    try:
        return run_once(bench, scenario, number)
    except Error as error:
        raise BenchError(
            f"{scenario.name}: the browser failed: {str(error).strip().splitlines()[0]}"
        ) from error


def with_their_pages(address: str, scenarios: Sequence[Scenario], *, leave_out: bool) -> list[Scenario]:
    """The scenarios whose pages the site has; the others are refused, or left out if that is wanted.

    Raises:
        BenchError: a page is missing, or all are.
    """
    missing = [one for one in scenarios if not target.has_page(address, one.path)]
    there = [one for one in scenarios if one not in missing]
    if missing and (not leave_out or not there):
        page = missing[0].path.partition("?")[0]
        raise BenchError(f"scenario {missing[0].name} needs the page {page}, which {address} does not have")
    return there


def _takes_s(scenario: Scenario) -> float:
    if scenario.kind is Kind.FRAMES:
        return scenario.duration_s + scenario.warm_up_s + OVERHEAD_S + 3.0
    return OVERHEAD_S + (4.0 if scenario.kind is Kind.REPEAT_LOAD else 0.0)


def _headline(run: Run) -> str:
    values = run.values
    if "fps" in values:
        return f"{values['fps']:.1f} fps, {values.get('cpu_ms', 0.0):.1f} ms CPU a frame"
    return f"awake after {values['ready_ms']:.0f} ms"
