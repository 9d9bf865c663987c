"""Styles: what `anatomy.toml` may hold, and how a wrong value is refused."""

from __future__ import annotations

from copy import deepcopy
from typing import TYPE_CHECKING, Any

import pytest

from candlefish.sim.anatomy import ANATOMY, ANATOMY_FILE, Anatomy
from candlefish.sim.ranges import ParamsError
from candlefish.sim.style import load_style, overlaid_style, parse_style
from candlefish.sim.tuning import read_tables
from candlefish.sim.water import WATER, WATER_FILE

if TYPE_CHECKING:
    from pathlib import Path

STYLES = [
    pytest.param(ANATOMY, ANATOMY_FILE, id="anatomy.toml"),
    pytest.param(WATER, WATER_FILE, id="water.toml"),
]
GOOD = ANATOMY_FILE.read_text(encoding="utf-8")


@pytest.mark.parametrize(("style", "file"), STYLES)
def test_each_value_of_the_file_is_where_it_belongs_and_nothing_else(style: Any, file: Path) -> None:
    tables = read_tables(file.read_text(encoding="utf-8"), file.name)
    assert style.written() == {
        name: {key: value.lower() if isinstance(value, str) else value for key, value in values.items()}
        for name, values in tables.items()
    }
    assert list(tables) == list(style.specs)


@pytest.mark.parametrize(("style", "file"), STYLES)
def test_each_value_says_what_it_means(style: Any, file: Path) -> None:
    for table in style.specs:
        for name, spec in getattr(style, table).specs.items():
            assert spec.help, f"{file.name}: {table}.{name}"
            assert spec.kind == "colour" or spec.low < spec.high, f"{file.name}: {table}.{name}"


@pytest.mark.parametrize(
    ("find", "changed", "message"),
    [
        ("fork = 0.22", "fork = 9", r"anatomy\.toml: tail\.fork: expected -0\.3 to 0\.8 lengths, got 9"),
        ("fork = 0.22", 'fork = "wide"', r"anatomy\.toml: tail\.fork: expected a number, got 'wide'"),
        ("fork = 0.22", "fork = nan", r"tail\.fork: expected -0\.3 to 0\.8 lengths, got nan"),
        ("fork = 0.22\n", "", r"anatomy\.toml: tail\.fork: missing"),
        ("fork = 0.22", "fork = 0.22\nfur = 1", r"tail\.fur: no such parameter; known: rays,"),
        ("rays = 17", "rays = 17.5", r"anatomy\.toml: tail\.rays: expected a whole number, got 17\.5"),
        ("rays = 17", "rays = 900", r"anatomy\.toml: tail\.rays: expected 3 to 40, got 900"),
        ('"#070814"', '"black"', r"anatomy\.toml: eye\.pupil_colour: expected a colour like"),
        ("back = [0.008", "back = [7", r"body\.back\[0\]: expected 0 to 0\.4 lengths, got 7"),
        ("back = [0.008, ", "back = [", r"body\.back: expected 10 numbers, as many as outline_at, got 9"),
        (
            "outline_at = [0.0, 0.03",
            "outline_at = [0.03, 0.0",
            r"outline_at: expected each number to be more",
        ),
        ("mouth_along = [0.004, 0.022, 0.05]", "mouth_along = 1", r"expected a list of numbers, got 1"),
        ("[tail]", "[wings]", r"anatomy\.toml: \[wings\] is no table of it; known: body, gait"),
        ("[tail]", "[tail", "anatomy.toml: not TOML"),
    ],
)
def test_a_wrong_file_is_refused_with_file_key_value_and_range(
    find: str, changed: str, message: str, tmp_path: Path
) -> None:
    assert find in GOOD
    path = tmp_path / "anatomy.toml"
    path.write_text(GOOD.replace(find, changed, 1), encoding="utf-8")
    with pytest.raises(ParamsError, match=message):
        load_style(Anatomy, path)


def test_a_missing_table_and_an_unreadable_file_are_named(tmp_path: Path) -> None:
    tables = read_tables(GOOD, "mine.toml")
    del tables["eye"]
    with pytest.raises(ParamsError, match=r"mine\.toml: missing table \[eye\]"):
        parse_style(Anatomy, tables, "mine.toml")
    with pytest.raises(ParamsError, match=r"none\.toml: cannot read"):
        load_style(Anatomy, tmp_path / "none.toml")


@pytest.mark.parametrize(("style", "file"), STYLES)
def test_copies_of_a_world_share_it(style: Any, file: Path) -> None:
    assert deepcopy(style) is style, file.name


def test_a_change_leaves_the_rest() -> None:
    changed = overlaid_style(ANATOMY, {"eye": {"size": 0.05, "pupil_colour": "#102030"}}, "mine")
    assert changed.eye == ANATOMY.eye.replaced(size=0.05, pupil_colour=(16.0, 32.0, 48.0))
    assert changed.replaced(eye=ANATOMY.eye) == ANATOMY == overlaid_style(ANATOMY, {}, "mine")


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"eye": {"size": 5.0}}, r"mine: eye\.size: expected 0\.005 to 0\.1 lengths, got 5\.0"),
        ({"eye": 1}, r"mine: eye: expected a table, got 1"),
        ({"wings": {}}, r"mine: \[wings\] is no table of it"),
    ],
)
def test_a_wrong_change_is_refused(changes: dict[str, Any], message: str) -> None:
    with pytest.raises(ParamsError, match=message):
        overlaid_style(ANATOMY, changes, "mine")


def test_it_cannot_be_changed_and_takes_neither_less_nor_more() -> None:
    kind: Any = type(WATER.joy)
    with pytest.raises(AttributeError, match=r"EyeStyle\.size cannot be set"):
        setattr(ANATOMY.eye, "size", 0.05)  # noqa: B010
    with pytest.raises(TypeError, match="EyeStyle: missing or unknown: lashes"):
        ANATOMY.eye.replaced(lashes=3)
    with pytest.raises(TypeError, match=r"JoyStyle: missing or unknown: .*ring_px"):
        kind(bubbles=1)
    assert hash(ANATOMY.replaced()) == hash(ANATOMY)
    assert "EyeStyle(pupil_colour=" in repr(ANATOMY.eye)
