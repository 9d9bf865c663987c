"""Edits of single values in a TOML text; the rest stays byte for byte, comments and order too.

`tomllib` reads values and forgets their places. `places` finds the places and reads no values; it expects a
text that `tomllib` has accepted.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from dataclasses import dataclass, field
from functools import lru_cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

_KEY = re.compile(r"""[ \t]*(?:"((?:[^"\\\n]|\\.)*)"|'([^'\n]*)'|([A-Za-z0-9_-]+))[ \t]*""")
_PLAIN_KEY = re.compile(r"[A-Za-z0-9_-]+")
_BLANK = re.compile(r"(?:[ \t\r\n]|#[^\n]*)*")
_STRING = re.compile(r'"""(?:[^\\]|\\.)*?"{3,5}|\'\'\'.*?\'{3,5}|"(?:[^"\\\n]|\\.)*"|\'[^\'\n]*\'', re.DOTALL)
_BARE = re.compile(r"[^\s#,\]}]+(?: [0-9:.+Zz-]+)?")

KeyPath = tuple[str, ...]
Value = float | str


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """The place of a value: from `start` up to `end`, in a line counted from 1."""

    start: int
    end: int
    line: int


@dataclass(slots=True)
class Places:
    """The places of a text's keys and tables.

    Attributes:
        values: of each key's path, its value.
        last: of each table, where its last key's line (or, inline, its last value) ends.
        headers: of each table with a `[header]`, where the header's line ends.
        inline: of each inline table, the place of its closing brace.
        lines: of each table, the line in which it begins.
    """

    values: dict[KeyPath, Span] = field(default_factory=dict)
    last: dict[KeyPath, int] = field(default_factory=dict)
    headers: dict[KeyPath, int] = field(default_factory=dict)
    inline: dict[KeyPath, int] = field(default_factory=dict)
    lines: dict[KeyPath, int] = field(default_factory=dict)


@lru_cache(maxsize=8)
def places(text: str) -> Places:
    """Return the places in TOML that `tomllib` accepts: not to be changed."""
    return _Scanner(text).scan()


def set_value(text: str, table: str, name: str, token: str) -> str:
    """Return `text` with `name` in `[table]` written as `token`, a TOML value.

    A present value is replaced in its place. A missing one is added after the table's last, a missing table
    at the end of the text.
    """
    known = places(text)
    span = known.values.get((table, name))
    if span is not None:
        return text[: span.start] + token + text[span.end :]
    return _inserted(text, known, table, name, token)


def set_values(text: str, tokens: Mapping[tuple[str, str], str]) -> str:
    """Return `text` with several values, by table and name, written as `set_value` writes one."""
    spans = places(text).values
    present = sorted(((spans[path], token) for path, token in tokens.items() if path in spans), reverse=True)
    for span, token in present:
        text = text[: span.start] + token + text[span.end :]
    for path, token in tokens.items():
        if path not in spans:
            text = set_value(text, *path, token)
    return text


def remove_value(text: str, table: str, name: str) -> str:
    """Return `text` without the line of `name` in `[table]`; a value inside an inline table stays."""
    known = places(text)
    span = known.values.get((table, name))
    if span is None or (table,) in known.inline:
        return text
    start = text.rfind("\n", 0, span.start) + 1
    end = text.find("\n", span.end)
    return text[:start] + ("" if end < 0 else text[end + 1 :])


def toml_token(value: Value, like: str) -> str:
    """Return a value as a TOML token.

    Args:
        value: a number, or a text such as a colour.
        like: the token it replaces, which decides whether a whole number has a decimal point, and how a text
            is quoted.
    """
    if isinstance(value, str):
        quote = "'" if like.startswith("'") else '"'
        return f"{quote}{value}{quote}"
    value = round(value, 6) + 0.0
    pointless = re.fullmatch(r"[+-]?[\d_]+", like) is not None
    return str(int(value)) if pointless and value.is_integer() else repr(value)


def _inserted(text: str, known: Places, table: str, name: str, token: str) -> str:
    path, line = (table,), f"{_key(name)} = {token}"
    if path in known.inline:
        at = known.inline[path]
        rest = text[:at].rstrip()
        return f"{rest}{'' if rest.endswith('{') else ','} {line} {text[at:]}"
    if path in known.headers:
        at = max(known.headers[path], known.last.get(path, 0))
        return f"{text[:at]}\n{line}{text[at:]}"
    if path in known.last:  # written with dots: curious.glow = 0.4
        at = known.last[path]
        return f"{text[:at]}\n{_key(table)}.{line}{text[at:]}"
    gap = "" if not text else "\n" if text.endswith("\n") else "\n\n"
    return f"{text}{gap}[{_key(table)}]\n{line}\n"


def _key(name: str) -> str:
    return name if _PLAIN_KEY.fullmatch(name) else f'"{name}"'


class _Scanner:
    def __init__(self, text: str) -> None:
        self._text, self._at = text, 0
        self._breaks = [match.start() for match in re.finditer("\n", text)]
        self._places = Places()

    def scan(self) -> Places:
        table: KeyPath = ()
        while self._skip_blank() < len(self._text):
            if self._text[self._at] == "[":
                table = self._header()
            else:
                self._pair(table)
                self._places.last[table] = self._end_of_line()
        return self._places

    def _skip_blank(self) -> int:
        match = _BLANK.match(self._text, self._at)
        self._at = match.end() if match else self._at
        return self._at

    def _end_of_line(self) -> int:
        end = self._text.find("\n", self._at)
        return len(self._text) if end < 0 else end

    def _header(self) -> KeyPath:
        start = self._at
        while self._text[self._at] == "[":
            self._at += 1
        table = self._keys()
        while self._text[self._at : self._at + 1] == "]":
            self._at += 1
        self._places.headers[table] = self._end_of_line()
        self._places.lines.setdefault(table, self._line(start))
        return table

    def _keys(self) -> KeyPath:
        keys: list[str] = []
        while match := _KEY.match(self._text, self._at):
            self._at = match.end()
            keys.append(next(part for part in match.groups() if part is not None))
            if self._text[self._at : self._at + 1] != ".":
                break
            self._at += 1
        return tuple(keys)

    def _pair(self, table: KeyPath) -> None:
        line = self._line(self._at)
        path = table + self._keys()
        self._at += 1  # the equals sign
        while self._text[self._at] in " \t":
            self._at += 1
        start = self._at
        self._value(path)
        self._places.values[path] = Span(start, self._at, line)
        for depth in range(1, len(path)):
            self._places.lines.setdefault(path[:depth], line)
        if len(path) > 1:
            self._places.last[path[:-1]] = self._end_of_line()

    def _value(self, path: KeyPath) -> None:
        opening = self._text[self._at]
        if opening == "{":
            self._inline_table(path)
        elif opening == "[":
            self._array(path)
        else:
            match = (_STRING if opening in "\"'" else _BARE).match(self._text, self._at)
            self._at = match.end() if match else self._at + 1

    def _inline_table(self, path: KeyPath) -> None:
        self._at += 1
        while self._text[self._skip_blank()] != "}":
            if self._text[self._at] == ",":
                self._at += 1
            else:
                self._pair(path)
        self._places.inline[path] = self._at
        self._at += 1

    def _array(self, path: KeyPath) -> None:
        self._at += 1
        while self._text[self._skip_blank()] != "]":
            if self._text[self._at] == ",":
                self._at += 1
            else:
                self._value((*path, "[]"))
        self._at += 1

    def _line(self, at: int) -> int:
        return bisect_left(self._breaks, at) + 1
