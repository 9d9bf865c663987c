"""Reading JSON that someone else may have written, cut short, or scribbled in.

`read_json` never raises. Whole, well-formed text goes through the standard parser with hooks for what
that parser lets through (NaN, numbers of a million digits, doubled keys). Anything else is searched
for the members a caller knows by name, and each is read as far as it makes sense.
"""

from __future__ import annotations

import json
import re
from typing import Final

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
