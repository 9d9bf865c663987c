"""Version 1 of the stored memory: an untrusted object becomes a `Memory`."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

from candlefish.sim.memory.bounds import (
    COUNT_MAX,
    DAY_MS,
    DEVICE_ID,
    HABIT_MAX,
    MAX_DEVICES,
    MAX_FEEDING_SPOTS,
    MAX_HABITS,
    MAX_MILESTONES,
    MAX_QUIRKS,
    MAX_VISIT_DAYS,
    MICRO,
    NAME,
    NEW_TRUST,
    POINTS_MAX,
    QUIRK,
    SETTLED_MAX,
    TIME_MAX_MS,
    TRUST_MAX,
    Cell,
    Habit,
    Spot,
    Tally,
    cell_of,
    day_of,
    nature_of,
    tidy,
    top,
    top_keys,
    top_milestones,
    top_spots,
)
from candlefish.sim.memory.fields import Fields, Problems, as_number, shown
from candlefish.sim.memory.model import Memory, new_memory

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


def read_v1(fields: Fields, problems: Problems, now_ms: int, device: str) -> Memory:
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
    trust.done()
    return replace(memory, nature=nature_of(memory.device))


def _device(fields: Fields, problems: Problems, device: str) -> str:
    found = fields.text("device")
    if found is None or DEVICE_ID.fullmatch(found):
        return found or device
    problems.add(f"device: expected 1–36 ASCII letters, digits or hyphens, got {shown(found)}")
    return device


def _points(fields: Fields, key: str, most: int) -> int:
    return round(fields.number(key, 0, most, 0) * MICRO)


def _ledger(fields: Fields, problems: Problems) -> dict[str, Tally]:
    ledger = {}
    for device, path, value in fields.rows():
        if not DEVICE_ID.fullmatch(device):
            problems.add(f"{path}: expected a device id of 1–36 ASCII letters, digits or hyphens")
        elif isinstance(value, dict):
            row = Fields(value, path, problems, required=True)
            earned, spent = (_points(row, key, POINTS_MAX) for key in ("earned", "spent"))
            ledger[device] = Tally(earned, spent, row.whole("interactions", 0, COUNT_MAX, 0))
            row.done()
        else:
            problems.add(f"{path}: expected an object, got {shown(value)}")
    _note_surplus("trust.ledger", len(ledger), MAX_DEVICES, problems)
    return top_keys(ledger, MAX_DEVICES)


def _days(fields: Fields, problems: Problems, latest: int) -> frozenset[int]:
    days = set()
    for path, value in fields.items("visit_days"):
        day = as_number(value)
        if day is not None and 0 <= day <= latest and day == int(day):
            days.add(int(day))
        else:
            problems.add(f"{path}: expected a whole day in 0…{latest}, got {shown(value)}")
    _note_surplus("visit_days", len(days), MAX_VISIT_DAYS, problems)
    return top(frozenset(days), MAX_VISIT_DAYS)


def _spots(fields: Fields, problems: Problems) -> dict[Cell, Spot]:
    spots: dict[Cell, Spot] = {}
    for path, value in fields.items("feeding_spots"):
        spot = Fields(value, path, problems, required=True)
        x, y = (spot.number(axis, 0, 1, -1) for axis in ("x", "y"))
        new = Spot(spot.whole("stamp", 0, COUNT_MAX, 0), spot.whole("times", 1, COUNT_MAX, 1))
        spot.done()
        if x >= 0 and y >= 0:
            cell = cell_of(x, y)
            spots[cell] = max(new, spots.get(cell, new))
    _note_surplus("feeding_spots", len(spots), MAX_FEEDING_SPOTS, problems)
    return top_spots(spots)


def _names(fields: Fields, key: str, pattern: re.Pattern[str], problems: Problems) -> frozenset[str]:
    names = set()
    for path, value in fields.items(key):
        if isinstance(value, str) and pattern.fullmatch(value):
            names.add(value)
        else:
            problems.add(f"{path}: expected a short plain name, got {shown(value)}")
    return frozenset(names)


def _milestones(fields: Fields, problems: Problems) -> frozenset[str]:
    names = _names(fields, "milestones", NAME, problems)
    _note_surplus("milestones", len(names), MAX_MILESTONES, problems)
    return top_milestones(names)


def read_quirks(fields: Fields, key: str, problems: Problems) -> frozenset[str]:
    """The list of traits in field `key`."""
    quirks = _names(fields, key, QUIRK, problems)
    _note_surplus(key, len(quirks), MAX_QUIRKS, problems)
    return top(quirks, MAX_QUIRKS)


def _habits(fields: Fields, problems: Problems) -> dict[str, Habit]:
    habits = {}
    for name, path, value in fields.rows():
        times, mean = map(as_number, value) if isinstance(value, list) and len(value) == 2 else (None, None)
        if not NAME.fullmatch(name):
            problems.add(f"{path}: expected a short plain name")
        elif times is None or mean is None or not 1 <= times <= COUNT_MAX or abs(mean) > HABIT_MAX:
            problems.add(f"{path}: expected [times, mean within ±{HABIT_MAX:.16g}], got {shown(value)}")
        else:
            habits[name] = Habit(int(times), tidy(mean))
    _note_surplus("habits", len(habits), MAX_HABITS, problems)
    return top_keys(habits, MAX_HABITS)


def _note_surplus(path: str, found: int, most: int, problems: Problems) -> None:
    if found > most:
        problems.add(f"{path}: expected at most {most}, got {found}")
