"""Rounds of runs: scenarios interleaved, so that disturbances touch all alike, each run calibrated."""

from __future__ import annotations

import json
import sys
import time
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from candlefish.bench import BenchError, machine, target
from candlefish.bench.browser import launched
from candlefish.bench.frame_run import measure_frames
from candlefish.bench.load_run import measure_load
from candlefish.bench.probe import source
from candlefish.bench.runs import Run
from candlefish.bench.scenario import ScenarioKind
from candlefish.bench.statistics import FramePace, frame_pace, quantile

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from typing import TextIO

    from playwright.sync_api import Page

    from candlefish.bench.runs import RunSetup
    from candlefish.bench.scenario import Scenario


class Progress:
    """One line for each step, on stderr; on a terminal also the share done and the time left."""

    def __init__(self, stream: TextIO | None = None, *, quiet: bool = False) -> None:
        self._stream = stream or sys.stderr
        self._live = self._stream.isatty() and not quiet
        self._quiet = quiet
        self._whole_s, self._done_s = 0.0, 0.0
        self._name, self._takes_s, self._began_s = "", 0.0, 0.0

    def expect(self, seconds: float) -> None:
        """Say about how long everything will take."""
        self._whole_s = seconds
        self._say(f"about {_duration(seconds)} to go\n")

    def begin(self, name: str, takes_s: float) -> None:
        """A step begins that takes about so long."""
        self._name, self._takes_s, self._began_s = name, takes_s, time.monotonic()
        if self._live:
            share = self._done_s / self._whole_s if self._whole_s else 0.0
            left = _duration(max(0.0, self._whole_s - self._done_s))
            self._say(f"\r\033[K{_bar(share)} {share:4.0%}  {name}  ({left} left)")

    def end(self, outcome: str = "") -> None:
        """The step is done."""
        self._done_s += self._takes_s
        took_s = time.monotonic() - self._began_s
        start = "\r\033[K" if self._live else ""
        self._say(f"{start}  {took_s:6.1f} s  {self._name}{': ' if outcome else ''}{outcome}\n")

    def _say(self, text: str) -> None:
        if not self._quiet:
            self._stream.write(text)
            self._stream.flush()


def _bar(share: float, width: int = 20) -> str:
    full = round(width * min(1.0, share))
    return "█" * full + "░" * (width - full)


def _duration(seconds: float) -> str:
    minutes, rest = divmod(round(seconds), 60)
    return f"{minutes} min {rest:02d} s" if minutes else f"{rest} s"


OVERHEAD_S = 9.0
"""About what a run takes besides its window: calibration, start, load, memory."""
LOOPS = 30
CONTROL_MS = 1500.0


def run_rounds(
    setup: RunSetup, scenarios: Sequence[Scenario], rounds: int, progress: Progress, *, go_on: bool = False
) -> dict[str, list[Run]]:
    """Run every scenario once in each round; the runs by scenario.

    One load before the first round is thrown away: it finds disks and caches cold. With ``go_on``, a run that
    could not be made is left out, and the progress says why.

    Raises:
        BenchError: a run could not be made.
    """
    turns = [(scenario.name, setup, scenario) for scenario in scenarios]
    return _by_turns(turns, rounds, progress, go_on=go_on)


def run_interleaved(
    setups: Mapping[str, RunSetup], scenario: Scenario, rounds: int, progress: Progress
) -> dict[str, list[Run]]:
    """Run one scenario with each set-up in each round; the runs by the names of the set-ups.

    Raises:
        BenchError: a run could not be made.
    """
    return _by_turns([(name, setup, scenario) for name, setup in setups.items()], rounds, progress)


def _by_turns(
    turns: Sequence[tuple[str, RunSetup, Scenario]], rounds: int, progress: Progress, *, go_on: bool = False
) -> dict[str, list[Run]]:
    progress.expect(sum(_takes_s(scenario) for _, _, scenario in turns) * rounds + OVERHEAD_S)
    progress.begin("warm-up", OVERHEAD_S)
    _, setup, scenario = turns[0]
    measure_load(replace(setup, fault=None, pictures=False), replace(scenario, kind=ScenarioKind.COLD_LOAD))
    progress.end()
    runs: dict[str, list[Run]] = {name: [] for name, _, _ in turns}
    for number in range(1, rounds + 1):
        for name, setup, scenario in turns:
            progress.begin(f"round {number}/{rounds}  {name}", _takes_s(scenario))
            try:
                run = _attempt(replace(setup, pictures=setup.pictures and number == 1), scenario, number)
            except BenchError as error:
                if not go_on:
                    raise
                progress.end(f"left out: {error}")
                continue
            runs[name].append(run)
            progress.end(_headline(run))
    return runs


def _attempt(setup: RunSetup, scenario: Scenario, number: int) -> Run:
    from playwright.sync_api import Error  # noqa: PLC0415  # an extra: not always installed

    try:
        return run_once(setup, scenario, number)
    except Error as error:
        raise BenchError(
            f"{scenario.name}: the browser failed: {str(error).strip().splitlines()[0]}"
        ) from error


def with_existing_pages(address: str, scenarios: Sequence[Scenario], *, leave_out: bool) -> list[Scenario]:
    """The scenarios whose pages the site has; the others are refused, or left out with ``leave_out``.

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
    if scenario.kind is ScenarioKind.FRAMES:
        return scenario.duration_s + scenario.warm_up_s + OVERHEAD_S + 3.0
    return OVERHEAD_S + (4.0 if scenario.kind is ScenarioKind.REPEAT_LOAD else 0.0)


def _headline(run: Run) -> str:
    values = run.values
    if "fps" in values:
        return f"{values['fps']:.1f} fps, {values.get('cpu_ms', 0.0):.1f} ms CPU a frame"
    return f"awake after {values['ready_ms']:.0f} ms"


def run_once(setup: RunSetup, scenario: Scenario, number: int) -> Run:
    """Measure the scenario once, between two calibrations.

    Raises:
        BenchError: it could not be measured; the message says why.
    """
    calibration = _calibrate(setup, scenario)
    before = machine.read_clock()
    measure = measure_frames if scenario.kind is ScenarioKind.FRAMES else measure_load
    measurement = measure(setup, scenario)
    values = measurement.values
    foreign = machine.foreign_share(measurement.began or before, measurement.ended or machine.read_clock())
    again = _calibrate(setup, scenario)
    loop_ms = min(calibration.loop_ms, again.loop_ms)
    for name, ratio in (("cpu_ms", "cpu_ratio"), ("work_ms", "work_ratio")):
        if name in values:
            values[ratio] = values[name] / loop_ms
    control = {"loop_spread": max(calibration.loop_spread, again.loop_spread)}
    if (pace := calibration.control) is not None:
        control |= {"p99_ms": pace.p99_ms, "dropped_percent": pace.dropped_percent}
    return Run(
        scenario.name, number, values, loop_ms, control, foreign, measurement.series, measurement.notes
    )


def _calibrate(setup: RunSetup, scenario: Scenario) -> Calibration:
    with launched(setup.playwright, setup.program, scenario) as chromium:
        return calibrate_page(chromium.page)


@dataclass(frozen=True, slots=True)
class Calibration:
    """Speed of the machine, and its evenness, while nothing of ours runs.

    Attributes:
        loop_ms: the fastest calibration loop.
        control: pace of a bare canvas; None without frames.
        loop_spread: the upper quartile of the loops over the fastest; 1 on a machine that is all ours.
    """

    loop_ms: float
    control: FramePace | None
    loop_spread: float


def calibrate_page(page: Page) -> Calibration:
    """Run the loop and the bare canvas in a page that shows nothing else.

    The fastest of the loops counts: what else runs can only make one longer.
    """
    given = json.dumps({"loops": LOOPS, "control_ms": CONTROL_MS})
    record = page.evaluate(f"({source('calibration.js')})({given})")
    fastest_ms = min(record["loop_ms"])
    spread = quantile(record["loop_ms"], 0.75) / fastest_ms
    return Calibration(fastest_ms, frame_pace(record["frame_at_ms"], CONTROL_MS), spread)
