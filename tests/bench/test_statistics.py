"""Statistics against published values, and the pace of frames from their times."""

from __future__ import annotations

import math
import statistics

import pytest
from hypothesis import given
from hypothesis import strategies as st

from candlefish.bench.statistics import (
    REFRESH_MS,
    dropped,
    frame_pace,
    mean_interval,
    paired_test,
    quantile,
    slope,
    student_cdf,
    student_quantile,
)

NUMBERS = st.floats(-1e6, 1e6)


@pytest.mark.parametrize(
    ("share", "freedom", "expected"),
    [
        (0.975, 1, 12.7062),
        (0.975, 2, 4.302653),
        (0.975, 10, 2.228139),
        (0.95, 30, 1.697261),
        (0.025, 10, -2.228139),
    ],
)
def test_student_quantiles_are_the_tables(share: float, freedom: int, expected: float) -> None:
    assert student_quantile(share, freedom) == pytest.approx(expected, rel=1e-5)


def test_student_distribution() -> None:
    assert student_cdf(2.0, 5) == pytest.approx(0.9490303, rel=1e-6)
    assert student_cdf(0.0, 5) == pytest.approx(0.5)


def test_students_own_sleep_data() -> None:
    """Student 1908: additional hours of sleep of ten patients under two drugs."""
    first = [0.7, -1.6, -0.2, -1.2, -0.1, 3.4, 3.7, 0.8, 0.0, 2.0]
    second = [1.9, 0.8, 1.1, 0.1, -0.1, 4.4, 5.5, 1.6, 4.6, 3.4]
    result = paired_test(first, second)
    assert result.change.estimate == pytest.approx(1.58)
    assert (result.change.low, result.change.high) == pytest.approx((0.7001142, 2.4598858), rel=1e-6)
    assert result.p_value == pytest.approx(0.00283289, rel=1e-4)
    assert result.effect == pytest.approx(4.062128 / math.sqrt(10), rel=1e-6)
    assert result.pairs == 10


def test_sens_own_example() -> None:
    """Sen 1968: slope 4 with a 93 % interval from 3.71 to 4.38."""
    estimate = slope([1, 2, 3, 4, 10, 12, 18], [9, 15, 19, 20, 45, 55, 78], confidence=0.93)
    assert estimate.estimate == pytest.approx(4.0)
    assert (estimate.low, estimate.high) == pytest.approx((3.71, 4.38), abs=0.005)


def test_a_slope_survives_an_odd_sample() -> None:
    times = [float(i) for i in range(20)]
    values = [2.0 * time + (500.0 if time == 9.0 else 0.0) for time in times]
    assert slope(times, values).estimate == pytest.approx(2.0)


def test_a_slope_of_few_samples_has_no_bounds() -> None:
    estimate = slope([0.0, 1.0], [0.0, 3.0])
    assert (estimate.estimate, estimate.low, estimate.high) == (3.0, -math.inf, math.inf)


def test_a_slope_needs_two_times() -> None:
    with pytest.raises(ValueError, match="two different times"):
        slope([1.0, 1.0], [0.0, 3.0])


def test_one_pair_says_nothing_of_chance() -> None:
    result = paired_test([1.0], [2.0])
    assert (result.change.low, result.change.high) == (-math.inf, math.inf)
    assert math.isnan(result.p_value)


def test_the_same_change_everywhere_is_certain() -> None:
    result = paired_test([1.0, 2.0, 3.0], [2.0, 3.0, 4.0])
    assert (result.change.estimate, result.effect, result.p_value) == (1.0, math.inf, 0.0)
    assert paired_test([1.0, 2.0], [1.0, 2.0]).p_value == 1.0


def test_a_quantile_of_nothing_is_refused() -> None:
    with pytest.raises(ValueError, match="no values"):
        quantile([], 0.5)


@given(st.lists(NUMBERS, min_size=1))
def test_the_middle_quantile_is_the_median(values: list[float]) -> None:
    assert quantile(values, 0.5) == pytest.approx(statistics.median(values), rel=1e-9, abs=1e-6)


@given(st.lists(NUMBERS, min_size=2), st.floats(0.0, 1.0))
def test_quantiles_are_of_the_values(values: list[float], share: float) -> None:
    assert min(values) <= quantile(values, share) <= max(values)


@given(st.lists(NUMBERS, min_size=2, max_size=30))
def test_an_interval_holds_its_mean(values: list[float]) -> None:
    interval = mean_interval(values)
    assert interval.low <= interval.estimate <= interval.high


def beats(*gaps: float) -> list[float]:
    times = [100.0]
    for gap in gaps:
        times.append(times[-1] + gap * REFRESH_MS)
    return times


def test_even_frames_drop_nothing() -> None:
    pace = frame_pace(beats(*[1.0] * 60), 61 * REFRESH_MS)
    assert pace is not None
    assert pace.fps == pytest.approx(60.0)
    assert pace.dropped_percent == 0.0
    assert pace.freeze_ms == pytest.approx(REFRESH_MS)


def test_a_long_frame_drops_what_it_skips() -> None:
    pace = frame_pace(beats(*[1.0] * 96, 5.0), 101 * REFRESH_MS)
    assert pace is not None
    assert pace.dropped_percent == pytest.approx(100 * 4 / 101)
    assert pace.max_ms == pytest.approx(5 * REFRESH_MS)


@pytest.mark.parametrize(
    ("interval", "lost"), [(16.7, 0), (20.0, 0), (30.0, 1), (33.3, 1), (8.3, 0), (100.0, 5)]
)
def test_dropped_refreshes(interval: float, lost: int) -> None:
    assert dropped(interval) == lost


def test_a_window_that_ends_frozen_is_a_freeze() -> None:
    pace = frame_pace(beats(*[1.0] * 10), 1000.0)
    assert pace is not None
    assert pace.freeze_ms == pytest.approx(1000.0 - 11 * REFRESH_MS)


def test_hidden_time_is_nobodys_freeze() -> None:
    times = beats(1.0, 1.0, 120.0, 1.0, 1.0)
    pace = frame_pace(times, 2200.0, [(times[2] + 1.0, times[3] - 1.0)])
    assert pace is not None
    assert pace.freeze_ms == pytest.approx(REFRESH_MS)
    assert pace.dropped_percent == 0.0


def test_two_frames_have_no_pace() -> None:
    assert frame_pace([0.0, 16.7], 100.0) is None
