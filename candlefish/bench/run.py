"""One run: a fresh browser, one scenario, every number of it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from candlefish.bench import machine
from candlefish.bench.browser import launched
from candlefish.bench.calibration import Calibration, calibrate
from candlefish.bench.loading import load_run
from candlefish.bench.scenario import Kind
from candlefish.bench.watching import frames_run

if TYPE_CHECKING:
    from playwright.sync_api import Playwright

    from candlefish.bench.faults import Fault
    from candlefish.bench.scenario import Scenario


@dataclass(frozen=True, slots=True)
class Bench:
    """What all runs have in common."""

    playwright: Playwright
    program: str | None
    address: str
    fault: Fault | None = None
    pictures: bool = False


@dataclass(slots=True)
class Run:
    """What one run found: ``values`` by measure, ``series`` for the pictures, and how quiet it was."""

    scenario: str
    round: int
    values: dict[str, float]
    calibration_ms: float
    control: dict[str, float]
    foreign_share: float | None
    series: dict[str, Any] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)


def run_once(bench: Bench, scenario: Scenario, number: int) -> Run:
    """Measure the scenario once, between two calibrations.

    Raises:
        BenchError: it could not be measured; the message says why.
    """
    calibration = _calibrated(bench, scenario)
    before = machine.clock()
    measure = frames_run if scenario.kind is Kind.FRAMES else load_run
    found = measure(bench, scenario)
    values = found.values
    foreign = machine.foreign_share(found.began or before, found.ended or machine.clock())
    again = _calibrated(bench, scenario)
    loop_ms = min(calibration.loop_ms, again.loop_ms)
    for name, ratio in (("cpu_ms", "cpu_ratio"), ("work_ms", "work_ratio")):
        if name in values:
            values[ratio] = values[name] / loop_ms
    control = {"loop_spread": max(calibration.loop_spread, again.loop_spread)}
    if (pace := calibration.control) is not None:
        control |= {"p99_ms": pace.p99_ms, "dropped_percent": pace.dropped_percent}
    return Run(scenario.name, number, values, loop_ms, control, foreign, found.series, found.notes)


def _calibrated(bench: Bench, scenario: Scenario) -> Calibration:
    with launched(bench.playwright, bench.program, scenario) as chromium:
        return calibrate(chromium.page)
