"""The file a designer works on: its text, what it says, and the way back."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from random import Random
from typing import TYPE_CHECKING, Any

from candlefish.sim.easing import Curve
from candlefish.sim.moods import Mood
from candlefish.sim.ranges import ParamsError
from candlefish.sim.tuning import (
    DEFAULT_FILE,
    THRESHOLDS,
    Tuning,
    default_tuning,
    overlaid,
    parse_curve,
    plain,
    read_tables,
)
from candlefish.studio.problems import problems
from candlefish.studio.schema import default_tables, parameter, parameter_names, tuning_values
from candlefish.studio.toml_edit import places, remove_value, set_values, toml_token

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from candlefish.studio.toml_edit import Span

MOST_STEPS = 2_000
"""Changes that can be undone."""
NAME = "moods.toml"

Value = float | str
Values = dict[str, dict[str, Value]]


class DocumentError(ValueError):
    """A change or a file was refused; nothing has changed."""


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
    """Return how that text writes each value."""
    text = default_text()
    return {(t, n): text[span.start : span.end] for (t, n), span in places(text).values.items()}


class Document:
    """A file of moods, whole or partial, that is always a good one.

    Attributes:
        text: as it is to be saved.
        saved: as it was last saved or opened.
        tuning: what the fish is to live by.
    """

    def __init__(self, text: str | None = None) -> None:
        """Open a text; None for the package's own.

        Raises:
            DocumentError: it is wrong; says in which lines.
        """
        self._undone: list[_Version] = []
        self._done: list[_Version] = []
        self.text = self.saved = default_text() if text is None else text
        self.tuning = self._read(self.text)

    @property
    def undo_label(self) -> str:
        """What undo would take back; empty when there is nothing."""
        return self._done[-1].label if self._done else ""

    @property
    def redo_label(self) -> str:
        """What redo would do again; empty when there is nothing."""
        return self._undone[-1].label if self._undone else ""

    def values(self) -> Values:
        """Return all values, also those the file leaves to the default, as a file would have them."""
        return values_of(self.tuning)

    def changes(self) -> Values:
        """Return the values that differ from the default."""
        return differing(self.values(), tuning_values())

    def set(self, table: str, name: str, value: object, stroke: int = 0) -> None:
        """Change one value. Changes of one `stroke` (not 0) of the hand are one step back.

        Raises:
            DocumentError: there is no such value, or it may not be so; says what it may be.
        """
        self.set_many({table: {name: value}}, f"{table}.{name}", stroke)

    def set_many(self, changes: Mapping[str, Mapping[str, object]], label: str, stroke: int = 0) -> None:
        """Change several values in one step; all or none. Raises like `set`."""
        try:
            tuning = overlaid(self.tuning, changes, "change")
        except ParamsError as error:
            raise DocumentError(str(error).removeprefix("change: ")) from error
        found = places(self.text).values
        tokens: dict[tuple[str, str], str] = {}
        for table, names in changes.items():
            wanted, now = table_values(tuning, table), table_values(self.tuning, table)
            for name in names:
                if wanted[name] != now[name]:
                    span = found.get((table, name))
                    tokens[table, name] = _token(self.text, span, table, name, wanted[name])
        self._go_to(set_values(self.text, tokens), label, stroke, tuning)

    def reset(self, table: str, names: Iterable[str] | None = None) -> None:
        """Take values of a table (None: all) back to the default, as the default file writes them.

        What the file as opened leaves out is left out again.
        """
        self._check_table(table)
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
        """Give one mood the values of another, but for the `locked` ("table.name"). Raises like `set`."""
        if THRESHOLDS in (source, target):
            raise DocumentError(f"{THRESHOLDS}: is no mood")
        self._check_table(source)
        values = without(table_values(self.tuning, source), target, locked)
        self.set_many({target: values}, f"copy {source} to {target}")

    def take_preset(self, name: str, locked: Iterable[str] = ()) -> None:
        """Take on a preset's character, but for the `locked`. Raises like `set`."""
        try:
            values = tuning_values(name)
        except ParamsError as error:
            raise DocumentError(str(error)) from error
        self.set_many({t: without(v, t, locked) for t, v in values.items()}, f"preset {name}")

    def randomise(self, table: str, seed: int, strength: float = 1.0, locked: Iterable[str] = ()) -> None:
        """Draw a mood's values anew within their ranges, but for the `locked`.

        Args:
            table: a mood; thresholds are not left to chance.
            seed: of the draw.
            strength: 0…1, how far from where they are.
            locked: values ("table.name") that stay.
        """
        self._check_table(table)
        if table == THRESHOLDS:
            raise DocumentError(f"{THRESHOLDS}: are not left to chance")
        random, now = Random(seed), table_values(self.tuning, table)
        drawn = {name: _drawn(parameter(table, name), now[name], strength, random) for name in now}
        self.set_many({table: without(drawn, table, locked)}, f"randomise {table}")

    def replace(self, text: str, label: str = "import") -> None:
        """Take another text in, as a step that can be undone.

        Raises:
            DocumentError: it is wrong; says in which lines.
        """
        tuning = self._read(text)
        self._go_to(text, label, 0, tuning)

    def mark_saved(self) -> None:
        """It has been saved as it is."""
        self.saved = self.text

    def undo(self) -> str:
        """Go one step back; return what was taken back, or nothing."""
        return self._move(self._done, self._undone)

    def redo(self) -> str:
        """Go one step forth; return what was done again, or nothing."""
        return self._move(self._undone, self._done)

    def history(self, most: int) -> list[list[str]]:
        """Return the last steps that can be undone, at most so many, each as label and text."""
        return [[version.label, version.text] for version in self._done[-most:]]

    def restore(self, saved: str, history: Iterable[Iterable[str]]) -> None:
        """Take up what an earlier visit left: the text last saved, and its steps. Raises like `replace`."""
        versions = [(str(label), str(text)) for label, text in history]
        for text in (saved, *(text for _, text in versions)):
            self._read(text)
        self.saved = saved
        self._done = [_Version(text, label, 0) for label, text in versions]

    def json(self) -> str:
        """Return all values as JSON."""
        return json.dumps(self.values(), indent=2) + "\n"

    @staticmethod
    def _read(text: str) -> Tuning:
        wrong = problems(text)
        if wrong:
            raise DocumentError("\n".join(map(str, wrong)))
        return _tuning(text)

    @staticmethod
    def _check_table(table: str) -> None:
        if table not in default_tables():
            raise DocumentError(f"[{table}] is no mood; known: {', '.join(default_tables())}")

    def _go_to(self, text: str, label: str, stroke: int, tuning: Tuning) -> None:
        if text == self.text:
            return
        same = bool(stroke and self._done and self._done[-1].stroke == stroke)
        if not same:
            self._done = [*self._done[1 - MOST_STEPS :], _Version(self.text, label, stroke)]
        self._undone.clear()
        self.text, self.tuning = text, tuning

    def _move(self, source: list[_Version], target: list[_Version]) -> str:
        if not source:
            return ""
        version = source.pop()
        target.append(_Version(self.text, version.label, 0))
        self.text, self.tuning = version.text, _tuning(version.text)
        return version.label


def values_of(tuning: Tuning) -> Values:
    """Return all values of a tuning, by table and name, as a file has them."""
    return {table: table_values(tuning, table) for table in default_tables()}


def table_values(tuning: Tuning, table: str) -> dict[str, Value]:
    """Return the values of one table, as a file has them."""
    source = tuning.thresholds if table == THRESHOLDS else tuning.moods[Mood(table)]
    return {name: plain(getattr(source, name)) for name in parameter_names(table)}


def differing(values: Values, base: Values) -> Values:
    """Return the values that are not those of `base`."""
    found = {
        table: {name: value for name, value in names.items() if value != base[table][name]}
        for table, names in values.items()
    }
    return {table: names for table, names in found.items() if names}


def without(values: Mapping[str, Any], table: str, locked: Iterable[str]) -> dict[str, Any]:
    """Return a table's values without the locked ones."""
    kept = set(locked)
    return {name: value for name, value in values.items() if f"{table}.{name}" not in kept}


def _tuning(text: str) -> Tuning:
    return overlaid(default_tuning(), read_tables(text, NAME), NAME)


def _token(text: str, span: Span | None, table: str, name: str, value: Value) -> str:
    """How a value is written: as the default file does where it says the same, else like the one before."""
    token = default_tokens()[table, name]
    if value == tuning_values()[table][name]:
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
