"""Personas: a visitor and their acts, as data in a TOML file.

    about = "Moves slowly, rests a while, feeds now and then."

    [visitor]                 # who comes; all of it may be left out: someone new, at noon
    trust = 60                # what the fish remembers of them …
    visits = 5                # … from this many days
    days_away = 2             # since the last of them
    hour = 20                 # local time now

    [[act]]                   # what they do, one act after another; at the end it starts over
    do = "wander"             # where the pointer goes: see `Motion`
    for_s = [15, 25]          # a number, or a range to draw from
    speed_px_s = 150
    feed_every_s = [12, 20]   # what else they do meanwhile

Every value is checked; the dataclasses here hold what may be given, its range, its unit and its meaning.
"""

# ruff: noqa: RUF009  # _span() is dataclasses.field()

from __future__ import annotations

import tomllib
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import TYPE_CHECKING, Any

from candlefish.sim.moods import Mood
from candlefish.sim.ranges import ParamsError, Range, parse_number

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

FOLDER = Path(__file__).with_name("personas")

Span = tuple[float, float]
"""From … to: a number is drawn from it each time one is needed. Both ends are equal for a fixed number."""


class PersonaError(ValueError):
    """A persona was refused; the message says which file, where, what was expected and what was found."""


def _span(low: float, high: float, unit: str, text: str, default: float | Span | None) -> Any:
    ends = (float(default), float(default)) if isinstance(default, int | float) else default
    return field(default=ends, metadata={"range": Range(low, high, 0.0, unit, text)})


MOTIONS: Mapping[str, str] = {
    "rest": "stays where it is, with a small tremor (`sway_px`)",
    "wander": "goes straight from place to place at `speed_px_s`, resting `pause_s` at each",
    "circle": "goes round `around` at `radius_px` and `speed_px_s`",
    "wiggle": "goes to and fro over `reach_px`, `rate_hz` times a second",
    "whip": "goes across the whole box and back at `speed_px_s`",
    "approach": "goes to the fish at `speed_px_s`, to `distance_px` from it, and stays",
    "retreat": "goes away from the fish at `speed_px_s`, to the far side, and stays",
    "follow": "keeps `distance_px` from the fish, no faster than `speed_px_s`",
    "leave": "is not in the box",
    "blur": "is not in the box, for the window was left; comes back with the next act",
    "idle": "stays exactly where it is",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonaAct:
    """One act: where the pointer goes, for how long, and what else the visitor does meanwhile."""

    do: str
    for_s: Span = _span(0.05, 86400, "s", "how long", None)
    speed_px_s: Span = _span(1, 20000, "px/s", "speed of the pointer", 150)
    pause_s: Span = _span(0, 600, "s", "rest at each place (wander)", (1.0, 3.0))
    radius_px: Span = _span(1, 4000, "px", "radius (circle)", 160)
    rate_hz: Span = _span(0.01, 30, "Hz", "times there and back a second (wiggle)", 2)
    reach_px: Span = _span(0, 4000, "px", "how far to either side (wiggle)", 60)
    distance_px: Span = _span(0, 4000, "px", "distance from the fish (approach, follow)", 60)
    sway_px: Span = _span(0, 200, "px", "tremor (rest)", 6)
    at: tuple[float, float] | None = None
    around: str = "here"
    drag: bool = False
    touch: bool = False
    feed_every_s: Span | None = _span(0.05, 3600, "s", "drops food at the pointer", None)
    tap_every_s: Span | None = _span(0.2, 3600, "s", "taps", None)
    double_tap_every_s: Span | None = _span(0.8, 3600, "s", "taps twice", None)
    hold_every_s: Span | None = _span(1.6, 3600, "s", "presses for a second", None)
    scroll_every_s: Span | None = _span(0.02, 3600, "s", "scrolls the page", None)
    key_every_s: Span | None = _span(0.02, 3600, "s", "presses a key", None)


DEEDS = ("feed", "tap", "double_tap", "hold", "scroll", "key")
AROUND = ("here", "fish", "middle")


@dataclass(frozen=True, slots=True)
class VisitorProfile:
    """The visitor: what the fish remembers of them, and the time of the visit."""

    trust: float = field(default=20.0, metadata={"range": Range(0, 100, 1, "", "trust it remembers")})
    visits: float = field(default=0.0, metadata={"range": Range(0, 60, 1, "", "days visited before")})
    days_away: float = field(default=1.0, metadata={"range": Range(0, 3650, 1, "d", "since the last visit")})
    hour: float = field(default=12.0, metadata={"range": Range(0, 24, 1, "h", "local time at the start")})


@dataclass(frozen=True, slots=True)
class Persona:
    """A whole persona. `shows` names moods that someone like this is sure to see."""

    name: str
    about: str
    visitor: VisitorProfile
    acts: tuple[PersonaAct, ...]
    repeat: bool = True
    shows: tuple[Mood, ...] = ()


def names() -> list[str]:
    """Return the names of the personas that come with Candlefish."""
    return sorted(path.stem for path in FOLDER.glob("*.toml"))


def load_persona(name_or_path: str) -> Persona:
    """Load a persona that comes with Candlefish by its name, or any by the path of its `.toml` file.

    Raises:
        PersonaError: there is none, it cannot be read, or it is wrong.
    """
    path = Path(name_or_path)
    if path.suffix != ".toml":
        path = FOLDER / f"{name_or_path}.toml"
        if name_or_path not in names():
            raise PersonaError(
                f"{name_or_path!r}: no such persona; known: {', '.join(names())}, or a path to a .toml file"
            )
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise PersonaError(f"{path}: cannot read: {error}") from error
    return parse_persona(text, path.stem, str(path.name))


def parse_persona(text: str, name: str, where: str) -> Persona:
    """Read a persona from TOML text.

    Raises:
        PersonaError: not TOML, or something is missing, unknown, of the wrong type or out of range.
    """
    try:
        found = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise PersonaError(f"{where}: not TOML: {error}") from error
    try:
        return _persona(found, name, where)
    except ParamsError as error:
        raise PersonaError(str(error)) from error


def _persona(found: Mapping[str, object], name: str, where: str) -> Persona:
    known = ("about", "repeat", "shows", "visitor", "act")
    _refuse_unknown(found, known, where)
    acts = found.get("act")
    if not isinstance(acts, list) or not acts:
        raise ParamsError(f"{where}: expected at least one [[act]]")
    about = found.get("about", "")
    if not isinstance(about, str):
        raise ParamsError(f"{where}: about: expected a text, got {about!r}")
    return Persona(
        name,
        about,
        _visitor(found.get("visitor", {}), f"{where}: visitor"),
        tuple(_act(act, f"{where}: act {number}") for number, act in enumerate(acts, 1)),
        _flag(found, "repeat", where, default=True),
        _moods(found.get("shows", []), f"{where}: shows"),
    )


def _visitor(found: object, where: str) -> VisitorProfile:
    if not isinstance(found, dict):
        raise ParamsError(f"{where}: expected a table, got {found!r}")
    metadata = {item.name: item.metadata for item in fields(VisitorProfile)}
    _refuse_unknown(found, list(metadata), where)
    values = {
        key: parse_number(value, metadata[key]["range"], f"{where}.{key}") for key, value in found.items()
    }
    return VisitorProfile(**values)


def _act(found: object, where: str) -> PersonaAct:
    if not isinstance(found, dict):
        raise ParamsError(f"{where}: expected a table, got {found!r}")
    metadata = {item.name: item.metadata for item in fields(PersonaAct)}
    _refuse_unknown(found, list(metadata), where)
    for key in ("do", "for_s"):
        if key not in found:
            raise ParamsError(f"{where}.{key}: missing")
    values: dict[str, Any] = {
        key: parse_span(value, metadata[key]["range"], f"{where}.{key}")
        for key, value in found.items()
        if "range" in metadata[key]
    }
    values["do"] = _choice(found["do"], list(MOTIONS), f"{where}.do")
    values["around"] = _choice(found.get("around", "here"), AROUND, f"{where}.around")
    values["drag"] = _flag(found, "drag", where, default=False)
    values["touch"] = _flag(found, "touch", where, default=False)
    values["at"] = _place(found["at"], f"{where}.at") if "at" in found else None
    return PersonaAct(**values)


def parse_span(value: object, allowed: Range, where: str) -> Span:
    """Read a number or a range `[low, high]`.

    Raises:
        ParamsError: neither, out of range, or the wrong way round.
    """
    if isinstance(value, list):
        if len(value) != 2:
            raise ParamsError(f"{where}: expected a number or [from, to], got {value!r}")
        low, high = (parse_number(end, allowed, where) for end in value)
        if low > high:
            raise ParamsError(f"{where}: expected [from, to] with from ≤ to, got {value!r}")
        return low, high
    number = parse_number(value, allowed, where)
    return number, number


def _place(value: object, where: str) -> tuple[float, float]:
    share = Range(0, 1, 0, "of the box", "")
    if not isinstance(value, list) or len(value) != 2:
        raise ParamsError(f"{where}: expected [x, y] in 0…1 of the box, got {value!r}")
    x, y = (parse_number(part, share, where) for part in value)
    return x, y


def _moods(value: object, where: str) -> tuple[Mood, ...]:
    if not isinstance(value, list):
        raise ParamsError(f"{where}: expected a list of moods, got {value!r}")
    return tuple(Mood(_choice(item, list(Mood), where)) for item in value)


def _choice(value: object, choices: Sequence[str], where: str) -> str:
    if isinstance(value, str) and value in choices:
        return value
    raise ParamsError(f"{where}: expected one of {', '.join(choices)}, got {value!r}")


def _flag(found: Mapping[str, object], key: str, where: str, *, default: bool) -> bool:
    value = found.get(key, default)
    if isinstance(value, bool):
        return value
    raise ParamsError(f"{where}: {key}: expected true or false, got {value!r}")


def _refuse_unknown(found: Mapping[str, object], known: Sequence[str], where: str) -> None:
    for key in found:
        if key not in known:
            raise ParamsError(f"{where}: {key}: no such entry; known: {', '.join(known)}")
