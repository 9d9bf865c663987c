"""Where each value of a TOML text stands, so that one can be changed and the rest left as it was written.

`tomllib` reads values and forgets their places; this finds the places and reads no values. It expects a text
that `tomllib` has accepted.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from dataclasses import dataclass, field
from functools import lru_cache

_KEY = re.compile(r"""[ \t]*(?:"((?:[^"\\\n]|\\.)*)"|'([^'\n]*)'|([A-Za-z0-9_-]+))[ \t]*""")
_BLANK = re.compile(r"(?:[ \t\r\n]|#[^\n]*)*")
_STRING = re.compile(r'"""(?:[^\\]|\\.)*?"{3,5}|\'\'\'.*?\'{3,5}|"(?:[^"\\\n]|\\.)*"|\'[^\'\n]*\'', re.DOTALL)
_BARE = re.compile(r"[^\s#,\]}]+(?: [0-9:.+Zz-]+)?")

Path = tuple[str, ...]


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """Where a value stands in the text: from `start` up to `end`, in a line counted from 1."""

    start: int
    end: int
    line: int


@dataclass(slots=True)
class Places:
    """What stands where.

    Attributes:
        values: of each key's path, its value.
        last: of each table, where its last key's line (or, inline, its last value) ends.
        headers: of each table with a `[header]`, where the header's line ends.
        inline: of each inline table, the place of its closing brace.
        lines: of each table, the line in which it begins.
    """

    values: dict[Path, Span] = field(default_factory=dict)
    last: dict[Path, int] = field(default_factory=dict)
    headers: dict[Path, int] = field(default_factory=dict)
    inline: dict[Path, int] = field(default_factory=dict)
    lines: dict[Path, int] = field(default_factory=dict)


@lru_cache(maxsize=8)
def places(text: str) -> Places:
    """Return what stands where in TOML that `tomllib` accepts: not to be changed."""
    return _Scanner(text).scan()


class _Scanner:
    def __init__(self, text: str) -> None:
        self._text, self._at = text, 0
        self._breaks = [found.start() for found in re.finditer("\n", text)]
        self._found = Places()

    def scan(self) -> Places:
        table: Path = ()
        while self._skip_blank() < len(self._text):
            if self._text[self._at] == "[":
                table = self._header()
            else:
                self._pair(table)
                self._found.last[table] = self._end_of_line()
        return self._found

    def _skip_blank(self) -> int:
        found = _BLANK.match(self._text, self._at)
        self._at = found.end() if found else self._at
        return self._at

    def _end_of_line(self) -> int:
        end = self._text.find("\n", self._at)
        return len(self._text) if end < 0 else end

    def _header(self) -> Path:
        began = self._at
        while self._text[self._at] == "[":
            self._at += 1
        table = self._keys()
        while self._text[self._at : self._at + 1] == "]":
            self._at += 1
        self._found.headers[table] = self._end_of_line()
        self._found.lines.setdefault(table, self._line(began))
        return table

    def _keys(self) -> Path:
        keys: list[str] = []
        while found := _KEY.match(self._text, self._at):
            self._at = found.end()
            keys.append(next(part for part in found.groups() if part is not None))
            if self._text[self._at : self._at + 1] != ".":
                break
            self._at += 1
        return tuple(keys)

    def _pair(self, table: Path) -> None:
        began = self._at
        path = table + self._keys()
        self._at += 1  # the equals sign
        while self._text[self._at] in " \t":
            self._at += 1
        start = self._at
        self._value(path)
        self._found.values[path] = Span(start, self._at, self._line(began))
        for depth in range(1, len(path)):
            self._found.lines.setdefault(path[:depth], self._line(began))
        if len(path) > 1:
            self._found.last[path[:-1]] = self._end_of_line()

    def _value(self, path: Path) -> None:
        opening = self._text[self._at]
        if opening == "{":
            self._members(path)
        elif opening == "[":
            self._items(path)
        else:
            found = (_STRING if opening in "\"'" else _BARE).match(self._text, self._at)
            self._at = found.end() if found else self._at + 1

    def _members(self, path: Path) -> None:
        self._at += 1
        while self._text[self._skip_blank()] != "}":
            if self._text[self._at] == ",":
                self._at += 1
            else:
                self._pair(path)
        self._found.inline[path] = self._at
        self._at += 1

    def _items(self, path: Path) -> None:
        self._at += 1
        while self._text[self._skip_blank()] != "]":
            if self._text[self._at] == ",":
                self._at += 1
            else:
                self._value((*path, "[]"))
        self._at += 1

    def _line(self, at: int) -> int:
        return bisect_left(self._breaks, at) + 1
