"""Memory: its breakdown, its growth, and allocations, from recorded answers."""

from __future__ import annotations

import pytest

from candlefish.bench.memory_sampler import MemorySample, by_type, growth, total_bytes


def test_memory_by_type() -> None:
    breakdown = [
        {"bytes": 2_000_000, "types": ["JavaScript"]},
        {"bytes": 1_000_000, "types": ["JavaScript"]},
        {"bytes": 500_000, "types": ["DOM"]},
        {"bytes": 0, "types": []},
    ]
    assert by_type({"bytes": 3_500_000, "breakdown": breakdown}) == {
        "all": 3.5, "JavaScript": 3.0, "DOM": 0.5, "other": 0.0,
    }  # fmt: skip


def samples(mb_min: float, count: int = 12) -> list[MemorySample]:
    return [MemorySample(5.0 * i, 14.0 + mb_min * i / 12.0, 21.0, 20.0, 4.0, 100.0) for i in range(count)]


def test_growth_is_found_with_its_interval() -> None:
    growth_mb_min = growth(samples(1.0))["slope_mb_min"]
    assert growth_mb_min.estimate == pytest.approx(1.0)
    assert 0.9 < growth_mb_min.low <= growth_mb_min.high < 1.1
    assert growth(samples(0.0))["slope_mb_min"].estimate == 0.0
    assert growth(samples(1.0, 3)) == {}


def test_pythons_growth_counts_before_its_memory_grows() -> None:
    leaking = [MemorySample(5.0 * i, 14.0, 21.0, 19.0 + 0.1 * i, 4.0, 100.0) for i in range(12)]
    assert growth(leaking)["slope_mb_min"].estimate == pytest.approx(1.2)


def test_sampled_allocations_add_up() -> None:
    head = {"selfSize": 100, "children": [{"selfSize": 50, "children": []}, {"selfSize": 5, "children": []}]}
    assert total_bytes(head) == 155.0
