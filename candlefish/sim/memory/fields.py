"""Taking an untrusted JSON object apart, field by field: a bad field becomes its default and a problem.

A problem says where, what was expected and what was found:
`trust.ledger.a1b2.earned: expected a number in 0…1000000, got "x"`.
"""

from __future__ import annotations

import json
import math
from typing import TYPE_CHECKING, Final, TypeVar

if TYPE_CHECKING:
    from collections.abc import Iterator

_Value = TypeVar("_Value")

PROBLEMS_MAX: Final = 24
_SHOWN: Final = 32


class Problems:
    """Collects problem texts; the first PROBLEMS_MAX in full, the rest by number."""

    def __init__(self) -> None:
        self._texts: list[str] = []
        self._more = 0

    def add(self, text: str) -> None:
        """Note one problem."""
        if len(self._texts) < PROBLEMS_MAX:
            self._texts.append(text)
        else:
            self._more += 1

    def texts(self) -> tuple[str, ...]:
        """All that was noted."""
        return (*self._texts, f"… and {self._more} more") if self._more else tuple(self._texts)


class Fields:
    """One object at `path`. Reading marks a field as known; `done` reports those left.

    `required`: whether a missing field is a problem.
    """

    def __init__(self, value: object, path: str, problems: Problems, *, required: bool) -> None:
        self._found: dict[str, object] = value if isinstance(value, dict) else {}
        self._path = path
        self._problems = problems
        self._required = required
        self._read: set[str] = set()
        if not isinstance(value, dict):
            self._required = False
            problems.add(f"{path or 'text'}: expected an object, got {shown(value)}")

    def number(self, key: str, low: float, high: float, default: float) -> float:
        """A finite number within low…high."""
        if not self._has(key):
            return default
        value = self._found[key]
        number = as_number(value)
        if number is not None and low <= number <= high:
            return number
        return self._bad(key, f"a number in {low:.16g}…{high:.16g}", value, default)

    def whole(self, key: str, low: int, high: int, default: int) -> int:
        """A whole number within low…high (2.0 will do)."""
        if not self._has(key):
            return default
        value = self._found[key]
        number = as_number(value)
        if number is not None and low <= number <= high and number == int(number):
            return int(number)
        return self._bad(key, f"a whole number in {low}…{high}", value, default)

    def within(self, key: str) -> Fields:
        """The object in a field; empty if there is none."""
        value = self._found[key] if self._has(key) else {}
        required = self._required and key in self._found
        return Fields(value, self._at(key), self._problems, required=required)

    def items(self, key: str) -> Iterator[tuple[str, object]]:
        """The values of a list, each with its path."""
        value = self._found[key] if self._has(key) else []
        if not isinstance(value, list):
            value = self._bad(key, "a list", value, [])
        return ((f"{self._at(key)}[{index}]", item) for index, item in enumerate(value))

    def rows(self) -> Iterator[tuple[str, str, object]]:
        """Every member of this object: its key, path and value."""
        self._read.update(self._found)
        return ((key, self._at(key), value) for key, value in self._found.items())

    def text(self, key: str) -> str | None:
        """A string, or None if there is none."""
        if not self._has(key):
            return None
        value = self._found[key]
        return value if isinstance(value, str) else self._bad(key, "a text", value, None)

    def value(self, key: str) -> object:
        """A field as it is; None if missing."""
        self._read.add(key)
        return self._found.get(key)

    def done(self) -> None:
        """Report the fields nobody asked for."""
        for key in sorted(self._found.keys() - self._read):
            self._problems.add(f"{self._at(key)}: unknown field, left out")

    def _has(self, key: str) -> bool:
        self._read.add(key)
        if key not in self._found and self._required:
            self._problems.add(f"{self._at(key)}: missing")
        return key in self._found

    def _at(self, key: str) -> str:
        name = ascii(key)[1:-1][:_SHOWN]
        return f"{self._path}.{name}" if self._path else name

    def _bad(self, key: str, expected: str, value: object, default: _Value) -> _Value:
        self._problems.add(f"{self._at(key)}: expected {expected}, got {shown(value)}")
        return default


def as_number(value: object) -> float | None:
    """A finite number, whole ones kept exact; None for anything else, booleans too."""
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not math.isfinite(value):
        return None
    return value


def shown(value: object) -> str:
    """A value as it may stand in a problem: short, one line, ASCII."""
    if isinstance(value, dict):
        return "an object"
    if isinstance(value, list):
        return "a list"
    if isinstance(value, str) and len(value) > _SHOWN:
        return f"{json.dumps(value[:_SHOWN])}… ({len(value)} characters)"
    return json.dumps(value)
