import pytest
from hypothesis import given
from hypothesis import strategies as st

from candlefish.sim.clock import MAX_FRAME_S, STEP_S, FixedStepClock


def run(clock: FixedStepClock, elapsed_s: float) -> int:
    steps = clock.due(elapsed_s)
    for _ in range(steps):
        clock.tick()
    return steps


def test_one_step_a_frame_at_the_step_rate_in_spite_of_jitter() -> None:
    clock = FixedStepClock()
    jitter = [0.004, -0.004, 0.002, -0.005, 0.005] * 40
    assert [run(clock, STEP_S + e - p) for e, p in zip(jitter, [0.0, *jitter], strict=False)] == [1] * 200


@pytest.mark.parametrize("hz", [24, 30, 60, 75, 144, 240])
def test_a_minute_is_a_minute_at_any_rate(hz: int) -> None:
    clock = FixedStepClock()
    assert sum(run(clock, 1 / hz) for _ in range(60 * hz)) == pytest.approx(3600, abs=1)


def test_a_long_frame_is_clamped() -> None:
    clock = FixedStepClock()
    assert run(clock, 30.0) <= round(MAX_FRAME_S / STEP_S) + 1


@pytest.mark.parametrize("bad", [-0.1, float("nan"), float("inf")])
def test_a_bad_time_is_refused_by_name(bad: float) -> None:
    with pytest.raises(ValueError, match="elapsed_s"):
        FixedStepClock().due(bad)


@given(st.lists(st.floats(0.0, 0.3), max_size=50))
def test_alpha_stays_between_two_steps(frames: list[float]) -> None:
    clock = FixedStepClock()
    for elapsed_s in frames:
        run(clock, elapsed_s)
        assert 0.0 <= clock.alpha < 1.0 + 1e-9
