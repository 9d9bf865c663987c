"""The statistics: against tables, against SciPy, and by simulation."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from candlefish.experiments.analysis import (
    UNITS_MIN,
    Observation,
    SampleStatistics,
    analyse,
    chi2_survival,
    confidence_sequence,
    cuped,
    effect,
    newcombe,
    sample_of_conversions,
    sample_of_values,
    sample_ratio_p,
    sequential_p,
    wilson,
)
from candlefish.experiments.definition import Experiment, Metric, MetricKind, Variant

if TYPE_CHECKING:
    from numpy.typing import NDArray

ALPHA = 0.05
DAYS = 30
UNITS_A_DAY = 200


@given(st.floats(0, 200), st.integers(1, 12))
def test_chi_squared_is_scipys(value: float, degrees: int) -> None:
    assert chi2_survival(value, degrees) == pytest.approx(stats.chi2.sf(value, degrees), rel=1e-9, abs=1e-300)


def test_sample_ratios() -> None:
    assert sample_ratio_p([5_000, 5_000], [0.5, 0.5]) == 1
    assert sample_ratio_p([5_000, 5_300], [0.5, 0.5]) == pytest.approx(
        stats.chisquare([5_000, 5_300]).pvalue, rel=1e-9
    )
    assert sample_ratio_p([2_500, 5_000, 2_500], [25, 50, 25]) == 1
    assert sample_ratio_p([0, 0], [1, 1]) == 1
    assert sample_ratio_p([10, 0], [1, 0]) == 1
    with pytest.raises(ValueError, match="without a share has units"):
        sample_ratio_p([10, 1], [1, 0])
    with pytest.raises(ValueError, match="a share for each arm"):
        sample_ratio_p([10], [1, 1])


def test_a_planted_mismatch_is_found_and_none_is_made_up() -> None:
    rng = np.random.default_rng(1)
    honest = [
        sample_ratio_p(counts, [30, 50, 20])
        for counts in rng.multinomial(10_000, [0.3, 0.5, 0.2], 2_000).tolist()
    ]
    assert np.mean(np.array(honest) < 0.05) == pytest.approx(0.05, abs=0.015)
    biased = [
        sample_ratio_p(counts, [50, 50]) for counts in rng.multinomial(10_000, [0.53, 0.47], 200).tolist()
    ]
    assert np.mean(np.array(biased) < 0.001) > 0.95


def test_intervals_known_from_papers() -> None:
    assert wilson(sample_of_conversions(81, 263)) == pytest.approx((0.2553, 0.3662), abs=5e-5)
    interval = newcombe(sample_of_conversions(48, 80), sample_of_conversions(56, 70))
    assert (interval.low, interval.high) == pytest.approx((0.0524, 0.3339), abs=5e-5)
    interval = newcombe(sample_of_conversions(0, 10), sample_of_conversions(10, 10))
    assert interval.high == pytest.approx(1.0)
    assert interval.low > 0.5


def test_the_fixed_interval_covers_as_often_as_it_says() -> None:
    rng = np.random.default_rng(2)
    covered = 0
    for _ in range(2_000):
        control, treatment = rng.exponential(2, 400), rng.exponential(2, 300) + 0.5
        covered += not effect(sample_of_values(control), sample_of_values(treatment)).interval.excludes(0.5)
    assert covered / 2_000 == pytest.approx(1 - ALPHA, abs=0.015)


@pytest.mark.parametrize(("rate", "lift"), [(0.5, 0.1), (0.03, 0.0), (0.1, -0.05)])
def test_newcombes_interval_covers_as_often_as_it_says(rate: float, lift: float) -> None:
    rng = np.random.default_rng(3)
    converted = rng.binomial(500, [rate, rate + lift], (2_000, 2)).tolist()
    covered = [
        not newcombe(sample_of_conversions(c, 500), sample_of_conversions(t, 500)).excludes(lift)
        for c, t in converted
    ]
    assert 0.935 <= np.mean(covered) <= 0.975


def daily_samples(values: NDArray[np.float64]) -> list[SampleStatistics]:
    """The sample at the end of each day, of values (days × units)."""
    return [sample_of_values(values[: day + 1].ravel()) for day in range(len(values))]


@pytest.mark.slow
def test_peeking_every_day_raises_no_false_alarm() -> None:
    """1,000 A/A experiments, 30 looks each: the sequence alarms in ≤ 5 %, the fixed test in far more."""
    rng = np.random.default_rng(4)
    sequential = fixed = 0
    for _ in range(1_000):
        arms = rng.exponential(60, (2, DAYS, UNITS_A_DAY))
        looks = [effect(c, t) for c, t in zip(daily_samples(arms[0]), daily_samples(arms[1]), strict=True)]
        sequential += any(look.sequence.excludes(0) for look in looks)
        fixed += any(look.p < ALPHA for look in looks)
    assert sequential / 1_000 <= 0.05
    assert fixed / 1_000 > 0.15


@pytest.mark.parametrize("rate", [0.02, 0.5])
def test_peeking_at_conversions_raises_no_false_alarm(rate: float) -> None:
    rng = np.random.default_rng(5)
    converted = rng.binomial(UNITS_A_DAY, rate, (1_000, DAYS, 2)).cumsum(axis=1)
    units = UNITS_A_DAY * np.arange(1, DAYS + 1)
    alarms = 0
    for run in converted:
        alarms += any(
            sequential_p(sample_of_conversions(int(c), int(n)), sample_of_conversions(int(t), int(n))) < ALPHA
            for (c, t), n in zip(run, units, strict=True)
        )
    assert alarms / 1_000 <= 0.05


@pytest.mark.slow
def test_the_sequence_covers_the_truth_on_all_days_together() -> None:
    rng = np.random.default_rng(6)
    missed = 0
    for _ in range(500):
        arms = rng.gamma(2, 10, (2, DAYS, UNITS_A_DAY)) + np.array([0, 1.5])[:, None, None]
        looks = zip(daily_samples(arms[0]), daily_samples(arms[1]), strict=True)
        missed += any(confidence_sequence(c, t).excludes(1.5) for c, t in looks)
    assert missed / 500 <= 0.05


def test_a_planted_effect_is_found() -> None:
    rng = np.random.default_rng(7)
    detected = 0
    for _ in range(200):
        converted = rng.binomial(5_000, [0.30, 0.34])
        control, treatment = (sample_of_conversions(int(each), 5_000) for each in converted)
        detected += sequential_p(control, treatment) < ALPHA
    assert detected / 200 > 0.8


def test_the_sequences_p_and_interval_agree() -> None:
    rng = np.random.default_rng(8)
    for _ in range(300):
        control, treatment = (
            sample_of_values(rng.normal(shift, 1, 300)) for shift in (0, rng.normal(0, 0.2))
        )
        excluded = confidence_sequence(control, treatment, ALPHA).excludes(0)
        assert excluded == (sequential_p(control, treatment, ALPHA) < ALPHA)


def test_too_few_units_say_nothing() -> None:
    few = sample_of_conversions(UNITS_MIN - 1, UNITS_MIN - 1)
    none = sample_of_conversions(0, UNITS_MIN - 1)
    result = effect(none, few)
    assert (result.p_sequential, result.sequence.low, result.sequence.high) == (1, -math.inf, math.inf)
    assert effect(sample_of_values([]), sample_of_values([])).p == 1
    assert effect(sample_of_conversions(0, 0), sample_of_conversions(0, 0)).interval.high == 1


def test_what_never_varies_is_no_division_by_zero() -> None:
    same, other = sample_of_values([2.0] * 200), sample_of_values([3.0] * 200)
    assert effect(same, same).p == 1
    assert (effect(same, other).p, effect(same, other).p_sequential) == (0, 0)


@pytest.mark.parametrize("alpha", [0, 1, -0.1, math.nan])
def test_a_level_that_is_none_is_an_error(alpha: float) -> None:
    with pytest.raises(ValueError, match="alpha"):
        effect(sample_of_values([1.0]), sample_of_values([1.0]), alpha)


def test_bad_values_are_errors() -> None:
    with pytest.raises(ValueError, match="finite"):
        sample_of_values([1.0, math.nan])
    with pytest.raises(ValueError, match="expected 0…3"):
        sample_of_conversions(4, 3)
    with pytest.raises(ValueError, match="a prior for each value"):
        cuped([np.ones(2)], [np.ones(3)])


def test_cuped_narrows_the_interval_and_keeps_the_effect() -> None:
    rng = np.random.default_rng(9)
    plain_error, adjusted_error, differences = [], [], []
    for _ in range(200):
        priors = [rng.normal(50, 10, 400) for _ in range(2)]
        values = [
            0.9 * prior + rng.normal(0, 4, 400) + shift for prior, shift in zip(priors, (0, 2), strict=True)
        ]
        adjusted = cuped(list(values), list(priors))
        plain_error.append(effect(sample_of_values(values[0]), sample_of_values(values[1])).interval)
        adjusted_error.append(effect(sample_of_values(adjusted[0]), sample_of_values(adjusted[1])).interval)
        differences.append(sample_of_values(adjusted[1]).mean - sample_of_values(adjusted[0]).mean)
    assert np.mean(differences) == pytest.approx(2, abs=0.08)
    width = [
        np.mean([each.high - each.low for each in intervals]) for intervals in (plain_error, adjusted_error)
    ]
    assert width[1] < 0.5 * width[0]
    covered = np.mean([not interval.excludes(2) for interval in adjusted_error])
    assert covered >= 0.9


def test_cuped_without_priors_changes_nothing() -> None:
    values = [np.arange(5.0), np.arange(7.0)]
    unknown = [np.full(5, np.nan), np.full(7, np.nan)]
    for priors in (unknown, [np.ones(5), np.ones(7)]):
        for before, after in zip(values, cuped(list(values), list(priors)), strict=True):
            assert np.array_equal(before, after)


FPS = Metric("fps", MetricKind.MEAN, guardrail=True, tolerance=2)
ERRORS = Metric("errors", MetricKind.MEAN, guardrail=True, higher_is_better=False)
REACHED = Metric("reached", MetricKind.CONVERSION)
EXPERIMENT = Experiment(
    "effects",
    "effects",
    (Variant("rich", 2_500, {}), Variant("standard", 5_000, {}), Variant("minimal", 2_500, {})),
    "standard",
    metrics=(REACHED, FPS, ERRORS),
)


def observations(variant: str, count: int, *, fps: float, converted: float, seed: int) -> list[Observation]:
    rng = np.random.default_rng(seed)
    frames, reached = rng.normal(fps, 3, count), rng.random(count) < converted
    return [
        Observation(
            variant, {"fps": float(frames[i]), "errors": 0.0} | ({"reached": 1.0} if reached[i] else {})
        )
        for i in range(count)
    ]


def test_a_report_finds_what_is_there_and_a_guardrail_breaks_only_beyond_its_tolerance() -> None:
    units = [
        *observations("rich", 1_000, fps=52, converted=0.4, seed=1),
        *observations("standard", 2_000, fps=59, converted=0.3, seed=2),
        *observations("minimal", 1_000, fps=58, converted=0.3, seed=3),
        Observation("unheard_of", {}),
    ]
    report = analyse(EXPERIMENT, units)
    assert report.counts == {"rich": 1_000, "standard": 2_000, "minimal": 1_000}
    assert (report.ratio_p, report.mismatched) == (1, False)
    findings = {(each.variant, each.metric.name): each for each in report.findings}
    assert findings["rich", "fps"].broken
    assert not findings["minimal", "fps"].broken
    assert not findings["rich", "errors"].broken
    assert not findings["rich", "reached"].broken
    assert (
        findings["rich", "reached"].effect.p_sequential
        < 0.05
        < findings["minimal", "reached"].effect.p_sequential
    )
    assert findings["rich", "reached"].effect.relative == pytest.approx(1 / 3, abs=0.1)


def test_a_report_says_when_units_were_lost() -> None:
    units = [
        *observations("rich", 850, fps=59, converted=0.3, seed=1),
        *observations("standard", 2_000, fps=59, converted=0.3, seed=2),
        *observations("minimal", 1_000, fps=59, converted=0.3, seed=3),
    ]
    assert analyse(EXPERIMENT, units).mismatched


def test_an_experiment_without_units_is_reported_too() -> None:
    report = analyse(EXPERIMENT, [])
    assert report.ratio_p == 1
    assert not any(finding.broken for finding in report.findings)
