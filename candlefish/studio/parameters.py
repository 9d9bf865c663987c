"""Parameters of the moods as plain data: the schema that the panel is built from, and their values.

There is one source: the dataclasses `MoodParams` and `Thresholds`, and `moods.toml`.
"""

from __future__ import annotations

from dataclasses import Field, fields
from functools import cache
from typing import TYPE_CHECKING, Any

from candlefish.sim.moods import APART, Mood, Thresholds
from candlefish.sim.tuning import THRESHOLDS, MoodParams, Tuning, plain, preset, preset_names

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

Value = float | str
Values = dict[str, dict[str, Value]]
"""By table and name, as a file has them."""

TABLES = (*(mood.value for mood in Mood), THRESHOLDS)
"""The names of all tables, in their order."""

MOOD_GROUPS: dict[str, tuple[str, ...]] = {
    "Colour": ("colour", "water_centre", "water_edge"),
    "Light": ("glow", "pulse_hz"),
    "Body": ("eye", "fin", "tension"),
    "Movement": ("speed_px_s", "ripple_px"),
    "Arrival": ("arrive_s", "arrive"),
}
"""The parameters of a mood as the panel shows them."""

LABELS = {
    "water_centre": "Water, centre",
    "water_edge": "Water, edge",
    "speed_px_s": "Speed",
    "ripple_px": "Ripples",
    "pulse_hz": "Pulse",
    "eye": "Eye",
    "fin": "Fins",
    "arrive_s": "Takes",
    "arrive": "Curve",
}
FIRST_GROUP = "Every mood"
_UNITS = ("_px_s", "_px", "_hz", "_s")


def schema() -> dict[str, Any]:
    """Return the tables in their order, each with its groups of parameters, and the presets' values.

    A parameter has `name`, `label`, `kind` (number, colour or curve), `help`, and, if a number, `low`,
    `high`, `step` and `unit`; a threshold besides `below` and `above`: those it must be less or more than.
    """
    moods = [_table(mood.value, mood.value.capitalize(), _mood_groups()) for mood in Mood]
    return {
        "tables": [*moods, _table(THRESHOLDS, "Thresholds", _threshold_groups())],
        "presets": {name: preset_values(name) for name in preset_names()},
    }


@cache
def preset_values(name: str = "default") -> Values:
    """Return all values of a preset: not to be changed."""
    return values_of(preset(name))


def values_of(tuning: Tuning) -> Values:
    """Return all values of a tuning."""
    return {table: table_values(tuning, table) for table in TABLES}


def table_values(tuning: Tuning, table: str) -> dict[str, Value]:
    """Return the values of one table."""
    source = tuning.thresholds if table == THRESHOLDS else tuning.moods[Mood(table)]
    return {name: plain(getattr(source, name)) for name in parameter_names(table)}


def differing(values: Values, base: Values) -> Values:
    """Return the values that are not those of `base`."""
    changes = {
        table: {name: value for name, value in names.items() if value != base[table][name]}
        for table, names in values.items()
    }
    return {table: names for table, names in changes.items() if names}


def without_locked(values: Mapping[str, Any], table: str, locked: Iterable[str]) -> dict[str, Any]:
    """Return a table's values without the locked ones ("table.name")."""
    names = set(locked)
    return {name: value for name, value in values.items() if f"{table}.{name}" not in names}


@cache
def parameter(table: str, name: str) -> dict[str, Any]:
    """Return one parameter of the schema. Raises `KeyError` when there is none."""
    kind = Thresholds if table == THRESHOLDS else MoodParams
    if table not in TABLES:
        raise KeyError(table)
    return _parameter({item.name: item for item in fields(kind)}[name])


@cache
def parameter_names(table: str) -> tuple[str, ...]:
    """Return the names of a table's parameters, in their order."""
    return tuple(item.name for item in fields(Thresholds if table == THRESHOLDS else MoodParams))


def _table(name: str, title: str, groups: dict[str, list[dict[str, Any]]]) -> dict[str, Any]:
    return {"name": name, "title": title, "groups": [{"title": t, "params": p} for t, p in groups.items()]}


def _mood_groups() -> dict[str, list[dict[str, Any]]]:
    known = {item.name: item for item in fields(MoodParams)}
    return {title: [_parameter(known[name]) for name in group] for title, group in MOOD_GROUPS.items()}


def _threshold_groups() -> dict[str, list[dict[str, Any]]]:
    """Group thresholds by the mood their name begins with; the others are for every mood."""
    groups: dict[str, list[dict[str, Any]]] = {FIRST_GROUP: []}
    for item in fields(Thresholds):
        title = next((m.value.capitalize() for m in Mood if item.name.startswith(m.value)), FIRST_GROUP)
        groups.setdefault(title, []).append(_parameter(item))
    return groups


def _parameter(item: Field[Any]) -> dict[str, Any]:
    allowed = item.metadata.get("range")
    described: dict[str, Any] = {"name": item.name, "label": _label(item.name)}
    if allowed is None:
        return {**described, "kind": item.metadata["kind"], "help": item.metadata["help"]}
    described |= {"kind": "number", "help": allowed.help, "unit": allowed.unit}
    described |= {"low": allowed.low, "high": allowed.high, "step": allowed.step}
    below = [more for less, more in APART if less == item.name]
    above = [less for less, more in APART if more == item.name]
    return described | ({"below": below, "above": above} if below or above else {})


def _label(name: str) -> str:
    if name in LABELS:
        return LABELS[name]
    unit = next((end for end in _UNITS if name.endswith(end)), "")
    return name.removesuffix(unit).replace("_", " ").capitalize()
