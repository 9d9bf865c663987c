import math
import random

import pytest

from candlefish.draw.governor import DISPLAY_MS, RUNGS, Governor, dpr_for


def run(governor: Governor, seconds: float, work_ms: float, interval_ms: float = 16.67) -> list[int]:
    return [_beat(governor, interval_ms, work_ms) for _ in range(round(seconds * 1000 / interval_ms))]


def _beat(governor: Governor, interval_ms: float, work_ms: float) -> int:
    governor.beat(interval_ms, work_ms)
    return governor.rung


def test_it_steps_down_within_a_second() -> None:
    governor = Governor()
    run(governor, 3.0, 4.0)
    assert governor.rung == 0
    assert run(governor, 1.3, 14.0)[-1] >= 1


def test_lost_frames_count_like_dear_ones() -> None:
    governor = Governor()
    for frame in range(60):
        governor.beat(33.3 if frame % 2 else 16.67, 4.0)
    assert governor.rung >= 1


@pytest.mark.parametrize("hz", [24, 25, 30, 40, 48, 50, 60, 75, 90, 120, 144, 165, 240])
@pytest.mark.parametrize("jitter", [0.0, 0.08])
def test_a_slow_or_fast_display_is_no_slow_machine(hz: int, jitter: float) -> None:
    governor, hand = Governor(), random.Random(hz)
    for _ in range(hz * 60):
        governor.beat(1000.0 / hz * hand.uniform(1.0 - jitter, 1.0 + jitter), 3.0)
    assert governor.rung == 0
    assert governor.detail == pytest.approx(1.0, abs=0.01)
    assert governor.display.ms == pytest.approx(max(1000.0 / hz, DISPLAY_MS), rel=0.08)


@pytest.mark.parametrize(
    ("intervals_ms", "work_ms"),
    [((16.7, 33.4), 14.0), ((33.4,), 20.0), ((33.4,), 30.0), ((50.0,), 4.0), ((16.7, 50.0, 33.4), 4.0)],
)
def test_a_slow_machine_is_no_slow_display(intervals_ms: tuple[float, ...], work_ms: float) -> None:
    governor = Governor()
    for frame in range(240):
        governor.beat(intervals_ms[frame % len(intervals_ms)], work_ms)
    assert governor.rung == len(RUNGS) - 1
    assert governor.display.ms == DISPLAY_MS


def test_a_display_that_changes_while_it_lives_is_followed() -> None:
    governor = Governor()
    for hz in (60, 30, 60, 120, 24, 60):
        run(governor, 20.0, 3.0, interval_ms=1000.0 / hz)
        assert governor.rung == 0
        assert governor.display.ms == pytest.approx(max(1000.0 / hz, DISPLAY_MS))


def test_work_is_judged_by_the_display() -> None:
    """20 ms are dear at 60 Hz, and fit well into the 33 ms of a display that is known to be slow."""
    governor = Governor()
    run(governor, 2.0, 3.0, interval_ms=33.33)
    assert run(governor, 5.0, 20.0, interval_ms=33.33)[-1] == 0
    assert run(governor, 2.0, 25.0, interval_ms=33.33)[-1] >= 1


def test_it_steps_up_only_after_five_seconds_of_headroom() -> None:
    governor = Governor()
    run(governor, 0.7, 14.0)
    down = governor.rung
    assert down == 1
    assert set(run(governor, 4.9, 4.0)) == {down}
    assert run(governor, 0.3, 4.0)[-1] == 0


def test_no_headroom_no_step_up() -> None:
    governor = Governor()
    run(governor, 0.7, 14.0)
    assert set(run(governor, 60.0, 9.0)) == {1}


def test_a_hiccup_now_and_then_does_not_keep_it_down() -> None:
    governor = Governor()
    run(governor, 0.7, 14.0)
    for frame in range(60 * 12):
        governor.beat(33.3 if frame % 60 == 0 else 16.67, 5.0)
    assert governor.rung == 0


def test_a_machine_that_bears_one_rung_and_not_the_next_is_left_in_peace() -> None:
    """Its work follows the rung: cheap enough below, too dear at the top."""
    governor = Governor()
    changes = 0
    for _ in range(60 * 600):
        before = governor.rung
        governor.beat(16.67, 15.0 if governor.rung == 0 else 5.0)
        changes += governor.rung != before
    assert changes <= 9, "in ten minutes"


@pytest.mark.parametrize("seed", range(20))
def test_noise_about_the_budget_does_not_make_it_swing(seed: int) -> None:
    governor, hand = Governor(), random.Random(seed)
    turns, direction = 0, 0
    for _ in range(60 * 120):
        before = governor.rung
        governor.beat(hand.choice((16.7, 16.7, 16.7, 16.7, 16.7, 33.3)), hand.gauss(9.0, 2.5))
        step = governor.rung - before
        if step and step != direction:
            turns, direction = turns + 1, step
    assert turns <= 2


def test_detail_never_jumps() -> None:
    governor, last = Governor(), 1.0
    for frame in range(60 * 60):
        detail = governor.beat(16.67, 15.0 if frame // 600 % 2 else 3.0)
        assert abs(detail - last) < 0.012
        assert RUNGS[-1] - 1e-9 <= detail <= 1.0
        last = detail


def test_a_pause_tells_nothing() -> None:
    governor = Governor()
    for _ in range(500):
        governor.beat(0.0, 500.0)
    assert governor.rung == 0 and governor.detail == 1.0


@pytest.mark.parametrize(
    ("size", "dpr", "expected"),
    [
        ((1280, 720), 1, 1),
        ((390, 844), 3, 2),
        ((2560, 1440), 2, 1),
        ((1280, 720), 2, 1.8634),
        ((320, 120), 0.5, 0.5),
    ],
)
def test_device_pixels_are_capped(size: tuple[float, float], dpr: float, expected: float) -> None:
    assert math.isclose(dpr_for(size, dpr), expected, rel_tol=1e-3)
