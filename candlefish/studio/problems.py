"""What is wrong with a file of moods: every such value with its line, what it is and what it may be."""

from __future__ import annotations

import re
import tomllib
from dataclasses import asdict, dataclass
from typing import Any

from candlefish.sim.moods import APART, Mood
from candlefish.sim.ranges import ParamsError
from candlefish.sim.tuning import THRESHOLDS, default_tuning, overlaid
from candlefish.studio.toml_edit import Places, places

MOST_CHARACTERS = 65_536
"""Of a file; the one we ship has under three thousand."""
TABLES = (*(mood.value for mood in Mood), THRESHOLDS)
_LINE = re.compile(r"\s*\(at line (\d+), column \d+\)|\s*\(at end of document\)")


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that is wrong: in which line (0: nowhere in particular), and what."""

    line: int
    message: str

    def __str__(self) -> str:
        """Say it in one line."""
        return f"line {self.line}: {self.message}" if self.line else self.message


def read_text(data: bytes) -> str:
    """Return a file's text, without a byte order mark.

    Raises:
        ParamsError: it is too long, or not UTF-8; says at which byte.
    """
    if len(data) > MOST_CHARACTERS:
        raise ParamsError(f"expected at most {MOST_CHARACTERS} bytes, got {len(data)}")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise ParamsError(f"not UTF-8: byte {error.start} is {data[error.start]:#04x}") from error


def problems(text: str) -> list[Problem]:
    """Return all that is wrong with a file of moods, whole or partial; nothing when it is good."""
    if len(text) > MOST_CHARACTERS:
        return [Problem(0, f"expected at most {MOST_CHARACTERS} characters, got {len(text)}")]
    try:
        tables = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        return [_not_toml(text, str(error))]
    except RecursionError:
        return [Problem(0, "not a file of moods: nested too deeply")]
    found = places(text)
    wrong = [problem for name, table in tables.items() for problem in _in_table(name, table, found)]
    return sorted(wrong or _together(tables, found), key=lambda problem: problem.line)


def _not_toml(text: str, message: str) -> Problem:
    place = _LINE.search(message)
    line = int(place[1]) if place and place[1] else text.count("\n") + 1
    return Problem(line, f"not TOML: {_LINE.sub('', message)}")


def _in_table(name: str, table: object, found: Places) -> list[Problem]:
    line = found.lines.get((name,)) or (found.values[name,].line if (name,) in found.values else 0)
    if name not in TABLES:
        return [Problem(line, f"[{name}] is no mood; known: {', '.join(TABLES)}")]
    if not isinstance(table, dict):
        return [Problem(line, f"{name}: expected a table, got {table!r:.60}")]
    wrong = ((key, _refusal(name, key, value)) for key, value in table.items())
    return [Problem(_line(found, name, key), message) for key, message in wrong if message]


def _refusal(table: str, name: str, value: object) -> str:
    """What is wrong with one value alone; what two must be to each other is for later."""
    try:
        overlaid(default_tuning(), {table: {name: value}}, "file")
    except ParamsError as error:
        message = str(error).removeprefix("file: ")
        return "" if "expected less than" in message else message
    return ""


def _together(tables: dict[str, Any], found: Places) -> list[Problem]:
    """Thresholds that leave no room between them."""
    own = tables.get(THRESHOLDS, {})
    values = asdict(default_tuning().thresholds) | own
    return [
        Problem(
            _line(found, THRESHOLDS, less if less in own else more),
            f"{THRESHOLDS}.{less}: expected less than {more} = {values[more]:g}, got {values[less]:g}",
        )
        for less, more in APART
        if not values[less] < values[more]
    ]


def _line(found: Places, table: str, name: str) -> int:
    span = found.values.get((table, name))
    return span.line if span else found.lines.get((table, name)) or found.lines.get((table,), 0)
