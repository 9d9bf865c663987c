"""How fast the machine is, and how evenly frames come on it, when nothing of ours runs."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING

from candlefish.bench.frames import Pace, pace
from candlefish.bench.probe import source
from candlefish.bench.stats import quantile

if TYPE_CHECKING:
    from playwright.sync_api import Page

LOOPS = 30
CONTROL_MS = 1500.0


@dataclass(frozen=True, slots=True)
class Calibration:
    """``loop_ms``: one calibration loop; ``control``: the pace of a bare canvas, None without frames.

    ``loop_spread``: the upper quartile of the loops over the fastest; 1 on a machine that is all ours.
    """

    loop_ms: float
    control: Pace | None
    loop_spread: float


def calibrate(page: Page) -> Calibration:
    """Run the loop and the bare canvas in a page that shows nothing else.

    The fastest of the loops counts: what else runs can only make one longer.
    """
    given = json.dumps({"loops": LOOPS, "control_ms": CONTROL_MS})
    found = page.evaluate(f"({source('calibration.js')})({given})")
    fastest_ms = min(found["loop_ms"])
    spread = quantile(found["loop_ms"], 0.75) / fastest_ms
    return Calibration(fastest_ms, pace(found["frame_at_ms"], CONTROL_MS), spread)
