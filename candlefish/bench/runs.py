"""Data of runs: the set-up they share, one measurement, and one run of a scenario."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from playwright.sync_api import Playwright

    from candlefish.bench.machine import ProcessorClock
    from candlefish.bench.probe import Fault


@dataclass(frozen=True, slots=True)
class RunSetup:
    """The set-up of all runs of a bench.

    Attributes:
        program: path of a Chromium; None for Playwright's own.
        address: of the site, without a slash at the end.
        fault: planted into every page.
        pictures: whether screenshots are taken.
    """

    playwright: Playwright
    program: str | None
    address: str
    fault: Fault | None = None
    pictures: bool = False


@dataclass(slots=True)
class Measurement:
    """One measurement of a page: ``values`` by measure, ``series`` for charts, clocks around the window."""

    values: dict[str, float]
    series: dict[str, Any]
    notes: list[str] = field(default_factory=list)
    began: ProcessorClock | None = None
    ended: ProcessorClock | None = None


@dataclass(slots=True)
class Run:
    """One run of a scenario: its measurement, and how quiet the machine was.

    Attributes:
        round: from 1.
        calibration_ms: the fastest calibration loop before or after.
        control: pace of a bare canvas (``p99_ms``, ``dropped_percent``), and ``loop_spread``.
        foreign_share: share of the machine that other programs took, 0–1; None where unknown.
    """

    scenario: str
    round: int
    values: dict[str, float]
    calibration_ms: float
    control: dict[str, float]
    foreign_share: float | None
    series: dict[str, Any] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)
