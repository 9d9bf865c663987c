"""Tuning: the values a designer turns, from `moods.toml`, presets, files and `setParams()`.

Dataclasses hold range, unit and meaning; TOML holds the numbers.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from candlefish.sim.easing import Curve
from candlefish.sim.moods import APART, Mood, Thresholds
from candlefish.sim.ranges import ParamsError, number, parse_number, table_fields

if TYPE_CHECKING:
    from collections.abc import Callable

DEFAULT_FILE = Path(__file__).with_name("moods.toml")
THRESHOLDS = "thresholds"

Colour = tuple[float, float, float]
"""Red, green and blue, each 0…255."""

_PART = r"\s*([01]?\.\d+|[01]\.?)\s*"
_CURVE = re.compile(rf"cubic-bezier\({_PART},{_PART},{_PART},{_PART}\)")


@dataclass(frozen=True, slots=True)
class MoodParams:
    """How one mood looks and moves."""

    colour: Colour = field(metadata={"kind": "colour", "help": "colour of the light"})
    water_centre: Colour = field(metadata={"kind": "colour", "help": "water colour at the centre of the box"})
    water_edge: Colour = field(metadata={"kind": "colour", "help": "water colour at the edge of the box"})
    arrive: Curve = field(metadata={"kind": "curve", "help": "how the mood comes on"})
    glow: float = number(0.0, 1.5, 0.05, "", "strength of the light")
    speed_px_s: float = number(20.0, 600.0, 10.0, "px/s", "top swimming speed")
    eye: float = number(0.0, 1.0, 0.05, "", "how wide the eye opens")
    fin: float = number(0.0, 1.0, 0.05, "", "how far the fins spread")
    tension: float = number(0.0, 1.0, 0.05, "", "how stiff and gathered the body is")
    ripple_px: float = number(10.0, 240.0, 5.0, "px", "largest radius of a ripple")
    pulse_hz: float = number(0.05, 1.5, 0.05, "Hz", "rhythm of the light organs")
    arrive_s: float = number(0.5, 8.0, 0.1, "s", "how long the mood takes to come on")


@dataclass(frozen=True, slots=True)
class Tuning:
    """All of `moods.toml`: how each mood looks and moves, and where one ends and another begins."""

    moods: Mapping[Mood, MoodParams]
    thresholds: Thresholds


def parse_colour(value: object, where: str) -> Colour:
    """Return the colour written as `#rrggbb`.

    Raises:
        ParamsError: anything else; `where` names the place.
    """
    if isinstance(value, str) and len(value) == 7 and value[0] == "#":
        try:
            packed = int(value[1:], 16)
        except ValueError:
            packed = -1
        if packed >= 0:
            return float(packed >> 16), float(packed >> 8 & 255), float(packed & 255)
    raise ParamsError(f'{where}: expected a colour like "#ffb347", got {value!r}')


def parse_curve(value: object, where: str) -> Curve:
    """Return the curve written as `cubic-bezier(x1, y1, x2, y2)`, each 0…1.

    Raises:
        ParamsError: anything else; `where` names the place.
    """
    match = _CURVE.fullmatch(value.strip()) if isinstance(value, str) else None
    parts = [float(part) for part in match.groups()] if match else []
    if not parts or max(parts) > 1.0:
        raise ParamsError(
            f'{where}: expected a curve like "cubic-bezier(0.2, 0.8, 0.4, 1)" of numbers from 0 to 1, '
            f"got {value!r:.60}"
        )
    return Curve(*parts)


_TEXTS: dict[str, Callable[[object, str], Any]] = {"colour": parse_colour, "curve": parse_curve}


def parse_mood(values: object, where: str) -> MoodParams:
    """Return the parameters in one mood's table; it is accepted or refused as a whole.

    Raises:
        ParamsError: a missing, unknown, ill-typed or out-of-range value.
    """
    parsed: dict[str, Any] = {}
    for name, metadata, value, place in table_fields(values, MoodParams, where):
        read = _TEXTS.get(metadata.get("kind", ""))
        parsed[name] = read(value, place) if read else parse_number(value, metadata["range"], place)
    return MoodParams(**parsed)


def parse_thresholds(values: object, where: str) -> Thresholds:
    """Return the thresholds in a table; they are accepted or refused as a whole.

    Raises:
        ParamsError: a missing, unknown, ill-typed or out-of-range value, or two without room between them.
    """
    items = table_fields(values, Thresholds, where)
    parsed = {name: parse_number(value, metadata["range"], place) for name, metadata, value, place in items}
    for less, more in APART:
        if not parsed[less] < parsed[more]:
            raise ParamsError(
                f"{where}.{less}: expected less than {more} = {parsed[more]:g}, got {parsed[less]:g}"
            )
    return Thresholds(**parsed)


def parse_tuning(text: str, where: str = "moods.toml") -> Tuning:
    """Return every mood's parameters and the thresholds from TOML text.

    Raises:
        ParamsError: not TOML, or a table missing, unknown or wrong.
    """
    try:
        tables = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise ParamsError(f"{where}: not TOML: {error}") from error
    names = {mood.value for mood in Mood}
    for name in tables:
        if name not in names | {THRESHOLDS}:
            known = ", ".join([*sorted(names), THRESHOLDS])
            raise ParamsError(f"{where}: [{name}] is no mood; known: {known}")
    missing = [mood.value for mood in Mood if mood.value not in tables]
    if missing:
        raise ParamsError(f"{where}: missing mood {', '.join(missing)}")
    if THRESHOLDS not in tables:
        raise ParamsError(f"{where}: missing table [{THRESHOLDS}]")
    moods = {mood: parse_mood(tables[mood.value], f"{where}: {mood.value}") for mood in Mood}
    return Tuning(moods, parse_thresholds(tables[THRESHOLDS], f"{where}: {THRESHOLDS}"))


def parse_moods(text: str, where: str = "moods.toml") -> dict[Mood, MoodParams]:
    """Return every mood's parameters from TOML text. Raises like `parse_tuning`."""
    return dict(parse_tuning(text, where).moods)


def load_tuning(path: Path = DEFAULT_FILE) -> Tuning:
    """Return every mood's parameters and the thresholds from a TOML file.

    Raises:
        ParamsError: the file cannot be read or is wrong.
    """
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise ParamsError(f"{path}: cannot read: {error}") from error
    return parse_tuning(text, path.name)


@cache
def default_tuning() -> Tuning:
    """Return the tuning the package comes with, read once."""
    return load_tuning()


def load_moods(path: Path = DEFAULT_FILE) -> dict[Mood, MoodParams]:
    """Return every mood's parameters from a TOML file. Raises like `load_tuning`."""
    return dict(load_tuning(path).moods)


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


PRESETS = Path(__file__).with_name("presets")
"""Characters that come with the fish: what each changes of `moods.toml`, one TOML file a preset."""
DEFAULT_PRESET = "default"


@cache
def preset_names() -> tuple[str, ...]:
    """Return the presets there are; the first changes nothing."""
    return DEFAULT_PRESET, *sorted(path.stem for path in PRESETS.glob("*.toml"))


def preset(name: str) -> Tuning:
    """Return the tuning of a preset.

    Raises:
        ParamsError: there is none of that name.
    """
    if name not in preset_names():
        raise ParamsError(f"mood-preset: expected one of {', '.join(preset_names())}, got {name!r:.60}")
    if name == DEFAULT_PRESET:
        return default_tuning()
    file = PRESETS / f"{name}.toml"
    return overlaid(default_tuning(), read_tables(file.read_text(encoding="utf-8"), file.name), file.name)
