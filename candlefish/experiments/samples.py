"""Values of units, summed up: what every estimate is made from."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

    FloatArray = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Sample:
    """One arm's values of a metric: how many units, their mean and variance (n − 1).

    `successes` is set where values are 0 or 1.
    """

    n: int
    mean: float
    variance: float
    successes: int | None = None

    @property
    def standard_error(self) -> float:
        """Of the mean; infinite without a unit."""
        return math.sqrt(self.variance / self.n) if self.n else math.inf


def of_values(values: ArrayLike) -> Sample:
    """A sample of measured values; nan and infinite ones raise `ValueError`."""
    array = np.asarray(values, dtype=np.float64)
    if array.ndim != 1 or not np.isfinite(array).all():
        raise ValueError("values: expected one list of finite numbers")
    n = int(array.size)
    variance = float(array.var(ddof=1)) if n > 1 else 0.0
    return Sample(n, float(array.mean()) if n else 0.0, variance)


def of_conversions(successes: int, n: int) -> Sample:
    """A sample of `n` units of which `successes` converted.

    The variance is that of the Agresti–Coull proportion (successes + 1) / (n + 2), so that a few units
    without a conversion are not taken for certainty (Agresti & Caffo, The American Statistician, 2000).
    """
    if not 0 <= successes <= n:
        raise ValueError(f"conversions: expected 0…{n}, got {successes}")
    shrunk = (successes + 1) / (n + 2)
    return Sample(n, successes / n if n else 0.0, shrunk * (1 - shrunk), successes)


def cuped(values: list[ArrayLike], priors: list[ArrayLike]) -> list[FloatArray]:
    """Values of each arm with what their priors explain taken out (CUPED).

    The coefficient θ = cov(value, prior) / var(prior) is one for all arms, and priors are centred over
    all units, so the difference between arms keeps its meaning. A prior of nan counts as the mean.
    Deng, Xu, Kohavi, Walker: "Improving the sensitivity of online controlled experiments", WSDM 2013.
    """
    arms = [np.asarray(arm, dtype=np.float64) for arm in values]
    before = [np.asarray(arm, dtype=np.float64) for arm in priors]
    if [arm.shape for arm in arms] != [arm.shape for arm in before]:
        raise ValueError("cuped: expected a prior for each value")
    x = np.concatenate(before)
    known = np.isfinite(x)
    if known.sum() < 2 or np.ptp(x[known]) == 0:
        return arms
    centre = x[known].mean()
    theta = _slope(arms, before)
    explained = [theta * np.nan_to_num(prior - centre, nan=0.0) for prior in before]
    return [arm - part for arm, part in zip(arms, explained, strict=True)]


def _slope(arms: list[FloatArray], priors: list[FloatArray]) -> float:
    """The slope of values over priors within arms: a difference between arms must not feed it."""
    top = bottom = 0.0
    for arm, prior in zip(arms, priors, strict=True):
        known = np.isfinite(prior)
        if known.sum() > 1:
            x = prior[known] - prior[known].mean()
            top += float(x @ (arm[known] - arm[known].mean()))
            bottom += float(x @ x)
    return top / bottom if bottom else 0.0
