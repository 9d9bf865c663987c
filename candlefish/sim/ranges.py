"""Ranges: declared limits, step and unit of numbers that people tune, and the reader that checks them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from typing import Any


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


def table_fields(values: object, kind: type, where: str) -> list[tuple[str, Any, object, str]]:
    """Return name, metadata, value and place of each field of `kind`, a dataclass, in a table.

    Raises:
        ParamsError: no table, or a field missing or unknown.
    """
    if not isinstance(values, Mapping):
        raise ParamsError(f"{where}: expected a table, got {values!r}")
    known = {item.name: item.metadata for item in fields(kind)}
    for name in values:
        if name not in known:
            raise ParamsError(f"{where}.{name}: no such parameter; known: {', '.join(known)}")
    for name in known:
        if name not in values:
            raise ParamsError(f"{where}.{name}: missing")
    return [(name, metadata, values[name], f"{where}.{name}") for name, metadata in known.items()]
