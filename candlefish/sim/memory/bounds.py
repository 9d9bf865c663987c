"""What a memory is made of, and how much of it there may be."""

from __future__ import annotations

import math
import re
import zlib
from typing import TYPE_CHECKING, Final, NamedTuple, TypeVar

if TYPE_CHECKING:
    from collections.abc import Mapping

_Value = TypeVar("_Value", int, str)
_Row = TypeVar("_Row")

MICRO: Final = 1_000_000
"""Counter units in one point of trust."""
NEW_TRUST: Final = 20.0
TRUST_MAX: Final = 100.0
POINTS_MAX: Final = 1_000_000
"""The most one device's `earned` or `spent` holds, in points; a counter stops there."""
COUNT_MAX: Final = 1_000_000_000
"""The most any other counter holds; it stops there."""
SETTLED_MAX: Final = 100_000_000
"""The most `written_off` and `forgiven` hold, in points: more than all devices can sum to."""
NATURE_MAX: Final = 2**32 - 1
HABIT_MAX: Final = 1_000_000.0
DAY_MS: Final = 86_400_000
TIME_MAX_MS: Final = 8_640_000_000_000_000
"""The last instant of an ECMAScript date."""

MAX_DEVICES: Final = 32
MAX_VISIT_DAYS: Final = 60
MAX_FEEDING_SPOTS: Final = 16
MAX_MILESTONES: Final = 32
MAX_QUIRKS: Final = 8
MAX_HABITS: Final = 24
GRID: Final = 8
"""Feeding places are remembered as cells of a GRID × GRID lattice over the tank."""
HABIT_MEMORY: Final = 50
"""A habit's mean follows about this many of its last observations."""

KNOWN_MILESTONES: Final = ("first_feed", "comfortable", "trusting", "bonded")
DEVICE_ID: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9-]{0,35}")
NAME: Final = re.compile(r"[a-z][a-z0-9_]{0,23}")
QUIRK: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9 _.,'-]{0,31}")


class Tally(NamedTuple):
    """One device's counters: trust earned and spent (millionths of a point), and interactions."""

    earned: int = 0
    spent: int = 0
    interactions: int = 0


class Spot(NamedTuple):
    """A fed cell: `stamp` orders feedings (a Lamport clock), `times` says how often it was fed."""

    stamp: int
    times: int


class Habit(NamedTuple):
    """A learned number: how many observations, and their running mean."""

    times: int
    mean: float


Cell = tuple[int, int]
"""Column and row of a feeding place, each 0…GRID−1, from the top left."""


def nature_of(device: str) -> int:
    """The nature of the fish that the visitor with this device id meets first: 0…NATURE_MAX."""
    return zlib.crc32(device.encode())


def instant_ms(now_ms: float) -> int:
    """A clock reading as a whole ms within 0…TIME_MAX_MS; nan (no clock) becomes 0."""
    return int(min(max(0.0, now_ms), TIME_MAX_MS)) if not math.isnan(now_ms) else 0


def day_of(now_ms: float) -> int:
    """The UTC day of an instant, in days since 1970."""
    return instant_ms(now_ms) // DAY_MS


def cell_of(x01: float, y01: float) -> Cell:
    """The grid cell of a point (0…1, clamped). `ValueError` for nan."""
    if math.isnan(x01) or math.isnan(y01):
        raise ValueError(f"feeding place: expected numbers in 0…1, got {x01}, {y01}")
    column, row = (int(min(max(0.0, v) * GRID, GRID - 1)) for v in (x01, y01))
    return column, row


def centre_of(cell: Cell) -> tuple[float, float]:
    """The middle of a cell, in 0…1 of the tank."""
    return (cell[0] + 0.5) / GRID, (cell[1] + 0.5) / GRID


def tidy(value: float) -> float:
    """A habit's mean as it is stored: three decimals, no negative zero."""
    return round(value, 3) + 0.0


def add_tally(row: Tally, more: Tally) -> Tally:
    """Two rows of counters added, each stopping at its bound."""
    limit = POINTS_MAX * MICRO
    return Tally(
        min(row.earned + more.earned, limit),
        min(row.spent + more.spent, limit),
        min(row.interactions + more.interactions, COUNT_MAX),
    )


def top(values: frozenset[_Value], most: int) -> frozenset[_Value]:
    """The `most` greatest values."""
    return values if len(values) <= most else frozenset(sorted(values)[-most:])


def top_keys(table: Mapping[str, _Row], most: int) -> dict[str, _Row]:
    """The rows with the `most` greatest keys. Only keys decide: see `merge` for why that is safe."""
    return {key: table[key] for key in sorted(table)[-most:]}


def top_spots(spots: Mapping[Cell, Spot]) -> dict[Cell, Spot]:
    """The MAX_FEEDING_SPOTS cells fed last."""
    ranked = sorted(spots.items(), key=lambda item: (item[1], item[0]))
    return dict(sorted(ranked[-MAX_FEEDING_SPOTS:]))


def top_milestones(names: frozenset[str]) -> frozenset[str]:
    """At most MAX_MILESTONES names; the ones this version knows always stay."""
    ranked = sorted(names, key=lambda name: (name in KNOWN_MILESTONES, name))
    return frozenset(ranked[-MAX_MILESTONES:])
