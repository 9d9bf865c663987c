"""Frame statistics: what counts as dropped depends on the display."""

from __future__ import annotations

from candlefish.browser.frame_stats import FrameStats


def test_on_a_slow_display_its_own_interval_is_no_dropped_frame() -> None:
    stats = FrameStats()
    for _ in range(60):
        stats.add(33.4, 3.0, display_ms=33.3)
    assert stats.summary()["dropped"] == 0
    stats.add(66.8, 3.0, display_ms=33.3)
    assert stats.summary()["dropped"] == 1


def test_on_a_usual_display_the_same_interval_is_one() -> None:
    stats = FrameStats()
    for interval_ms in (16.7, 24.0, 33.4, 0.0):
        stats.add(interval_ms, 3.0)
    assert stats.summary()["dropped"] == 1
    assert stats.summary()["frames"] == 4
