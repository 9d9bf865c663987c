"""Checks in a browser, from recorded samples."""

from __future__ import annotations

from typing import Any, cast

import pytest

from candlefish.ops.browser_checks import BrowserProbe, BrowserSample
from candlefish.ops.checks import CheckOutcome, check
from candlefish.ops.environments import Limits


@pytest.mark.parametrize(
    ("worker_ms", "verdict"),
    [(300.0, CheckOutcome.FAILED), (9.0, CheckOutcome.UNSURE), (None, CheckOutcome.UNSURE)],
)
def test_a_busy_machine_excuses_no_frame_that_is_slow_by_itself(
    monkeypatch: pytest.MonkeyPatch, worker_ms: float | None, verdict: CheckOutcome
) -> None:
    """Time on the clock says little there; the worker's own processor time a frame still tells."""
    samples = BrowserSample(fps=3.0, memory_mb=40.0, leak_mb_min=0.0, worker_ms=worker_ms, foreign=0.6)
    monkeypatch.setattr(BrowserProbe, "sample", lambda *_arguments, **_options: samples)
    probe = BrowserProbe(cast("Any", None), Limits(fps_min=20.0), 1.0)
    outcome = check("frame-rate", lambda: probe._check_frame_rate("", None, [samples]))
    assert outcome.outcome is verdict
    assert ("300 ms of processor time" in outcome.detail) == (verdict is CheckOutcome.FAILED)
