"""Who gets which variant."""

from __future__ import annotations

import tomllib
from collections import Counter
from dataclasses import replace
from typing import Any

import pytest
from growthbook import core as growthbook
from hypothesis import given
from hypothesis import strategies as st

from candlefish.experiments.analysis import sample_ratio_p
from candlefish.experiments.assignment import (
    Assignment,
    Exposures,
    assign,
    assign_all,
    bucket,
    fnv1a32,
    namespace_bucket,
    settings,
)
from candlefish.experiments.definition import (
    DefinitionError,
    Experiment,
    Namespace,
    Status,
    Variant,
    from_wire,
    to_wire,
)
from candlefish.service.experiments import load_experiments, read_experiments

UNITS = [f"unit-{number}" for number in range(10_000)]
SPEC_SHARES = {
    "emotional_complexity": {"basic": 30, "standard": 50, "advanced": 20},
    "trust_rate": {"slow": 25, "standard": 50, "fast": 25},
    "visual_effects": {"minimal": 25, "standard": 50, "rich": 25},
    "memory_persistence": {"local": 40, "hybrid": 40, "cloud_sync": 20},
}


def named(name: str) -> Experiment:
    return next(each for each in load_experiments() if each.name == name)


def test_the_shares_are_those_that_were_asked_for() -> None:
    shares = {
        each.name: {variant.name: variant.share / 100 for variant in each.variants}
        for each in load_experiments()
    }
    assert shares == SPEC_SHARES


def test_the_trust_rates_are_those_that_were_asked_for() -> None:
    rates = [variant.settings["trust_rate"] for variant in named("trust_rate").variants]
    assert rates == [0.7, 1.0, 1.3]


ascii_texts = st.text(st.characters(max_codepoint=127), max_size=40)


@given(ascii_texts, ascii_texts)
def test_the_hash_is_growthbooks(seed: str, unit: str) -> None:
    """For ASCII, which ids are: beyond it GrowthBook's own kits differ from each other."""
    assert fnv1a32(seed) == growthbook.fnv1a32(seed)
    assert bucket(seed, unit) / 10_000 == growthbook.gbhash(seed, unit, 2)
    assert namespace_bucket(seed, unit) / 1_000 == growthbook.gbhash("__" + seed, unit, 1)


def test_known_values_of_the_hash() -> None:
    assert [fnv1a32(text) for text in ("", "a", "foobar")] == [0x811C9DC5, 0xE40C292C, 0xBF9CF968]


@pytest.mark.parametrize("name", SPEC_SHARES)
def test_ten_thousand_units_are_dealt_as_growthbook_deals_them(name: str) -> None:
    experiment = named(name)
    weights = [variant.share / 10_000 for variant in experiment.variants]
    ranges = growthbook.getBucketRanges(len(weights), 1, weights)
    for unit in UNITS:
        place = growthbook.gbhash(name, unit, 2)
        assert place is not None
        index = growthbook.chooseVariation(place, ranges)
        assigned = assign(experiment, unit)
        assert assigned is not None
        assert assigned.variant == experiment.variants[index]


@pytest.mark.parametrize("name", SPEC_SHARES)
def test_shares_come_out_and_experiments_are_independent(name: str) -> None:
    experiment = named(name)
    dealt = {unit: variant_of(experiment, unit) for unit in UNITS}
    counts = Counter(dealt.values())
    shares = SPEC_SHARES[name]
    assert sample_ratio_p([counts[variant] for variant in shares], list(shares.values())) > 0.001
    other = named("trust_rate" if name != "trust_rate" else "visual_effects")
    for first in shares:
        units = [unit for unit in UNITS if dealt[unit] == first]
        within = Counter(variant_of(other, unit) for unit in units)
        others = SPEC_SHARES[other.name]
        assert sample_ratio_p([within[variant] for variant in others], list(others.values())) > 0.001


def variant_of(experiment: Experiment, unit: str) -> str | None:
    assigned = assign(experiment, unit)
    return assigned.variant.name if assigned else None


def test_a_unit_keeps_its_variant_when_shares_change() -> None:
    experiment = named("trust_rate")
    changed = replace(
        experiment,
        variants=tuple(
            replace(variant, share=share)
            for variant, share in zip(experiment.variants, (9_800, 100, 100), strict=True)
        ),
    )
    for unit in UNITS[:300]:
        before = variant_of(experiment, unit)
        kept = assign(changed, unit, before)
        assert kept is not None
        assert (kept.variant.name, kept.kept) == (before, True)
    assert any(variant_of(experiment, unit) != variant_of(changed, unit) for unit in UNITS[:300])


def test_an_unknown_earlier_variant_is_dealt_anew() -> None:
    assert assign(named("trust_rate"), "unit-1", "warp") == assign(named("trust_rate"), "unit-1")


def test_a_stopped_variant_gives_the_control_and_is_not_counted() -> None:
    running = named("trust_rate")
    experiment = replace(running, stopped=frozenset({"fast"}))
    unit = next(unit for unit in UNITS if variant_of(running, unit) == "fast")
    for sticky in (None, "fast"):
        assigned = assign(experiment, unit, sticky)
        assert assigned is not None
        assert (assigned.variant.name, assigned.counted) == ("standard", False)
        assert not Exposures().first(assigned)


def test_nobody_takes_part_who_must_not() -> None:
    experiment = named("trust_rate")
    assert assign(experiment, "") is None
    assert assign(replace(experiment, status=Status.STOPPED), "unit-1") is None
    assert assign_all([experiment], "unit-1", excluded=True) == {}
    assert set(assign_all([experiment], "unit-1")) == {"trust_rate"}


def test_disjoint_slices_of_a_namespace_never_meet() -> None:
    low = replace(named("trust_rate"), namespace=Namespace("page", 0, 500))
    high = replace(named("visual_effects"), namespace=Namespace("page", 500, 1_000))
    taking = [(assign(low, unit) is not None, assign(high, unit) is not None) for unit in UNITS]
    assert all(first != second for first, second in taking)
    assert 4_700 < sum(first for first, _ in taking) < 5_300
    for unit in UNITS[:1_000]:
        assert (assign(low, unit) is not None) == growthbook.inNamespace(unit, ("page", 0, 0.5))


def test_coverage_leaves_a_part_out_and_keeps_the_ratio() -> None:
    experiment = replace(named("trust_rate"), coverage=2_000)
    counts = Counter(variant_of(experiment, unit) for unit in UNITS)
    assert 7_800 < counts[None] < 8_200
    assert sample_ratio_p([counts["slow"], counts["standard"], counts["fast"]], [25, 50, 25]) > 0.001


def test_an_exposure_is_logged_once() -> None:
    assigned = Assignment("e", Variant("a", 10_000, {}))
    exposures = Exposures()
    assert [exposures.first(assigned) for _ in range(3)] == [True, False, False]
    assert not Exposures([("e", "a")]).first(assigned)


def test_settings_of_all_variants_together() -> None:
    assigned = assign_all(load_experiments(), "unit-1")
    assert set(settings(assigned)) == {"complexity", "trust_rate", "effects", "persistence"}


def test_the_wire_loses_nothing_that_assignment_needs() -> None:
    experiments = tuple(
        replace(each, metrics=(), help="", namespace=Namespace("n", 1, 900)) for each in load_experiments()
    )
    assert from_wire({"version": 1, "experiments": [to_wire(each) for each in experiments]}) == experiments


@pytest.mark.parametrize(
    "document", [{}, {"version": 2}, {"version": 1}, {"version": 1, "experiments": [{}]}]
)
def test_a_strange_configuration_is_an_error(document: dict[str, Any]) -> None:
    with pytest.raises(DefinitionError):
        from_wire(document)


GOOD = """
[experiments.one.variants]
a = { percent = 50, x = 1 }
b = { percent = 50 }
"""


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (GOOD.replace("50 }", "49 }"), "experiments.one.variants: shares sum to 99 %, not 100 %"),
        (GOOD.replace("50 }", "50.005 }"), "at most two decimals"),
        (
            GOOD.replace("50 }", "-1 }"),
            "experiments.one.variants.b.percent: expected a number from 0 to 100, got -1",
        ),
        (GOOD.replace("one", "One"), "is no name"),
        (GOOD.replace("b =", '"b c" ='), "is no name"),
        (GOOD + "[experiments.one]\ncontrol = 'c'", "no variant is named 'c'"),
        (
            GOOD + "[experiments.one]\nstatus = 'paused'",
            "experiments.one.status: expected one of running, stopped, got 'paused'",
        ),
        (
            GOOD + "[experiments.one]\nspeed = 1",
            "experiments.one: unknown field 'speed'; known: variants, help",
        ),
        (
            GOOD + "[experiments.one]\ncoverage = 101",
            "experiments.one.coverage: expected a number from 0 to 100, got 101",
        ),
        (
            GOOD + "[experiments.one.metrics]\nm = { kind = 'median' }",
            "one.metrics.m.kind: expected one of conversion, mean, got 'median'",
        ),
        (
            GOOD + "[experiments.one.metrics]\nm = { kind = 'mean', better = 'more' }",
            "one.metrics.m.better: expected one of higher, lower, got 'more'",
        ),
        (
            GOOD + "[experiments.one.guardrails]\nm = { kind = 'mean', tolerance = -1 }",
            "one.guardrails.m.tolerance: expected a number at least 0, got -1",
        ),
        (GOOD + "[experiments.one.metrics]\nm = 1", "expected a table"),
        (GOOD + "[experiments.one.namespace]\nname = 'n'\nlow = 50\nhigh = 50", "low must be below high"),
        (GOOD + "[experiments.one.namespace]\nname = 'n'", "experiments.one.namespace.low is missing"),
        (GOOD + "[other]\nx = 1", "unknown field 'other'; known: experiments"),
        ("[experiments]", "expected a table with entries"),
        ("[experiments]\none = 1", "expected a table"),
        ("[experiments.one.variants]\na = 1", "expected { percent"),
    ],
)
def test_a_bad_definition_says_where_and_why(text: str, message: str) -> None:
    with pytest.raises(DefinitionError) as raised:
        read_experiments(order(text), "mine.toml")
    assert message in str(raised.value)
    assert str(raised.value).startswith("mine.toml: experiments") or "other" in text


def order(text: str) -> dict[str, Any]:
    """TOML tables may come in any order but `[experiments.one]` after its subtable."""
    document = tomllib.loads(GOOD) if text.startswith(GOOD) else tomllib.loads(text)
    if text.startswith(GOOD) and len(text) > len(GOOD):
        more = tomllib.loads(text[len(GOOD) :])
        document["experiments"]["one"].update(more.pop("experiments", {}).get("one", {}))
        document.update(more)
    return document
