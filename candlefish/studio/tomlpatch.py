"""Changes of single values in a TOML text: all else stays, byte for byte, comments and order too."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from candlefish.studio.tomlspans import Places, places

if TYPE_CHECKING:
    from collections.abc import Mapping

Value = float | str
_PLAIN_KEY = re.compile(r"[A-Za-z0-9_-]+")


def set_value(text: str, table: str, name: str, token: str) -> str:
    """Return `text` with `name` in `[table]` written as `token`, a TOML value.

    A value that is there is replaced in its place. One that is not comes after the table's last, and a table
    that is not there at the end of the text.
    """
    found = places(text)
    span = found.values.get((table, name))
    if span is not None:
        return text[: span.start] + token + text[span.end :]
    return _inserted(text, found, table, name, token)


def set_values(text: str, tokens: Mapping[tuple[str, str], str]) -> str:
    """Return `text` with several values, by table and name, written as `set_value` writes one."""
    found = places(text).values
    there = sorted(((found[path], token) for path, token in tokens.items() if path in found), reverse=True)
    for span, token in there:
        text = text[: span.start] + token + text[span.end :]
    for path, token in tokens.items():
        if path not in found:
            text = set_value(text, *path, token)
    return text


def remove_value(text: str, table: str, name: str) -> str:
    """Return `text` without the line of `name` in `[table]`; a value inside an inline table stays."""
    found = places(text)
    span = found.values.get((table, name))
    if span is None or (table,) in found.inline:
        return text
    start = text.rfind("\n", 0, span.start) + 1
    end = text.find("\n", span.end)
    return text[:start] + ("" if end < 0 else text[end + 1 :])


def written(value: Value, like: str) -> str:
    """Return a value as a TOML token.

    Args:
        value: a number, or a text such as a colour.
        like: the token it replaces, which says whether a whole number has a decimal point, and how a text
            is quoted.
    """
    if isinstance(value, str):
        quote = "'" if like.startswith("'") else '"'
        return f"{quote}{value}{quote}"
    value = round(value, 6) + 0.0
    pointless = re.fullmatch(r"[+-]?[\d_]+", like) is not None
    return str(int(value)) if pointless and value.is_integer() else repr(value)


def _inserted(text: str, found: Places, table: str, name: str, token: str) -> str:
    key, line = (table,), f"{_key(name)} = {token}"
    if key in found.inline:
        at = found.inline[key]
        rest = text[:at].rstrip()
        return f"{rest}{'' if rest.endswith('{') else ','} {line} {text[at:]}"
    if key in found.headers:
        at = max(found.headers[key], found.last.get(key, 0))
        return f"{text[:at]}\n{line}{text[at:]}"
    if key in found.last:  # written with dots: curious.glow = 0.4
        at = found.last[key]
        return f"{text[:at]}\n{_key(table)}.{line}{text[at:]}"
    gap = "" if not text else "\n" if text.endswith("\n") else "\n\n"
    return f"{text}{gap}[{_key(table)}]\n{line}\n"


def _key(name: str) -> str:
    return name if _PLAIN_KEY.fullmatch(name) else f'"{name}"'
