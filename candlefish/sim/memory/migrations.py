"""Migrations: one reader for each shape of memory ever stored; an untrusted object becomes a `Memory`."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

from candlefish.sim.memory.lenient_json import LenientFields, Problems, as_number, describe
from candlefish.sim.memory.model import (
    COUNT_MAX,
    DAY_MS,
    DEVICE_ID,
    HABIT_MAX,
    KNOWN_MILESTONES,
    MAX_DEVICES,
    MAX_FEEDING_SPOTS,
    MAX_HABITS,
    MAX_MILESTONES,
    MAX_QUIRKS,
    MAX_VISIT_DAYS,
    MICRO,
    NAME,
    NATURE_MAX,
    NEW_TRUST,
    POINTS_MAX,
    QUIRK,
    SETTLED_MAX,
    TIME_MAX_MS,
    TRUST_MAX,
    Cell,
    Habit,
    LedgerRow,
    Memory,
    Spot,
    cell_of,
    day_of,
    nature_of,
    new_memory,
    tidy,
    top,
    top_keys,
    top_milestones,
    top_spots,
)

if TYPE_CHECKING:
    import re

V1_FIELDS: Final = (
    "version",
    "device",
    "epoch",
    "first_seen_ms",
    "last_seen_ms",
    "trust",
    "visit_days",
    "feeding_spots",
    "milestones",
    "quirks",
    "habits",
)


def read_v1(fields: LenientFields, problems: Problems, now_ms: int, device: str) -> Memory:
    """Version 1. Times and days from more than a day ahead of `now_ms` are a wrong clock's, and left out."""
    fresh = new_memory(device, now_ms)
    latest = min(now_ms + DAY_MS, TIME_MAX_MS)
    last = fields.whole("last_seen_ms", 0, latest, now_ms)
    trust = fields.within("trust")
    memory = replace(
        fresh,
        device=_device(fields, problems, device),
        last_seen_ms=last,
        first_seen_ms=fields.whole("first_seen_ms", 0, last, last),
        epoch=fields.whole("epoch", 0, COUNT_MAX, 0),
        best=float(trust.number("best", 0, TRUST_MAX, NEW_TRUST)) + 0.0,
        written_off=_points(trust, "written_off", SETTLED_MAX),
        forgiven=_points(trust, "forgiven", SETTLED_MAX),
        ledger=_ledger(trust.within("ledger"), problems),
        visit_days=_days(fields, problems, day_of(latest)),
        feeding_spots=_spots(fields, problems),
        milestones=_milestones(fields, problems),
        quirks=read_quirks(fields, "quirks", problems),
        habits=_habits(fields.within("habits"), problems),
    )
    trust.report_unknown()
    return replace(memory, nature=nature_of(memory.device))


def _device(fields: LenientFields, problems: Problems, device: str) -> str:
    found = fields.text("device")
    if found is None or DEVICE_ID.fullmatch(found):
        return found or device
    problems.add(f"device: expected 1–36 ASCII letters, digits or hyphens, got {describe(found)}")
    return device


def _points(fields: LenientFields, key: str, most: int) -> int:
    return round(fields.number(key, 0, most, 0) * MICRO)


def _ledger(fields: LenientFields, problems: Problems) -> dict[str, LedgerRow]:
    ledger = {}
    for device, path, value in fields.rows():
        if not DEVICE_ID.fullmatch(device):
            problems.add(f"{path}: expected a device id of 1–36 ASCII letters, digits or hyphens")
        elif isinstance(value, dict):
            row = LenientFields(value, path, problems, required=True)
            earned, spent = (_points(row, key, POINTS_MAX) for key in ("earned", "spent"))
            ledger[device] = LedgerRow(earned, spent, row.whole("interactions", 0, COUNT_MAX, 0))
            row.report_unknown()
        else:
            problems.add(f"{path}: expected an object, got {describe(value)}")
    _note_surplus("trust.ledger", len(ledger), MAX_DEVICES, problems)
    return top_keys(ledger, MAX_DEVICES)


def _days(fields: LenientFields, problems: Problems, latest: int) -> frozenset[int]:
    days = set()
    for path, value in fields.items("visit_days"):
        day = as_number(value)
        if day is not None and 0 <= day <= latest and day == int(day):
            days.add(int(day))
        else:
            problems.add(f"{path}: expected a whole day in 0…{latest}, got {describe(value)}")
    _note_surplus("visit_days", len(days), MAX_VISIT_DAYS, problems)
    return top(frozenset(days), MAX_VISIT_DAYS)


def _spots(fields: LenientFields, problems: Problems) -> dict[Cell, Spot]:
    spots: dict[Cell, Spot] = {}
    for path, value in fields.items("feeding_spots"):
        spot = LenientFields(value, path, problems, required=True)
        x, y = (spot.number(axis, 0, 1, -1) for axis in ("x", "y"))
        new = Spot(spot.whole("stamp", 0, COUNT_MAX, 0), spot.whole("times", 1, COUNT_MAX, 1))
        spot.report_unknown()
        if x >= 0 and y >= 0:
            cell = cell_of(x, y)
            spots[cell] = max(new, spots.get(cell, new))
    _note_surplus("feeding_spots", len(spots), MAX_FEEDING_SPOTS, problems)
    return top_spots(spots)


def _names(fields: LenientFields, key: str, pattern: re.Pattern[str], problems: Problems) -> frozenset[str]:
    names = set()
    for path, value in fields.items(key):
        if isinstance(value, str) and pattern.fullmatch(value):
            names.add(value)
        else:
            problems.add(f"{path}: expected a short plain name, got {describe(value)}")
    return frozenset(names)


def _milestones(fields: LenientFields, problems: Problems) -> frozenset[str]:
    names = _names(fields, "milestones", NAME, problems)
    _note_surplus("milestones", len(names), MAX_MILESTONES, problems)
    return top_milestones(names)


def read_quirks(fields: LenientFields, key: str, problems: Problems) -> frozenset[str]:
    """The list of traits in field `key`."""
    quirks = _names(fields, key, QUIRK, problems)
    _note_surplus(key, len(quirks), MAX_QUIRKS, problems)
    return top(quirks, MAX_QUIRKS)


def _habits(fields: LenientFields, problems: Problems) -> dict[str, Habit]:
    habits = {}
    for name, path, value in fields.rows():
        times, mean = map(as_number, value) if isinstance(value, list) and len(value) == 2 else (None, None)
        if not NAME.fullmatch(name):
            problems.add(f"{path}: expected a short plain name")
        elif times is None or mean is None or not 1 <= times <= COUNT_MAX or abs(mean) > HABIT_MAX:
            problems.add(f"{path}: expected [times, mean within ±{HABIT_MAX:.16g}], got {describe(value)}")
        else:
            habits[name] = Habit(int(times), tidy(mean))
    _note_surplus("habits", len(habits), MAX_HABITS, problems)
    return top_keys(habits, MAX_HABITS)


def _note_surplus(path: str, found: int, most: int, problems: Problems) -> None:
    if found > most:
        problems.add(f"{path}: expected at most {most}, got {found}")


V2_FIELDS: Final = (*V1_FIELDS, "nature")


def read_v2(fields: LenientFields, problems: Problems, now_ms: int, device: str) -> Memory:
    """Version 2. A nature that cannot be read is drawn from the device id, as version 1's is."""
    memory = read_v1(fields, problems, now_ms, device)
    return replace(memory, nature=fields.whole("nature", 0, NATURE_MAX, nature_of(memory.device)))


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


def read_original(fields: LenientFields, problems: Problems, now_ms: int, device: str) -> Memory:
    """The first shape, without a version: trust is one number, places are px, visits are instants.

    Milestones its trust and feedings imply count as reached: they are old news to this visitor.
    """
    trust = fields.number("trustLevel", 0, TRUST_MAX, NEW_TRUST)
    last = int(fields.number("lastInteraction", 0, now_ms + DAY_MS, now_ms))
    visits = _instants(fields, problems, now_ms + DAY_MS)
    change = round((trust - NEW_TRUST) * MICRO)
    row = LedgerRow(max(0, change), max(0, -change), fields.whole("interactionCount", 0, COUNT_MAX, 0))
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


def _instants(fields: LenientFields, problems: Problems, latest_ms: int) -> list[int]:
    instants = []
    for path, value in fields.items("visitDates"):
        instant = as_number(value)
        if instant is not None and 0 <= instant <= latest_ms:
            instants.append(int(instant))
        else:
            problems.add(f"{path}: expected an instant in 0…{latest_ms} ms, got {describe(value)}")
    return instants


def _original_spots(fields: LenientFields, problems: Problems) -> dict[Cell, Spot]:
    spots: dict[Cell, Spot] = {}
    for stamp, (path, value) in enumerate(fields.items("feedingSpots"), start=1):
        spot = LenientFields(value, path, problems, required=True)
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
    problems.add(f"behaviorPattern: expected a short plain name, got {describe(pattern)}")
    return memory
