"""Lenient JSON: text that others may have written, cut short or scribbled in, read as far as it makes sense.

`read_json` never raises. Whole, well-formed text goes through the standard parser with hooks for what
that parser lets through (NaN, numbers of a million digits, doubled keys). Anything else is searched
for the members a caller knows by name, and each is read as far as it makes sense.

`LenientFields` takes an untrusted object apart field by field: a bad field becomes its default and a problem
that says where, what was expected and what was found:
`trust.ledger.a1b2.earned: expected a number in 0…1000000, got "x"`.
"""

from __future__ import annotations

import json
import math
import re
from typing import TYPE_CHECKING, Final, TypeVar

if TYPE_CHECKING:
    from collections.abc import Iterator

TEXT_MAX: Final = 262_144
"""Longer text (in characters) is refused unread; a memory of ours is at most 8192."""
DEPTH_MAX: Final = 12
"""Deeper nesting is not read; a memory of ours has four levels. Guards the parser's own recursion."""

_STRING: Final = r'"(?:[^"\\]|\\.)*"'
_TOKEN: Final = re.compile(rf"{_STRING}?|[\[{{]|[\]}}]")
"""A string (to the end of the text if nothing closes it, so that a scan is linear) or a bracket."""
_KEY: Final = re.compile(rf"[\s,]*({_STRING})\s*:\s*")
_SCALAR: Final = re.compile(rf"({_STRING}|-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?|true|false|null)(?=\s*[,\]}}])")
_JUNK: Final = re.compile(r"[^,\[\]{}]*")
_GAP: Final = re.compile(r"[\s,]*")
_UNREAD: Final = object()


def read_json(text: str, names: tuple[str, ...]) -> tuple[object, list[str]]:
    """The value of `text` and what was wrong with it. Of broken text, an object with those `names` found."""
    if len(text) > TEXT_MAX:
        return {}, [f"text: expected at most {TEXT_MAX} characters, got {len(text)}"]
    if _too_deep(text):
        return _members(text, names), [f"text: nested more than {DEPTH_MAX} levels deep"]
    doubled: list[str] = []
    try:
        return _strict(text, doubled), doubled
    except (ValueError, RecursionError) as error:
        return _members(text, names), [f"text: not JSON: {error}"]


def _strict(text: str, doubled: list[str]) -> object:
    def members(pairs: list[tuple[str, object]]) -> dict[str, object]:
        found = dict(pairs)
        if len(found) < len(pairs):
            keys = ascii(list(found)[:8])[:60]
            doubled.append(f"text: an object gives a key twice, the last counts; its keys are {keys}")
        return found

    return json.loads(text, object_pairs_hook=members, parse_int=_whole, parse_constant=str)


def _whole(digits: str) -> int | float:
    return int(digits) if len(digits) < 20 else float(digits)


def _too_deep(text: str) -> bool:
    depth = 0
    for token in _TOKEN.finditer(text):
        mark = text[token.start()]
        depth += (mark in "[{") - (mark in "]}")
        if depth > DEPTH_MAX:
            return True
    return False


def _members(text: str, names: tuple[str, ...]) -> dict[str, object]:
    found = {}
    for name in names:
        key = re.search(rf'"{name}"\s*:\s*', text)
        value = _value(text, key.end(), 0)[0] if key else _UNREAD
        if value is not _UNREAD:
            found[name] = value
    return found


def _value(text: str, at: int, depth: int) -> tuple[object, int]:
    """The value at `at` as far as it can be read, and where reading stopped."""
    if text.startswith("{", at) and depth < DEPTH_MAX:
        return _object(text, at + 1, depth + 1)
    if text.startswith("[", at) and depth < DEPTH_MAX:
        return _list(text, at + 1, depth + 1)
    scalar = _SCALAR.match(text, at)
    if scalar is None:
        return _UNREAD, _end(_JUNK, text, at)
    try:
        return _strict(scalar[1], []), scalar.end()
    except ValueError:
        return _UNREAD, scalar.end()


def _object(text: str, at: int, depth: int) -> tuple[dict[str, object], int]:
    found: dict[str, object] = {}
    while key := _KEY.match(text, at):
        value, at = _value(text, key.end(), depth)
        if value is not _UNREAD:
            found[key[1][1:-1]] = value
    return found, _closed(text, at, "}")


def _list(text: str, at: int, depth: int) -> tuple[list[object], int]:
    found: list[object] = []
    at = _end(_GAP, text, at)
    while at < len(text) and text[at] not in "]}":
        value, after = _value(text, at, depth)
        if value is not _UNREAD:
            found.append(value)
        following = _end(_GAP, text, after)
        if following == at:
            break
        at = following
    return found, _closed(text, at, "]")


def _closed(text: str, at: int, mark: str) -> int:
    at = _end(_GAP, text, at)
    return at + 1 if text.startswith(mark, at) else at


def _end(pattern: re.Pattern[str], text: str, at: int) -> int:
    match = pattern.match(text, at)
    return match.end() if match else at


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


class LenientFields:
    """One object at `path`. Reading marks a field as known; `report_unknown` reports those left.

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
            problems.add(f"{path or 'text'}: expected an object, got {describe(value)}")

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

    def within(self, key: str) -> LenientFields:
        """The object in a field; empty if there is none."""
        value = self._found[key] if self._has(key) else {}
        required = self._required and key in self._found
        return LenientFields(value, self._at(key), self._problems, required=required)

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

    def report_unknown(self) -> None:
        """Report the fields that were not read."""
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
        self._problems.add(f"{self._at(key)}: expected {expected}, got {describe(value)}")
        return default


def as_number(value: object) -> float | None:
    """A finite number, whole ones kept exact; None for anything else, booleans too."""
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not math.isfinite(value):
        return None
    return value


def describe(value: object) -> str:
    """A value as it may stand in a problem: short, one line, ASCII."""
    if isinstance(value, dict):
        return "an object"
    if isinstance(value, list):
        return "a list"
    if isinstance(value, str) and len(value) > _SHOWN:
        return f"{json.dumps(value[:_SHOWN])}… ({len(value)} characters)"
    return json.dumps(value)
