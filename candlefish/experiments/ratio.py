"""Sample-ratio mismatch: whether units were dealt to the arms as the shares say."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Sequence

P_MIN: Final = 0.001
"""Below this an experiment's results are not to be trusted (Fabijan et al., KDD 2019)."""


def sample_ratio_p(counts: Sequence[int], shares: Sequence[float]) -> float:
    """The p-value of Pearson's χ² test of unit counts against shares. Arms without a share are left out.

    Raises:
        ValueError: lengths differ, or a unit is in an arm that has no share.
    """
    if len(counts) != len(shares):
        raise ValueError(f"expected a share for each arm, got {len(counts)} counts and {len(shares)} shares")
    if any(count and not share for count, share in zip(counts, shares, strict=True)):
        raise ValueError("an arm without a share has units")
    active = [(count, share) for count, share in zip(counts, shares, strict=True) if share]
    total, whole = sum(count for count, _ in active), sum(share for _, share in active)
    if not total or len(active) < 2:
        return 1.0
    expected = [total * share / whole for _, share in active]
    chi2 = sum((count - want) ** 2 / want for (count, _), want in zip(active, expected, strict=True))
    return chi2_survival(chi2, len(active) - 1)


def chi2_survival(value: float, degrees: int) -> float:
    """P(χ² > value) for whole degrees of freedom ≥ 1.

    By Q(a + 1, x) = Q(a, x) + xᵃ e⁻ˣ / Γ(a + 1) from Q(½, x) = erfc √x or Q(1, x) = e⁻ˣ (DLMF 8.8.6).
    """
    x = value / 2
    a = 0.5 if degrees % 2 else 1.0
    survival = math.erfc(math.sqrt(x)) if degrees % 2 else math.exp(-x)
    while a < degrees / 2:
        survival += math.exp(a * math.log(x) - x - math.lgamma(a + 1)) if x else 0.0
        a += 1
    return min(1.0, survival)
