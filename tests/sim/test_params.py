from pathlib import Path

import pytest

from candlefish.sim.mood import Mood
from candlefish.sim.params import DEFAULT_FILE, ParamsError, load_moods, parse_moods

GOOD = DEFAULT_FILE.read_text(encoding="utf-8")


def test_the_brand_colours_are_as_agreed() -> None:
    moods = load_moods()
    assert moods[Mood.CURIOUS].colour == (255.0, 179.0, 71.0)
    assert moods[Mood.EXCITED].speed_px_s == 420.0
    assert set(moods) == set(Mood)


@pytest.mark.parametrize(
    ("find", "replace", "message"),
    [
        ("glow = 0.8", "glow = 9", r"curious\.glow: expected 0 to 1\.5, got 9"),
        ("glow = 0.8", 'glow = "much"', r"curious\.glow: expected a number, got 'much'"),
        ("glow = 0.8", "glow = true", r"curious\.glow: expected a number, got True"),
        ("glow = 0.8\n", "", r"curious\.glow: missing"),
        ('"#FFB347"', '"amber"', r"curious\.colour: expected a colour like"),
        ("glow = 0.8", "glow = 0.8\nfur = 1", r"curious\.fur: no such parameter; known: colour,"),
        ("[curious]", "[angry]", r"\[angry\] is no mood; known: curious"),
        ("[curious]", "[curious", "not TOML"),
    ],
)
def test_a_wrong_file_is_refused_with_the_place(find: str, replace: str, message: str) -> None:
    with pytest.raises(ParamsError, match=message):
        parse_moods(GOOD.replace(find, replace, 1))


def test_a_missing_mood_is_named() -> None:
    with pytest.raises(ParamsError, match="missing mood lonely"):
        parse_moods(GOOD[: GOOD.index("[lonely]")])


def test_an_unreadable_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(ParamsError, match=r"none\.toml: cannot read"):
        load_moods(tmp_path / "none.toml")
