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

# ruff: noqa: RUF009  # _span() and _kind() are dataclasses.field()

from __future__ import annotations

from dataclasses import MISSING, dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from candlefish.sim.moods import Mood
from candlefish.sim.ranges import (
    ParamsError,
    Range,
    parse_choice,
    parse_flag,
    parse_list,
    parse_number,
    parse_text,
    table_fields,
)
from candlefish.sim.tuning import read_tables

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

FOLDER = Path(__file__).with_name("personas")

Span = tuple[float, float]
"""From … to: a number is drawn from it each time one is needed. Both ends are equal for a fixed number."""


class PersonaError(ValueError):
    """A persona was refused; the message says which file, where, what was expected and the value."""


def _span(low: float, high: float, unit: str, text: str, default: float | Span | None) -> Any:
    ends = (float(default), float(default)) if isinstance(default, int | float) else default
    return field(default=ends, metadata={"range": Range(low, high, 0.0, unit, text)})


def _kind(kind: str, default: Any = MISSING) -> Any:
    return field(default=default, metadata={"kind": kind})


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

    do: str = _kind("motion")
    for_s: Span = _span(0.05, 86400, "s", "how long", None)
    speed_px_s: Span = _span(1, 20000, "px/s", "speed of the pointer", 150)
    pause_s: Span = _span(0, 600, "s", "rest at each place (wander)", (1.0, 3.0))
    radius_px: Span = _span(1, 4000, "px", "radius (circle)", 160)
    rate_hz: Span = _span(0.01, 30, "Hz", "times there and back a second (wiggle)", 2)
    reach_px: Span = _span(0, 4000, "px", "how far to either side (wiggle)", 60)
    distance_px: Span = _span(0, 4000, "px", "distance from the fish (approach, follow)", 60)
    sway_px: Span = _span(0, 200, "px", "tremor (rest)", 6)
    at: tuple[float, float] | None = _kind("place", None)
    around: str = _kind("around", "here")
    drag: bool = _kind("flag", default=False)
    touch: bool = _kind("flag", default=False)
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


@dataclass(frozen=True, slots=True)
class _PersonaFile:
    """The names of a file's entries."""

    about: object
    repeat: object
    shows: object
    visitor: object
    act: object


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
        return _persona(read_tables(text, where), name, where)
    except ParamsError as error:
        raise PersonaError(str(error)) from error


def _persona(tables: Mapping[str, object], name: str, where: str) -> Persona:
    entries = {key: (value, place) for key, _, value, place in table_fields(tables, _PersonaFile, where, ())}
    acts = parse_list(*entries.get("act", ([], where)))
    if not acts:
        raise ParamsError(f"{where}: expected at least one [[act]]")
    return Persona(
        name,
        parse_text(*entries.get("about", ("", where))),
        _visitor(*entries.get("visitor", ({}, where))),
        tuple(_act(act, f"{where}: act {number}") for number, act in enumerate(acts, 1)),
        parse_flag(*entries.get("repeat", (True, where))),
        _moods(*entries.get("shows", ([], where))),
    )


def _visitor(table: object, where: str) -> VisitorProfile:
    values = {
        name: parse_number(value, metadata["range"], place)
        for name, metadata, value, place in table_fields(table, VisitorProfile, where, ())
    }
    return VisitorProfile(**values)


def _act(table: object, where: str) -> PersonaAct:
    values: dict[str, Any] = {
        name: _PARSERS[metadata["kind"]](value, place)
        if "kind" in metadata
        else parse_span(value, metadata["range"], place)
        for name, metadata, value, place in table_fields(table, PersonaAct, where, ("do", "for_s"))
    }
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
    return tuple(Mood(parse_choice(item, list(Mood), where)) for item in parse_list(value, where))


_PARSERS: dict[str, Callable[[object, str], Any]] = {
    "motion": lambda value, where: parse_choice(value, list(MOTIONS), where),
    "around": lambda value, where: parse_choice(value, AROUND, where),
    "place": _place,
    "flag": parse_flag,
}
