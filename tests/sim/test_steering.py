import math

from hypothesis import given
from hypothesis import strategies as st

from candlefish.sim.steering import arrive, avoid_walls, flee, inside, limited, pursue, seek

number = st.floats(-1e4, 1e4)
place = st.tuples(number, number)
SIZE = (800.0, 480.0)


@given(place, place, st.floats(1.0, 500.0))
def test_seek_and_flee_are_opposite_and_at_full_speed(
    here: tuple[float, float], there: tuple[float, float], speed: float
) -> None:
    if math.dist(here, there) < 1e-3:
        return
    to, away = seek(here, there, speed), flee(here, there, speed)
    assert math.isclose(math.hypot(*to), speed, rel_tol=1e-6)
    assert math.isclose(to[0], -away[0], abs_tol=1e-6) and math.isclose(to[1], -away[1], abs_tol=1e-6)


@given(place, place, st.floats(1.0, 500.0), st.floats(1.0, 300.0))
def test_arrive_never_passes_the_speed_and_stops_at_the_place(
    here: tuple[float, float], there: tuple[float, float], speed: float, slow: float
) -> None:
    assert math.hypot(*arrive(here, there, speed, slow)) <= speed * (1 + 1e-9)
    assert arrive(there, there, speed, slow) == (0.0, 0.0)


def test_pursue_leads_a_moving_target() -> None:
    straight = seek((0.0, 0.0), (100.0, 0.0), 50.0)
    led = pursue((0.0, 0.0), (100.0, 0.0), (0.0, 80.0), 50.0, 10.0)
    assert straight[1] == 0.0
    assert led[1] > 10.0


@given(place, place)
def test_walls_push_inwards_from_outside(here: tuple[float, float], wish: tuple[float, float]) -> None:
    vx, vy = avoid_walls(here, limited(*wish, 100.0), SIZE, (100.0, 60.0))
    assert here[0] > 0 or vx > 0
    assert here[0] < SIZE[0] or vx < 0
    assert here[1] > 0 or vy > 0
    assert here[1] < SIZE[1] or vy < 0


def test_walls_leave_the_middle_alone() -> None:
    assert avoid_walls((400.0, 240.0), (33.0, -7.0), SIZE, (100.0, 60.0)) == (33.0, -7.0)


@given(place, st.floats(0.0, 1e3), st.floats(0.0, 1e3))
def test_inside_is_inside(here: tuple[float, float], mx: float, my: float) -> None:
    x, y = inside(here, SIZE, (mx, my))
    assert min(mx, SIZE[0] / 2) <= x <= SIZE[0] - min(mx, SIZE[0] / 2)
    assert min(my, SIZE[1] / 2) <= y <= SIZE[1] - min(my, SIZE[1] / 2)
