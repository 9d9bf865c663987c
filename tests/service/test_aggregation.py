"""Hourly counts."""

from __future__ import annotations

from candlefish.service import aggregation


def test_errors_with_endless_codes_do_not_grow_the_counts() -> None:
    hour = aggregation.HourlyCounts()
    for number in range(500):
        aggregation._count(hour.errors, f"E{number}", aggregation.CODES_MAX)
    assert len(hour.errors) == aggregation.CODES_MAX + 1
    assert sum(hour.errors.values()) == 500
