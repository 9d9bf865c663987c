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
    """``loop_ms``: one calibration loop; ``control``: the pace of a bare canvas, None without frames."""

    loop_ms: float
    control: Pace | None


def calibrate(page: Page) -> Calibration:
    """Run the loop and the bare canvas in a page that shows nothing else.

    The lower quartile of the loops counts: what else runs can only make them longer.
    """
    given = json.dumps({"loops": LOOPS, "control_ms": CONTROL_MS})
    found = page.evaluate(f"({source('calibration.js')})({given})")
    return Calibration(quantile(found["loop_ms"], 0.25), pace(found["frame_at_ms"], CONTROL_MS))
