"""Plankton too fine to be drawn one by one."""

import numpy as np

from tests.sim.visitors import make_world, nobody, visit


def test_specks_that_nobody_draws_rest_and_the_others_drift_as_ever() -> None:
    some, every = make_world(seed=4), make_world(seed=4)
    some.scenery.dust.limit(1000)
    before = some.scenery.dust.x.copy()
    visit(some, nobody, 0.5)
    visit(every, nobody, 0.5)
    assert (some.scenery.dust.x[1000:] == before[1000:]).all()
    assert (some.scenery.dust.x[:1000] != before[:1000]).all()
    assert np.abs(some.scenery.dust.x[:1000] - every.scenery.dust.x[:1000]).max() < 1e-3
    some.scenery.dust.limit(10**9)
    assert some.scenery.dust.drifting == some.scenery.dust.count
