from hypothesis import given
from hypothesis import strategies as st

from candlefish.sim.stimuli import Habituation


def test_it_dulls_with_exposure_and_recovers_with_rest() -> None:
    habit = Habituation(grow=5.0, recover_s=30.0)
    for _ in range(600):
        habit.update(1.0, 1 / 60)
    dulled = habit.response
    for _ in range(1800):
        habit.update(0.0, 1 / 60)
    assert dulled < 0.2
    assert dulled < habit.response < 1.0


@given(st.lists(st.tuples(st.floats(0.0, 1.0), st.floats(0.0, 10.0)), max_size=60))
def test_it_stays_between_none_and_all(exposures: list[tuple[float, float]]) -> None:
    habit = Habituation(2.0, 8.0)
    for exposure, dt_s in exposures:
        habit.update(exposure, dt_s)
        assert 0.0 <= habit.level <= 1.0


def test_it_does_not_depend_on_the_step() -> None:
    coarse, fine = Habituation(4.0, 20.0), Habituation(4.0, 20.0)
    coarse.update(1.0, 3.0)
    for _ in range(300):
        fine.update(1.0, 0.01)
    assert abs(coarse.level - fine.level) < 1e-9
