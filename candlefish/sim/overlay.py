"""Partial changes laid over a whole tuning: what a preset, a designer's file or `setParams()` turns."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import asdict, fields
from typing import TYPE_CHECKING, Any

from candlefish.sim.easing import Curve
from candlefish.sim.mood import Mood
from candlefish.sim.params import THRESHOLDS, Tuning, parse_mood, parse_thresholds
from candlefish.sim.ranges import ParamsError

if TYPE_CHECKING:
    from candlefish.sim.params import Colour, MoodParams


def read_tables(text: str, where: str) -> dict[str, Any]:
    """Return the tables in TOML text.

    Raises:
        ParamsError: it is not TOML; says in which line.
    """
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise ParamsError(f"{where}: not TOML: {error}") from error


def overlaid(tuning: Tuning, changes: object, where: str) -> Tuning:
    """Return `tuning` with the values in `changes`, tables by name of mood (or `thresholds`).

    All of it is accepted or none. Values are as in `moods.toml`: numbers, colours as `#rrggbb`, and curves as
    in CSS.

    Raises:
        ParamsError: no table, an unknown name, or a value out of range; says which, where `where` names
            the place.
    """
    tables = _table(changes, where)
    known = [mood.value for mood in Mood] + [THRESHOLDS]
    for name in tables:
        if name not in known:
            raise ParamsError(f"{where}: [{name}] is no mood; known: {', '.join(known)}")
    moods = dict(tuning.moods)
    for mood in Mood:
        if mood.value in tables:
            place = f"{where}: {mood.value}"
            moods[mood] = parse_mood(written(moods[mood]) | _table(tables[mood.value], place), place)
    place = f"{where}: {THRESHOLDS}"
    thresholds = asdict(tuning.thresholds) | _table(tables.get(THRESHOLDS, {}), place)
    return Tuning(moods, parse_thresholds(thresholds, place))


def written(params: MoodParams) -> dict[str, float | str]:
    """Return one mood's values as a file has them."""
    return {item.name: plain(getattr(params, item.name)) for item in fields(params)}


def plain(value: float | Colour | Curve) -> float | str:
    """Return a value as a file has it: a number, a colour `#rrggbb`, a curve `cubic-bezier(…)`."""
    if isinstance(value, Curve):
        return str(value)
    if isinstance(value, tuple):
        return "#" + "".join(f"{round(part):02x}" for part in value)
    return float(value)


def _table(values: object, where: str) -> dict[str, Any]:
    if not isinstance(values, Mapping):
        raise ParamsError(f"{where}: expected a table, got {values!r:.60}")
    return {str(name): value for name, value in values.items()}
