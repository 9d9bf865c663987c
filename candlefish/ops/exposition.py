"""Reading what `/metrics` says: samples by name and labels, differences, medians of histograms."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Mapping

_SAMPLE: Final = re.compile(r"([A-Za-z_:][\w:]*)(?:\{(.*)\})? (\S+)")
_BOUND: Final = re.compile(r'le="([^"]+)"')


def samples(text: str) -> dict[str, float]:
    """Every sample by its name with labels, as written."""
    found = {}
    for line in text.splitlines():
        match = _SAMPLE.fullmatch(line)
        if match:
            name, labels, value = match.groups()
            found[f"{name}{{{labels}}}" if labels else name] = float(value)
    return found


def since(before: Mapping[str, float], now: Mapping[str, float]) -> dict[str, float]:
    """How much each sample grew; one that is smaller began anew."""
    return {
        name: value - before.get(name, 0.0) if value >= before.get(name, 0.0) else value
        for name, value in now.items()
    }


def total(found: Mapping[str, float], name: str, label: str = "") -> float:
    """The sum of a metric over its labels; with `label` (`key="value"`), of those that have it."""
    return sum(
        value for key, value in found.items() if (key == name or key.startswith(f"{name}{{")) and label in key
    )


def median(found: Mapping[str, float], name: str) -> float | None:
    """The median of a histogram, linear within its bucket; None if it is empty."""
    rows = sorted(
        (float(match[1]), value)
        for key, value in found.items()
        if key.startswith(f"{name}_bucket{{") and (match := _BOUND.search(key))
    )
    if not rows or rows[-1][1] <= 0:
        return None
    half, low, below = rows[-1][1] / 2.0, 0.0, 0.0
    for bound, count in rows:
        if count >= half:
            if bound == float("inf") or count == below:
                return low
            return low + (bound - low) * (half - below) / (count - below)
        low, below = bound, count
    return low
