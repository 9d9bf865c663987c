"""Ranges: declared limits, step and unit of numbers that people tune, and the reader that checks them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Sequence


class ParamsError(ValueError):
    """A parameter file or value was refused; the message says which, where and why."""


@dataclass(frozen=True, slots=True)
class Range:
    """Limits, step, unit and meaning of a number."""

    low: float
    high: float
    step: float
    unit: str
    help: str


def number(low: float, high: float, step: float, unit: str, text: str) -> Any:
    """Declare a dataclass field that holds a number within low…high."""
    return field(metadata={"range": Range(low, high, step, unit, text)})


def parse_number(value: object, allowed: Range, where: str) -> float:
    """Return `value` as a float inside `allowed`.

    Raises:
        ParamsError: not a number, or out of range; `where` names the place.
    """
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise ParamsError(f"{where}: expected a number, got {value!r}")
    if not allowed.low <= value <= allowed.high:
        unit = f" {allowed.unit}" if allowed.unit else ""
        raise ParamsError(f"{where}: expected {allowed.low:g} to {allowed.high:g}{unit}, got {value!r}")
    return float(value)


def parse_text(value: object, where: str) -> str:
    """Return `value`, a string. Raises like `parse_number`."""
    if isinstance(value, str):
        return value
    raise ParamsError(f"{where}: expected a text, got {value!r:.60}")


def parse_choice(value: object, choices: Sequence[str], where: str) -> str:
    """Return `value`, one of a few strings. Raises like `parse_number`."""
    if isinstance(value, str) and value in choices:
        return value
    raise ParamsError(f"{where}: expected one of {', '.join(choices)}, got {value!r:.60}")


def parse_flag(value: object, where: str) -> bool:
    """Return `value`, true or false. Raises like `parse_number`."""
    if isinstance(value, bool):
        return value
    raise ParamsError(f"{where}: expected true or false, got {value!r:.60}")


def parse_list(value: object, where: str) -> list[object]:
    """Return `value`, a list. Raises like `parse_number`."""
    if isinstance(value, list):
        return value
    raise ParamsError(f"{where}: expected a list, got {value!r:.60}")


def table_fields(
    values: object, kind: type, where: str, required: Sequence[str] | None = None
) -> list[tuple[str, Any, object, str]]:
    """Return name, metadata, value and place of each field of `kind`, a dataclass, that a table has.

    Args:
        values: the table.
        kind: the dataclass.
        where: the place of the table, for messages.
        required: names of the fields that must be there; None: all.

    Raises:
        ParamsError: no table, or a field missing or unknown.
    """
    if not isinstance(values, Mapping):
        raise ParamsError(f"{where}: expected a table, got {values!r:.60}")
    known = {item.name: item.metadata for item in fields(kind)}
    for name in values:
        if name not in known:
            raise ParamsError(f"{where}.{name}: no such parameter; known: {', '.join(known)}")
    for name in known if required is None else required:
        if name not in values:
            raise ParamsError(f"{where}.{name}: missing")
    return [
        (name, metadata, values[name], f"{where}.{name}")
        for name, metadata in known.items()
        if name in values
    ]
