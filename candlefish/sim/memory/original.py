"""The first shape of the stored memory, before versions: an untrusted object becomes a `Memory`."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from candlefish.sim.memory.bounds import (
    COUNT_MAX,
    DAY_MS,
    KNOWN_MILESTONES,
    MAX_VISIT_DAYS,
    MICRO,
    NEW_TRUST,
    QUIRK,
    TRUST_MAX,
    Cell,
    Spot,
    Tally,
    cell_of,
    day_of,
    top,
    top_spots,
)
from candlefish.sim.memory.fields import Fields, Problems, as_number, shown
from candlefish.sim.memory.model import Memory, new_memory
from candlefish.sim.memory.version1 import read_quirks

ORIGINAL_FIELDS: Final = (
    "trustLevel",
    "lastInteraction",
    "feedingSpots",
    "interactionCount",
    "behaviorPattern",
    "visitDates",
    "personalityQuirks",
)
ORIGINAL_ROW: Final = "original"
"""Ledger row of what was migrated. One name for all: two tabs or devices that migrate count it once."""
ORIGINAL_SIZE_PX: Final = (1280.0, 720.0)
"""The tank that the original's feeding spots are taken to have been measured in; it stored no size."""
_FAR_PX: Final = 1e6
_MILESTONE_TRUST: Final = {"comfortable": 50.0, "trusting": 80.0, "bonded": 100.0}


def read_original(fields: Fields, problems: Problems, now_ms: int, device: str) -> Memory:
    """The first shape, without a version: trust is one number, places are px, visits are instants.

    Milestones its trust and feedings imply count as reached: they are old news to this visitor.
    """
    trust = fields.number("trustLevel", 0, TRUST_MAX, NEW_TRUST)
    last = int(fields.number("lastInteraction", 0, now_ms + DAY_MS, now_ms))
    visits = _instants(fields, problems, now_ms + DAY_MS)
    change = round((trust - NEW_TRUST) * MICRO)
    row = Tally(max(0, change), max(0, -change), fields.whole("interactionCount", 0, COUNT_MAX, 0))
    spots = _original_spots(fields, problems)
    reached = {name for name, least in _MILESTONE_TRUST.items() if trust >= least}
    memory = replace(
        new_memory(device, now_ms),
        last_seen_ms=last,
        first_seen_ms=min([last, *visits]),
        best=max(NEW_TRUST, float(trust)),
        ledger={ORIGINAL_ROW: row} if any(row) else {},
        visit_days=top(frozenset(map(day_of, visits)), MAX_VISIT_DAYS),
        feeding_spots=spots,
        milestones=frozenset(reached | ({KNOWN_MILESTONES[0]} if spots else set())),
        quirks=read_quirks(fields, "personalityQuirks", problems),
    )
    return _with_pattern(memory, fields.value("behaviorPattern"), problems)


def _instants(fields: Fields, problems: Problems, latest_ms: int) -> list[int]:
    instants = []
    for path, value in fields.items("visitDates"):
        instant = as_number(value)
        if instant is not None and 0 <= instant <= latest_ms:
            instants.append(int(instant))
        else:
            problems.add(f"{path}: expected an instant in 0…{latest_ms} ms, got {shown(value)}")
    return instants


def _original_spots(fields: Fields, problems: Problems) -> dict[Cell, Spot]:
    spots: dict[Cell, Spot] = {}
    for stamp, (path, value) in enumerate(fields.items("feedingSpots"), start=1):
        spot = Fields(value, path, problems, required=True)
        x, y = (spot.number(axis, -_FAR_PX, _FAR_PX, _FAR_PX * 2) for axis in ("x", "y"))
        if x <= _FAR_PX and y <= _FAR_PX:
            cell = cell_of(x / ORIGINAL_SIZE_PX[0], y / ORIGINAL_SIZE_PX[1])
            spots[cell] = Spot(stamp, spots[cell].times + 1 if cell in spots else 1)
    return top_spots(spots)


def _with_pattern(memory: Memory, pattern: object, problems: Problems) -> Memory:
    """The original's label of how a visitor behaves ("gentle") lives on as a quirk."""
    if pattern is None:
        return memory
    if isinstance(pattern, str) and QUIRK.fullmatch(pattern):
        return memory.with_quirk(pattern)
    problems.add(f"behaviorPattern: expected a short plain name, got {shown(pattern)}")
    return memory
