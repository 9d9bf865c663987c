"""Checked tables: TOML files and parsed documents as typed dataclasses, by msgspec.

An error names the file, the key, what was expected and the value. For native programs; what also runs in
Pyodide reads its tables with `candlefish.sim.ranges`.
"""

from __future__ import annotations

import re
import tomllib
from pathlib import Path
from types import NoneType, UnionType
from typing import TYPE_CHECKING, Annotated, Any, TypeVar, get_args, get_origin, get_type_hints

import msgspec
from msgspec import inspect

if TYPE_CHECKING:
    from collections.abc import Mapping
    from importlib.resources.abc import Traversable

Kind = TypeVar("Kind")
_STEP = re.compile(r"\.([^.\[\]`]+)|\[(\d+|\.\.\.)\]")
"""One step of a path as msgspec writes it; it does not name the keys of a dictionary."""
_MISSING = re.compile(r"Object missing required field `([^`]+)`")

_NOUNS: dict[type[inspect.Type], str] = {
    inspect.StrType: "a string",
    inspect.BoolType: "true or false",
    inspect.DataclassType: "a table",
    inspect.DictType: "a table",
}


def load_toml(path: Path | Traversable, error: type[Exception]) -> dict[str, Any]:
    """The tables of a TOML file; `error` is raised where it cannot be read or is not TOML."""
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as problem:
        raise error(f"{path}: {problem.strerror}") from problem
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as problem:
        raise error(f"{path}: not TOML: {problem}") from problem


def read_toml(path: Path | Traversable, kind: type[Kind], error: type[Exception], **fixed: object) -> Kind:
    """A TOML file as `kind`; see `convert`."""
    return convert(load_toml(path, error), kind, str(path), error, **fixed)


def convert(document: object, kind: type[Kind], where: str, error: type[Exception], **fixed: object) -> Kind:
    """A document as `kind`, with the ranges of its `Annotated` fields.

    Args:
        document: parsed TOML or JSON.
        kind: a dataclass, or a collection of them.
        where: the file or table, named first in every message.
        error: raised where a field is missing, unknown, of another type or out of range.
        fixed: fields of the dataclass `kind` that the document cannot set.
    """
    try:
        _refuse_unknown(document, inspect.type_info(kind), "", fixed)
        given = {**document, **fixed} if isinstance(document, dict) else document
        converted: Kind = _converted(given, kind)
    except msgspec.ValidationError as problem:
        raise error(f"{where}: {_explained(str(problem), document, kind)}") from problem
    return converted


def _converted(value: object, kind: Any) -> Any:
    return msgspec.convert(value, kind, dec_hook=_path)


def _path(kind: type, value: object) -> Path:
    if kind is Path and isinstance(value, str):
        return Path(value)
    raise ValueError(f"expected a path, got {value!r:.60}")


def _refuse_unknown(value: object, info: inspect.Type, place: str, fixed: Mapping[str, object]) -> None:
    """Dataclasses accept any key in msgspec; a mistyped one must not leave the default without a word."""
    match info:
        case inspect.DataclassType() if isinstance(value, dict):
            known = {field.name: field.type for field in info.fields if field.name not in fixed}
            for name, one in value.items():
                if name not in known:
                    unknown = f"unknown field {name!r}; known: {', '.join(known)}"
                    raise msgspec.ValidationError(f"{place}: {unknown}" if place else unknown)
                _refuse_unknown(one, known[name], _joined(place, name), {})
        case inspect.DictType() if isinstance(value, dict):
            for name, one in value.items():
                _refuse_unknown(one, info.value_type, _joined(place, name), {})
        case inspect.ListType() | inspect.VarTupleType() if isinstance(value, list):
            for number, one in enumerate(value):
                _refuse_unknown(one, info.item_type, f"{place}[{number}]", {})
        case inspect.UnionType():
            for option in info.types:
                _refuse_unknown(value, option, place, {})


def _joined(place: str, name: str) -> str:
    return f"{place}.{name}" if place else name


def _explained(problem: str, document: object, kind: Any, place: str = "") -> str:
    """A message of msgspec with the key, what its type allows, and the value."""
    message, _, path = problem.partition(" - at `$")
    value: Any = document
    for name, index in _STEP.findall(path):
        if index == "...":
            return _explained_entry(value, _part_type(kind, ""), place)
        place = _joined(place, name) if name else f"{place}[{index}]"
        value, kind = value[name or int(index)], _part_type(kind, name or index)
    if missing := _MISSING.match(message):
        return f"{_joined(place, missing[1])} is missing"
    if message.startswith(("Expected", "Invalid")):
        message = f"expected {expected(inspect.type_info(kind))}, got {value!r:.60}"
    return f"{place}: {message}" if place else message


def _explained_entry(table: dict[str, object], kind: Any, place: str) -> str:
    """The message for the first entry of a dictionary that is not a `kind`."""
    for key, value in table.items():
        try:
            _converted(value, kind)
        except msgspec.ValidationError as problem:
            return _explained(str(problem), value, kind, _joined(place, key))
    return f"{place}: expected other keys, got {', '.join(table):.60}"


def _part_type(kind: Any, part: str) -> Any:
    """The declared type of a field of a dataclass, of an entry, or of an item."""
    if get_origin(kind) is Annotated:
        kind = get_args(kind)[0]
    if get_origin(kind) is UnionType:
        kind = next(option for option in get_args(kind) if option is not NoneType)
    if (origin := get_origin(kind)) is None:
        return get_type_hints(kind, include_extras=True)[part]
    arguments = get_args(kind)
    if origin is tuple and Ellipsis not in arguments:
        return arguments[int(part)]
    return arguments[1 if origin is dict else 0]


def expected(info: inspect.Type) -> str:
    """What a type allows, in words."""
    match info:
        case inspect.IntType() | inspect.FloatType():
            noun = "a whole number" if isinstance(info, inspect.IntType) else "a number"
            return noun + _range(info)
        case inspect.EnumType() | inspect.LiteralType():
            choices = info.cls if isinstance(info, inspect.EnumType) else info.values
            return "one of " + ", ".join(map(str, choices))
        case inspect.TupleType():
            return f"a list of {len(info.item_types)} items: {', '.join(map(expected, info.item_types))}"
        case inspect.ListType() | inspect.VarTupleType():
            return f"a list, each {expected(info.item_type)}"
        case inspect.UnionType():
            return " or ".join(expected(one) for one in info.types if not isinstance(one, inspect.NoneType))
    return _NOUNS.get(type(info), "another value")


def _range(info: inspect.IntType | inspect.FloatType) -> str:
    if info.ge is not None and info.le is not None:
        return f" from {info.ge:g} to {info.le:g}"
    limits = {"at least": info.ge, "above": info.gt, "at most": info.le, "below": info.lt}
    return "".join(f" {word} {limit:g}" for word, limit in limits.items() if limit is not None)
