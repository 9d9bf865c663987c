"""From time stamps to pace."""

from __future__ import annotations

import pytest

from candlefish.bench.frames import REFRESH_MS, dropped, pace


def beats(*gaps: float) -> list[float]:
    times = [100.0]
    for gap in gaps:
        times.append(times[-1] + gap * REFRESH_MS)
    return times


def test_even_frames_drop_nothing() -> None:
    found = pace(beats(*[1.0] * 60), 61 * REFRESH_MS)
    assert found is not None
    assert found.fps == pytest.approx(60.0)
    assert found.dropped_percent == 0.0
    assert found.freeze_ms == pytest.approx(REFRESH_MS)


def test_a_long_frame_drops_what_it_skips() -> None:
    found = pace(beats(*[1.0] * 96, 5.0), 101 * REFRESH_MS)
    assert found is not None
    assert found.dropped_percent == pytest.approx(100 * 4 / 101)
    assert found.max_ms == pytest.approx(5 * REFRESH_MS)


@pytest.mark.parametrize(
    ("interval", "lost"), [(16.7, 0), (20.0, 0), (30.0, 1), (33.3, 1), (8.3, 0), (100.0, 5)]
)
def test_dropped_refreshes(interval: float, lost: int) -> None:
    assert dropped(interval) == lost


def test_a_window_that_ends_frozen_is_a_freeze() -> None:
    found = pace(beats(*[1.0] * 10), 1000.0)
    assert found is not None
    assert found.freeze_ms == pytest.approx(1000.0 - 11 * REFRESH_MS)


def test_hidden_time_is_nobodys_freeze() -> None:
    times = beats(1.0, 1.0, 120.0, 1.0, 1.0)
    found = pace(times, 2200.0, [(times[2] + 1.0, times[3] - 1.0)])
    assert found is not None
    assert found.freeze_ms == pytest.approx(REFRESH_MS)
    assert found.dropped_percent == 0.0


def test_two_frames_have_no_pace() -> None:
    assert pace([0.0, 16.7], 100.0) is None
