"""The document: a file of moods, checked line by line, edited one token at a time, with undo and redo."""

from __future__ import annotations

import json
import re
import tomllib
from dataclasses import asdict, dataclass
from functools import cache
from pathlib import Path
from random import Random
from typing import TYPE_CHECKING, Any

from candlefish.sim.easing import Curve
from candlefish.sim.moods import APART
from candlefish.sim.ranges import ParamsError
from candlefish.sim.tuning import (
    DEFAULT_FILE,
    THRESHOLDS,
    Tuning,
    default_tuning,
    overlaid,
    parse_curve,
    read_tables,
)
from candlefish.studio.parameters import (
    TABLES,
    Value,
    Values,
    differing,
    parameter,
    parameter_names,
    preset_values,
    table_values,
    values_of,
    without_locked,
)
from candlefish.studio.toml_edit import places, remove_value, set_values, toml_token

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from candlefish.studio.toml_edit import Places, Span

MOST_UNDO_STEPS = 2_000
MOST_CHARACTERS = 65_536
"""Of a file; the one we ship has under three thousand."""
NAME = "moods.toml"
_LINE = re.compile(r"\s*\(at line (\d+), column \d+\)|\s*\(at end of document\)")


@dataclass(frozen=True, slots=True)
class Problem:
    """A mistake in a file: its line (0: no line in particular), and what is wrong."""

    line: int
    message: str

    def __str__(self) -> str:
        """Return line and message."""
        return f"line {self.line}: {self.message}" if self.line else self.message


class DocumentError(ValueError):
    """A change or a file was refused; nothing has changed.

    Attributes:
        problems: what is wrong, at least one.
    """

    def __init__(self, *problems: Problem | str) -> None:
        """Refuse for these problems; a text is one without a line."""
        self.problems = tuple(each if isinstance(each, Problem) else Problem(0, each) for each in problems)
        super().__init__("\n".join(map(str, self.problems)))


@dataclass(frozen=True, slots=True)
class _Version:
    text: str
    label: str
    stroke: int


@cache
def default_text() -> str:
    """Return the text of the `moods.toml` the package comes with."""
    return Path(DEFAULT_FILE).read_text(encoding="utf-8")


@cache
def default_tokens() -> dict[tuple[str, str], str]:
    """Return each value of that text as it is written there."""
    text = default_text()
    return {(t, n): text[span.start : span.end] for (t, n), span in places(text).values.items()}


class Document:
    """A file of moods, whole or partial, that is always valid.

    Attributes:
        text: as it is to be saved.
        saved: as it was last saved or opened.
        tuning: its parameters.
    """

    def __init__(self, text: str | None = None) -> None:
        """Open a text; None for the package's own.

        Raises:
            DocumentError: it has problems.
        """
        self._undone: list[_Version] = []
        self._done: list[_Version] = []
        self.text = self.saved = default_text() if text is None else text
        self.tuning = _checked_tuning(self.text)

    @property
    def undo_label(self) -> str:
        """The step that undo takes back; empty when there is none."""
        return self._done[-1].label if self._done else ""

    @property
    def redo_label(self) -> str:
        """The step that redo does again; empty when there is none."""
        return self._undone[-1].label if self._undone else ""

    def values(self) -> Values:
        """Return all values, also those the file leaves to the default."""
        return values_of(self.tuning)

    def changes(self) -> Values:
        """Return the values that differ from the default."""
        return differing(self.values(), preset_values())

    def set(self, table: str, name: str, value: object, stroke: int = 0) -> None:
        """Change one value. Changes of one `stroke` (not 0) are one undo step.

        Raises:
            DocumentError: there is no such parameter, or the value is not allowed; says what is.
        """
        self.set_many({table: {name: value}}, f"{table}.{name}", stroke)

    def set_many(self, changes: Mapping[str, Mapping[str, object]], label: str, stroke: int = 0) -> None:
        """Change several values in one step; all or none. Raises like `set`."""
        try:
            tuning = overlaid(self.tuning, changes, "change")
        except ParamsError as error:
            raise DocumentError(str(error).removeprefix("change: ")) from error
        spans = places(self.text).values
        tokens: dict[tuple[str, str], str] = {}
        for table, names in changes.items():
            wanted, now = table_values(tuning, table), table_values(self.tuning, table)
            for name in names:
                if wanted[name] != now[name]:
                    span = spans.get((table, name))
                    tokens[table, name] = _token(self.text, span, table, name, wanted[name])
        self._go_to(set_values(self.text, tokens), label, stroke, tuning)

    def reset(self, table: str, names: Iterable[str] | None = None) -> None:
        """Reset values of a table (None: all) to the default, as the default file writes them.

        A value that the file as opened leaves out is removed again.
        """
        _check_table(table)
        text, opened = self.text, places(self.saved).values
        tokens: dict[tuple[str, str], str] = {}
        for name in parameter_names(table) if names is None else names:
            if (table, name) not in default_tokens():
                raise DocumentError(f"{table}.{name}: no such parameter")
            if (table, name) in opened:
                tokens[table, name] = default_tokens()[table, name]
            else:
                text = remove_value(text, table, name)
        text = set_values(text, tokens)
        try:
            tuning = _tuning(text)
        except ParamsError as error:
            raise DocumentError(str(error)) from error
        self._go_to(text, f"reset {table}", 0, tuning)

    def copy(self, source: str, target: str, locked: Iterable[str] = ()) -> None:
        """Copy one mood's values to another, except the `locked` ("table.name"). Raises like `set`."""
        if THRESHOLDS in (source, target):
            raise DocumentError(f"{THRESHOLDS}: is no mood")
        _check_table(source)
        values = without_locked(table_values(self.tuning, source), target, locked)
        self.set_many({target: values}, f"copy {source} to {target}")

    def take_preset(self, name: str, locked: Iterable[str] = ()) -> None:
        """Take a preset's values, except the `locked`. Raises like `set`."""
        try:
            values = preset_values(name)
        except ParamsError as error:
            raise DocumentError(str(error)) from error
        self.set_many({t: without_locked(v, t, locked) for t, v in values.items()}, f"preset {name}")

    def randomise(self, table: str, seed: int, strength: float = 1.0, locked: Iterable[str] = ()) -> None:
        """Draw a mood's values at random within their ranges, except the `locked`.

        Args:
            table: a mood; thresholds are not randomised.
            seed: of the random numbers.
            strength: 0…1, how far from the present values.
            locked: values ("table.name") that stay.
        """
        _check_table(table)
        if table == THRESHOLDS:
            raise DocumentError(f"{THRESHOLDS}: are not left to chance")
        random, now = Random(seed), table_values(self.tuning, table)
        drawn = {name: _drawn(parameter(table, name), now[name], strength, random) for name in now}
        self.set_many({table: without_locked(drawn, table, locked)}, f"randomise {table}")

    def replace(self, text: str, label: str = "import") -> None:
        """Replace the whole text, as a step that can be undone.

        Raises:
            DocumentError: it has problems.
        """
        self._go_to(text, label, 0, _checked_tuning(text))

    def mark_saved(self) -> None:
        """Note that the text has been saved."""
        self.saved = self.text

    def undo(self) -> str:
        """Take the last step back; return its label, empty when there is none."""
        return self._move(self._done, self._undone)

    def redo(self) -> str:
        """Do the step taken back last again; return its label, empty when there is none."""
        return self._move(self._undone, self._done)

    def undo_steps(self, most: int) -> list[list[str]]:
        """Return the last steps that can be undone, at most so many, each as label and text."""
        return [[version.label, version.text] for version in self._done[-most:]]

    def restore(self, saved: str, history: Iterable[Iterable[str]]) -> None:
        """Restore the text last saved and the undo steps of an earlier page. Raises like `replace`."""
        versions = [(str(label), str(text)) for label, text in history]
        for text in (saved, *(text for _, text in versions)):
            _check(text)
        self.saved = saved
        self._done = [_Version(text, label, 0) for label, text in versions]

    def json(self) -> str:
        """Return all values as JSON."""
        return json.dumps(self.values(), indent=2) + "\n"

    def _go_to(self, text: str, label: str, stroke: int, tuning: Tuning) -> None:
        if text == self.text:
            return
        same = bool(stroke and self._done and self._done[-1].stroke == stroke)
        if not same:
            self._done = [*self._done[1 - MOST_UNDO_STEPS :], _Version(self.text, label, stroke)]
        self._undone.clear()
        self.text, self.tuning = text, tuning

    def _move(self, source: list[_Version], target: list[_Version]) -> str:
        if not source:
            return ""
        version = source.pop()
        target.append(_Version(self.text, version.label, 0))
        self.text, self.tuning = version.text, _tuning(version.text)
        return version.label


def read_text(data: bytes) -> str:
    """Return a file's text, without a byte order mark.

    Raises:
        DocumentError: it is too long, or not UTF-8; says at which byte.
    """
    if len(data) > MOST_CHARACTERS:
        raise DocumentError(f"expected at most {MOST_CHARACTERS} bytes, got {len(data)}")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise DocumentError(f"not UTF-8: byte {error.start} is {data[error.start]:#04x}") from error


def find_problems(text: str) -> list[Problem]:
    """Return all problems of a file of moods, whole or partial, by line."""
    if len(text) > MOST_CHARACTERS:
        return [Problem(0, f"expected at most {MOST_CHARACTERS} characters, got {len(text)}")]
    try:
        tables = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        return [_syntax_problem(text, str(error))]
    except RecursionError:
        return [Problem(0, "not a file of moods: nested too deeply")]
    known = places(text)
    problems = [problem for name, table in tables.items() for problem in _table_problems(name, table, known)]
    return sorted(problems or _order_problems(tables, known), key=lambda problem: problem.line)


def _syntax_problem(text: str, message: str) -> Problem:
    place = _LINE.search(message)
    line = int(place[1]) if place and place[1] else text.count("\n") + 1
    return Problem(line, f"not TOML: {_LINE.sub('', message)}")


def _table_problems(name: str, table: object, known: Places) -> list[Problem]:
    line = known.lines.get((name,)) or (known.values[name,].line if (name,) in known.values else 0)
    if name not in TABLES:
        return [Problem(line, _unknown_table(name))]
    if not isinstance(table, dict):
        return [Problem(line, f"{name}: expected a table, got {table!r:.60}")]
    messages = ((key, _value_problem(name, key, value)) for key, value in table.items())
    return [Problem(_line(known, name, key), message) for key, message in messages if message]


def _value_problem(table: str, name: str, value: object) -> str:
    """What is wrong with one value alone; `_order_problems` compares thresholds."""
    try:
        overlaid(default_tuning(), {table: {name: value}}, "file")
    except ParamsError as error:
        message = str(error).removeprefix("file: ")
        return "" if "expected less than" in message else message
    return ""


def _order_problems(tables: dict[str, Any], known: Places) -> list[Problem]:
    """Thresholds that must be less than others and are not."""
    own = tables.get(THRESHOLDS, {})
    values = asdict(default_tuning().thresholds) | own
    return [
        Problem(
            _line(known, THRESHOLDS, less if less in own else more),
            f"{THRESHOLDS}.{less}: expected less than {more} = {values[more]:g}, got {values[less]:g}",
        )
        for less, more in APART
        if not values[less] < values[more]
    ]


def _line(known: Places, table: str, name: str) -> int:
    span = known.values.get((table, name))
    return span.line if span else known.lines.get((table, name)) or known.lines.get((table,), 0)


def _unknown_table(name: str) -> str:
    return f"[{name}] is no mood; known: {', '.join(TABLES)}"


def _check_table(table: str) -> None:
    if table not in TABLES:
        raise DocumentError(_unknown_table(table))


def _check(text: str) -> None:
    problems = find_problems(text)
    if problems:
        raise DocumentError(*problems)


def _checked_tuning(text: str) -> Tuning:
    _check(text)
    return _tuning(text)


def _tuning(text: str) -> Tuning:
    return overlaid(default_tuning(), read_tables(text, NAME), NAME)


def _token(text: str, span: Span | None, table: str, name: str, value: Value) -> str:
    """A value's token: the default file's for the default, else in the style of the token it replaces."""
    token = default_tokens()[table, name]
    if value == preset_values()[table][name]:
        return token
    return toml_token(value, text[span.start : span.end] if span else token)


def _drawn(limits: dict[str, Any], now: Value, strength: float, random: Random) -> Value:
    if limits["kind"] == "colour":
        channels = [int(str(now)[at : at + 2], 16) for at in (1, 3, 5)]
        wanted = [random.randint(*((0, 255) if limits["name"] == "colour" else (4, 72))) for _ in channels]
        mixed = (round(a + (b - a) * strength) for a, b in zip(channels, wanted, strict=True))
        return "#" + "".join(f"{part:02x}" for part in mixed)
    if limits["kind"] == "curve":
        parts = (part + (random.random() - part) * strength for part in parse_curve(now, "drawn"))
        return str(Curve(*(round(part, 2) for part in parts)))
    low, high, step = limits["low"], limits["high"], limits["step"]
    value = float(now) + (random.uniform(low, high) - float(now)) * strength
    drawn: float = round(min(high, max(low, low + round((value - low) / step) * step)), 6)
    return drawn
