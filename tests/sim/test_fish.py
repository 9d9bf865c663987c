"""How the body follows the head."""

import math

import numpy as np
import pytest

from candlefish.sim.anatomy import ANATOMY
from candlefish.sim.clock import STEP_S
from candlefish.sim.easing import spring
from candlefish.sim.fish import STATIONS, Spine


@pytest.mark.parametrize("omega", [2.0, 8.0, 40.0])
def test_however_fast_the_head_turns_no_fish_folds_in_the_middle(omega: float) -> None:
    spine = Spine()
    spine.settle(0.2, 0.0)
    yaw, speed, bends = 0.2, 0.0, []
    for _ in range(400):
        yaw, speed = spring(yaw, speed, math.pi - 0.2, omega, STEP_S)
        spine.update(yaw, 0.0, speed, 1.0, 0.3, STEP_S)
        bends.append(float(np.abs(spine.yaw - yaw).max()))
    assert max(bends) <= ANATOMY.gait.bend_most_rad + 1e-9
    assert max(bends) > 0.2, "it does follow late"
    assert bends[-1] < 0.05, "and comes along in the end"


def test_each_joint_turns_no_more_than_its_share() -> None:
    spine = Spine()
    spine.settle(0.0, 0.0)
    spine.update(3.0, 0.0, 10.0, 1.0, 0.3, STEP_S)
    share = ANATOMY.gait.bend_most_rad / (STATIONS - 1)
    assert np.abs(np.diff(spine.yaw)).max() <= share + 1e-9
