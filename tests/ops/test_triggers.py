"""Triggers: which metrics take a release back, and which do not."""

from __future__ import annotations

from dataclasses import replace

import pytest

from candlefish.ops.deploy import triggers
from candlefish.ops.deployment import ReleaseMetrics
from candlefish.ops.environments import Limits

WELL = ReleaseMetrics(requests=1000, failed=0, fps=60, memory_mb=40, fatal=0, sessions=100)


@pytest.mark.parametrize(
    ("new", "reason"),
    [
        (WELL, None),
        (replace(WELL, failed=100), None),
        (replace(WELL, failed=101), "error rate 10.1 %"),
        (replace(WELL, requests=19, failed=19), None),
        (replace(WELL, fps=30.0), None),
        (replace(WELL, fps=29.0), "29 frames a second where 60 are usual"),
        (replace(WELL, fps=None, memory_mb=None), None),
        (replace(WELL, memory_mb=49.0), None),
        (replace(WELL, memory_mb=51.0), "hold 51 MB"),
        (replace(WELL, fatal=2), None),
        (replace(WELL, fatal=10), "gave up in 9 % of 110 visits"),
    ],
)
def test_what_ends_a_release(new: ReleaseMetrics, reason: str | None) -> None:
    reasons = triggers(replace(WELL, memory_mb=40), new, Limits())
    assert (not reasons) if reason is None else (len(reasons) == 1 and reason in reasons[0])


def test_a_live_release_that_is_slow_or_heavy_itself_is_no_reason() -> None:
    assert not triggers(replace(WELL, fps=40), replace(WELL, fps=25), Limits())
    assert not triggers(replace(WELL, memory_mb=52), replace(WELL, memory_mb=55), Limits())
    assert triggers(ReleaseMetrics(), replace(WELL, fps=25), Limits())
