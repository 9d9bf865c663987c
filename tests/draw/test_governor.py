import math
import random

import pytest

from candlefish.draw.governor import RUNGS, Governor, dpr_for


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
    run(governor, 1.0, 4.0, interval_ms=33.3)
    assert governor.rung >= 1


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
