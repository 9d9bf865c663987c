"""The memory of one visitor: an immutable record that grows and can be merged.

Every field is a join-semilattice (a state-based CRDT: Shapiro et al., "Conflict-free replicated data
types", SSS 2011), so copies from tabs and devices merge in any order to one result (see `merge`).
Trust is not stored as a number. Each device owns a row of counters that only grow, and trust is their
sum, so points earned in two places add up. Sums are whole millionths of a point: they are exact.

The sum of merged rows may leave 0…100 though no single device ever does. What lies outside is settled
by the next write (`earn`, `spend`, `with_trust`): `written_off` takes what is above 100, `forgiven`
what is below 0, so the next fright or kindness shows at once. Both merge by maximum, not by sum: two
devices that settle the same excess settle it once.
"""

from __future__ import annotations

import math
import re
import zlib
from dataclasses import dataclass, field, replace
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


class LedgerRow(NamedTuple):
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


def add_rows(row: LedgerRow, more: LedgerRow) -> LedgerRow:
    """Two rows of counters added, each stopping at its bound."""
    limit = POINTS_MAX * MICRO
    return LedgerRow(
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


@dataclass(frozen=True, slots=True)
class Memory:
    """The record. Make one with `new_memory` or `parse_memory`; methods return a new one.

    `device` is the row this copy writes to. `epoch` counts how often the visitor asked to be
    forgotten: a higher epoch replaces a lower one whole. Times are ms since 1970, `visit_days` UTC
    days since 1970, `best` the highest trust this device has shown, in points. `nature` is the seed of the
    fish's personality: one for life, the same on all of a visitor's devices.
    """

    device: str
    first_seen_ms: int
    last_seen_ms: int
    nature: int = 0
    epoch: int = 0
    best: float = NEW_TRUST
    written_off: int = 0
    forgiven: int = 0
    ledger: Mapping[str, LedgerRow] = field(default_factory=dict)
    visit_days: frozenset[int] = frozenset()
    feeding_spots: Mapping[Cell, Spot] = field(default_factory=dict)
    milestones: frozenset[str] = frozenset()
    quirks: frozenset[str] = frozenset()
    habits: Mapping[str, Habit] = field(default_factory=dict)

    @property
    def lane(self) -> str:
        """The ledger row this device writes to: its own; if the ledger is full of others, the last to go."""
        if self.device in self.ledger or len(self.ledger) < MAX_DEVICES:
            return self.device
        return max(self.ledger)

    @property
    def interactions(self) -> int:
        """How often the visitor did anything, over all devices."""
        return sum(row.interactions for row in self.ledger.values())

    def earn(self, points: float) -> Memory:
        """Trust gained, in points ≥ 0. What would pass 100 is not kept."""
        settled = _settled(self)
        gain = min(_micro(points, "earn"), _TOP - _level(settled))
        grown = _counted(settled, LedgerRow(earned=gain))
        return replace(grown, best=best_of(grown))

    def spend(self, points: float) -> Memory:
        """Trust lost, in points ≥ 0. What would pass 0 is not kept."""
        settled = _settled(self)
        return _counted(settled, LedgerRow(spent=min(_micro(points, "spend"), _level(settled))))

    def with_trust(self, trust: float) -> Memory:
        """Earn or spend what brings trust to `trust` (0…100 points), within a millionth."""
        change = trust - trust_of(self)
        return self.earn(change) if change >= 0 else self.spend(-change)

    def with_best(self, trust: float) -> Memory:
        """Raise the best level reached to `trust`, if that is higher."""
        return replace(self, best=max(self.best, min(_micro(trust, "best") / MICRO, TRUST_MAX)))

    def interacted(self, times: int = 1) -> Memory:
        """Count `times` ≥ 0 more interactions."""
        if times < 0:
            raise ValueError(f"interacted: expected times ≥ 0, got {times}")
        return _counted(self, LedgerRow(interactions=times))

    def seen(self, now_ms: float) -> Memory:
        """The visitor is here at `now_ms`; a clock set back changes nothing."""
        return replace(self, last_seen_ms=max(self.last_seen_ms, instant_ms(now_ms)))

    def visit(self, now_ms: float) -> Memory:
        """`seen`, and the UTC day counts as visited; the latest MAX_VISIT_DAYS are kept."""
        days = top(self.visit_days | {day_of(now_ms)}, MAX_VISIT_DAYS)
        return replace(self.seen(now_ms), visit_days=days)

    def fed_at(self, x01: float, y01: float) -> Memory:
        """Food was given at `x01`, `y01` (0…1 of the tank); the least recently fed cell makes room."""
        cell = cell_of(x01, y01)
        times = self.feeding_spots[cell].times if cell in self.feeding_spots else 0
        stamp = 1 + max((spot.stamp for spot in self.feeding_spots.values()), default=0)
        spot = Spot(min(stamp, COUNT_MAX), min(times + 1, COUNT_MAX))
        return replace(self, feeding_spots=top_spots({**self.feeding_spots, cell: spot}))

    def reached(self, milestone: str) -> Memory:
        """A milestone happened. `ValueError` unless the name is 1–24 of a–z, 0–9 and _."""
        return replace(self, milestones=top_milestones(self.milestones | {_named(milestone)}))

    def with_quirk(self, quirk: str) -> Memory:
        """Add a trait in words. `ValueError` unless it is 1–32 ASCII letters, digits, space _ . , ' or -."""
        if not QUIRK.fullmatch(quirk):
            raise ValueError(f"quirk: expected 1–32 plain ASCII characters, got {quirk!r}")
        return replace(self, quirks=top(self.quirks | {quirk}, MAX_QUIRKS))

    def observed(self, habit: str, value: float) -> Memory:
        """Let a habit follow one more observation: a mean that forgets beyond HABIT_MEMORY of them."""
        if not abs(value) <= HABIT_MAX:
            raise ValueError(f"habit {habit}: expected a number within ±{HABIT_MAX:g}, got {value}")
        old = self.habits.get(_named(habit), Habit(0, 0.0))
        mean = old.mean + (value - old.mean) / min(old.times + 1, HABIT_MEMORY)
        new = Habit(min(old.times + 1, COUNT_MAX), tidy(mean))
        return replace(self, habits=top_keys({**self.habits, habit: new}, MAX_HABITS))

    def forget(self, device: str, now_ms: float) -> Memory:
        """Everything is forgotten, for good: a later merge with an older copy brings nothing back.

        `device` should be a fresh random id, so that nothing ties the visitor to the old one.
        """
        return replace(new_memory(device, now_ms), epoch=min(self.epoch + 1, COUNT_MAX))


_TOP: Final = int(TRUST_MAX) * MICRO


def new_memory(device: str, now_ms: float) -> Memory:
    """A visitor never met before. `ValueError` unless `device` is 1–36 ASCII letters, digits and hyphens."""
    if not DEVICE_ID.fullmatch(device):
        raise ValueError(f"device: expected 1–36 ASCII letters, digits or hyphens, got {device!r}")
    now = instant_ms(now_ms)
    return Memory(device, now, now, nature_of(device))


def trust_of(memory: Memory) -> float:
    """Trust in points: 20 + all earned − all spent, settled, clamped to 0…100."""
    return _level(memory) / MICRO


def best_of(memory: Memory) -> float:
    """The highest trust known: `best`, or the trust now where merged points have passed it."""
    return max(memory.best, trust_of(memory))


def favourite_spots(memory: Memory, most: int = MAX_FEEDING_SPOTS) -> list[tuple[float, float, int]]:
    """Cell centres (x, y in 0…1) and how often each was fed, most fed first, then most recent."""
    ranked = sorted(memory.feeding_spots.items(), key=lambda kv: (kv[1].times, kv[1].stamp, kv[0]))
    return [(*centre_of(cell), spot.times) for cell, spot in reversed(ranked)][:most]


def _counted(memory: Memory, more: LedgerRow) -> Memory:
    lane = memory.lane
    return replace(
        memory, ledger={**memory.ledger, lane: add_rows(memory.ledger.get(lane, LedgerRow()), more)}
    )


def _settled(memory: Memory) -> Memory:
    over, under = max(0, _sum(memory) - _TOP), max(0, -_sum(memory))
    return replace(
        memory,
        written_off=min(memory.written_off + over, SETTLED_MAX * MICRO),
        forgiven=min(memory.forgiven + under, SETTLED_MAX * MICRO),
    )


def _sum(memory: Memory) -> int:
    rows = sum(row.earned - row.spent for row in memory.ledger.values())
    return int(NEW_TRUST) * MICRO + rows - memory.written_off + memory.forgiven


def _level(memory: Memory) -> int:
    return min(max(_sum(memory), 0), _TOP)


def _micro(points: float, what: str) -> int:
    if not (math.isfinite(points) and points >= 0):
        raise ValueError(f"{what}: expected a finite number of points ≥ 0, got {points}")
    return round(min(points, POINTS_MAX) * MICRO)


def _named(name: str) -> str:
    if not NAME.fullmatch(name):
        raise ValueError(f"name: expected 1–24 of a–z, 0–9 and _, starting with a letter, got {name!r}")
    return name
