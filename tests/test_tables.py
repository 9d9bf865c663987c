"""Checked tables: what fits becomes dataclasses; a message says file, key, expectation and value."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import pytest
from msgspec import Meta

from candlefish.tables import convert, load_toml, read_toml


class TableError(Exception): ...


class Colour(StrEnum):
    RED = "red"
    BLUE = "blue"


@dataclass(frozen=True, slots=True)
class Leaf:
    colour: Colour
    width: Annotated[float, Meta(ge=1, le=3)] = 2.0


@dataclass(frozen=True, slots=True)
class Tree:
    name: str
    height_m: Annotated[int, Meta(gt=0)]
    leaves: tuple[Leaf, ...] = ()
    place: tuple[int, int] = (0, 0)
    named: dict[str, Leaf] | None = None
    file: Path = Path()
    old: bool = False

    def __post_init__(self) -> None:
        if self.place == (9, 9):
            raise ValueError("place: nothing grows there")


GOOD = {
    "height_m": 3,
    "leaves": [{"colour": "red", "width": 2}],
    "file": "x/y",
    "named": {"one": {"colour": "blue"}},
}


def test_a_document_becomes_dataclasses() -> None:
    tree = convert(GOOD, Tree, "trees.toml", TableError, name="oak")
    leaf = Leaf(Colour.RED, 2.0)
    assert tree == Tree("oak", 3, (leaf,), named={"one": Leaf(Colour.BLUE)}, file=Path("x/y"))
    assert isinstance(tree.leaves[0].width, float)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"height_m": 0}, "height_m: expected a whole number above 0, got 0"),
        ({"height_m": True}, "height_m: expected a whole number above 0, got True"),
        ({"name": "elm"}, "unknown field 'name'; known: height_m, leaves, place, named, file, old"),
        ({"leaves": 1}, "leaves: expected a list, each a table, got 1"),
        ({"leaves": [{}]}, "leaves[0].colour is missing"),
        ({"leaves": [{"colour": "red"}, {"color": "red"}]}, "leaves[1]: unknown field 'color'"),
        ({"leaves": [{"colour": "green"}]}, "leaves[0].colour: expected one of red, blue, got 'green'"),
        ({"leaves": [{"colour": "red", "width": 9}]}, "leaves[0].width: expected a number from 1 to 3, got"),
        ({"place": [1]}, "place: expected a list of 2 items: a whole number, a whole number, got [1]"),
        ({"place": [1, "x"]}, "place[1]: expected a whole number, got 'x'"),
        ({"place": [9, 9]}, "place: nothing grows there"),
        ({"named": {"a": {"colour": "red"}, "b": 1}}, "named.b: expected a table, got 1"),
        ({"named": {"a": {"colours": "red"}}}, "named.a: unknown field 'colours'; known: colour, width"),
        ({"named": 3}, "named: expected a table, got 3"),
        ({"file": 3}, "file: expected a path, got 3"),
        ({"old": 0}, "old: expected true or false, got 0"),
    ],
)  # fmt: skip
def test_what_does_not_fit_is_named_with_its_place(change: dict[str, object], message: str) -> None:
    with pytest.raises(TableError) as caught:
        convert(GOOD | change, Tree, "trees.toml", TableError, name="oak")
    assert str(caught.value).startswith(f"trees.toml: {message}")


def test_a_document_that_is_no_table_is_refused() -> None:
    with pytest.raises(TableError, match="x: expected a table, got 3"):
        convert(3, Tree, "x", TableError)
    with pytest.raises(TableError, match=r"x: a\.colour is missing"):
        convert({"a": {}}, dict[str, Leaf], "x", TableError)


def test_files_that_cannot_be_read_are_named(tmp_path: Path) -> None:
    path = tmp_path / "trees.toml"
    with pytest.raises(TableError, match=r"trees\.toml: No such file"):
        load_toml(path, TableError)
    path.write_text("colour =")
    with pytest.raises(TableError, match=r"trees\.toml: not TOML: "):
        read_toml(path, Leaf, TableError)
    path.write_text("colour = 'red'")
    assert read_toml(path, Leaf, TableError) == Leaf(Colour.RED)
