"""Styles: frozen tables of numbers, lists and colours, read from TOML: the shape of a creature, its water.

As for `moods.toml`, classes hold range, unit and meaning, and the file the values. They are not dataclasses,
which make code for each class: hundreds of fields so would be 200 kB more of the memory image that a browser
fetches.
"""

from __future__ import annotations

import sys
from itertools import pairwise
from typing import TYPE_CHECKING, Any, ClassVar, NamedTuple, NoReturn, TypeVar, dataclass_transform

from candlefish.sim.ranges import ParamsError, Range, parse_number
from candlefish.sim.tuning import parse_colour, plain, read_tables

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path
    from typing import Self


class Spec(NamedTuple):
    """What a field may hold.

    Attributes:
        kind: number, count (a whole number), numbers, colour or table.
        help: what it means.
        low, high, unit: of each number.
        like: the field that has as many numbers. rising: whether each is more than the one before.
        table: the class of a table.
    """

    kind: str
    help: str
    low: float = 0.0
    high: float = 0.0
    unit: str = ""
    like: str = ""
    rising: bool = False
    table: type[StyleTable] | None = None

    @property
    def range(self) -> Range:
        """Limits of each number, with a step of a hundredth of them or, for a count, of 1."""
        step = 1.0 if self.kind == "count" else 0.01 * (self.high - self.low)
        return Range(self.low, self.high, step, self.unit, self.help)


def number(low: float, high: float, unit: str, text: str) -> Any:
    """Declare a field that holds a number within low…high."""
    return Spec("number", text, low, high, unit)


def count(low: int, high: int, text: str) -> Any:
    """Declare a field that holds a whole number within low…high."""
    return Spec("count", text, low, high)


def numbers(low: float, high: float, unit: str, text: str, *, like: str = "", rising: bool = False) -> Any:
    """Declare a field of numbers within low…high: as many as the field `like`, or each above the last."""
    return Spec("numbers", text, low, high, unit, like, rising)


def colour(text: str) -> Any:
    """Declare a field that holds a colour."""
    return Spec("colour", text)


def table(kind: type[StyleTable]) -> Any:
    """Declare a field that holds a table."""
    return Spec("table", (kind.__doc__ or "").partition("\n")[0], table=kind)


def _kept(spec: Spec) -> Spec:
    """The declaration; without its meaning where Python leaves out docstrings, as in the memory image."""
    return spec._replace(help="") if sys.flags.optimize >= 2 else spec


@dataclass_transform(
    frozen_default=True, kw_only_default=True, field_specifiers=(number, count, numbers, colour, table)
)
class StyleTable:
    """Base of styles and of their tables. Never changed: copies of a world share them.

    Attributes:
        specs: what each field may hold, by its name.
    """

    specs: ClassVar[dict[str, Spec]] = {}

    def __init_subclass__(cls) -> None:
        """Collect the fields' declarations, which the class then has no more."""
        cls.specs = {name: _kept(spec) for name, spec in vars(cls).items() if isinstance(spec, Spec)}
        for name in cls.specs:
            delattr(cls, name)

    def __init__(self, **values: Any) -> None:
        """Take a value for every field, unchecked: `parse_style` checks.

        Raises:
            TypeError: one is missing or unknown.
        """
        if values.keys() != self.specs.keys():
            wrong = ", ".join(sorted(values.keys() ^ self.specs.keys()))
            raise TypeError(f"{type(self).__name__}: missing or unknown: {wrong}")
        self.__dict__.update(values)

    def __setattr__(self, name: str, value: object) -> NoReturn:
        raise AttributeError(f"{type(self).__name__}.{name} cannot be set: use `replaced`")

    def __eq__(self, other: object) -> bool:
        return type(other) is type(self) and other.__dict__ == self.__dict__

    def __hash__(self) -> int:
        return hash(tuple(self.__dict__.values()))

    def __repr__(self) -> str:
        return (
            f"{type(self).__name__}({', '.join(f'{name}={value!r}' for name, value in vars(self).items())})"
        )

    def __deepcopy__(self, _memo: object) -> Self:
        return self

    def replaced(self, **changes: Any) -> Self:
        """Return another one with these values."""
        return type(self)(**{**self.__dict__, **changes})

    def written(self) -> dict[str, Any]:
        """Return the values as a file has them."""
        return {name: _written(getattr(self, name), spec.kind) for name, spec in self.specs.items()}


Style = TypeVar("Style", bound=StyleTable)


def load_style(kind: type[Style], path: Path) -> Style:
    """Return the style in a TOML file.

    Raises:
        ParamsError: the file cannot be read or is wrong; says which table, value and limits.
    """
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise ParamsError(f"{path}: cannot read: {error}") from error
    return parse_style(kind, read_tables(text, path.name), path.name)


def parse_style(kind: type[Style], tables: Mapping[str, Any], where: str) -> Style:
    """Return the style in tables; they are accepted or refused as a whole. Raises like `load_style`."""
    for name in tables:
        if name not in kind.specs:
            raise ParamsError(f"{where}: [{name}] is no table of it; known: {', '.join(kind.specs)}")
    missing = [name for name in kind.specs if name not in tables]
    if missing:
        raise ParamsError(f"{where}: missing table [{missing[0]}]")
    return kind(
        **{
            name: _parse_table(spec.table, tables[name], f"{where}: {name}")
            for name, spec in kind.specs.items()
            if spec.table is not None
        }
    )


def overlaid_style(style: Style, changes: Mapping[str, Any], where: str) -> Style:
    """Return `style` with the values in `changes`, tables by name; all is accepted or none.

    Raises like `load_style`.
    """
    merged: dict[str, Any] = dict(changes)
    for name, values in style.written().items():
        changed = changes.get(name, {})
        if isinstance(changed, dict):
            merged[name] = values | changed
    return parse_style(type(style), merged, where)


def _written(value: Any, kind: str) -> Any:
    match kind:
        case "table":
            return value.written()
        case "numbers":
            return list(value)
        case "colour":
            return plain(value)
        case _:
            return value


def _parse_table(kind: type[StyleTable], values: object, where: str) -> StyleTable:
    if not isinstance(values, dict):
        raise ParamsError(f"{where}: expected a table, got {values!r:.60}")
    specs = kind.specs
    for name in values:
        if name not in specs:
            raise ParamsError(f"{where}.{name}: no such parameter; known: {', '.join(specs)}")
    for name in specs:
        if name not in values:
            raise ParamsError(f"{where}.{name}: missing")
    parsed = {name: _parse(values[name], spec, f"{where}.{name}") for name, spec in specs.items()}
    for name, spec in specs.items():
        if spec.like and len(parsed[name]) != len(parsed[spec.like]):
            raise ParamsError(
                f"{where}.{name}: expected {len(parsed[spec.like])} numbers, as many as {spec.like}, "
                f"got {len(parsed[name])}"
            )
    return kind(**parsed)


def _parse(value: object, spec: Spec, place: str) -> Any:
    match spec.kind:
        case "colour":
            return parse_colour(value, place)
        case "numbers":
            return _parse_numbers(value, spec, place)
        case "count":
            whole = parse_number(value, spec.range, place)
            if whole != int(whole):
                raise ParamsError(f"{place}: expected a whole number, got {value!r}")
            return int(whole)
        case _:
            return parse_number(value, spec.range, place)


def _parse_numbers(value: object, spec: Spec, place: str) -> tuple[float, ...]:
    if not isinstance(value, list) or not value:
        raise ParamsError(f"{place}: expected a list of numbers, got {value!r:.60}")
    limits = spec.range
    parsed = [parse_number(part, limits, f"{place}[{i}]") for i, part in enumerate(value)]
    if spec.rising and any(after <= before for before, after in pairwise(parsed)):
        raise ParamsError(f"{place}: expected each number to be more than the one before, got {value!r:.60}")
    return tuple(parsed)
