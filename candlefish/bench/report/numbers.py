"""Numbers as people read them."""

from __future__ import annotations

import math

from candlefish.bench.measures import MEASURES


def number(value: float | None) -> str:
    """Three or four telling digits: 0.123, 16.67, 128, 5,760; – for nothing."""
    if value is None or not math.isfinite(value):
        return "–"
    size = abs(value)
    if size >= 100:
        return f"{value:,.0f}"
    if size >= 10:
        return f"{value:.1f}"
    text = f"{value:.2f}" if size >= 1 else f"{value:.3f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def with_unit(name: str, value: float | None) -> str:
    """A measure's value with its unit."""
    return f"{number(value)} {MEASURES[name].unit}".rstrip()


def spread(values: list[float]) -> str:
    """The least and the greatest of several rounds; "" of one."""
    return f"{number(min(values))} … {number(max(values))}" if len(values) > 1 else ""
