"""Parameters: what `moods.toml` may hold, partial changes of it, and the presets."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from candlefish.sim.moods import Mood
from candlefish.sim.ranges import ParamsError
from candlefish.sim.tuning import (
    DEFAULT_FILE,
    default_tuning,
    load_moods,
    overlaid,
    parse_moods,
    preset,
    preset_names,
    read_tables,
    written,
)
from candlefish.sim.world import World

if TYPE_CHECKING:
    from pathlib import Path

    from candlefish.sim.tuning import Tuning

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


def test_a_change_leaves_the_rest() -> None:
    before = default_tuning()
    after = overlaid(before, {"shy": {"glow": 0.7, "colour": "#00ff80"}}, "params")
    assert after.moods[Mood.SHY].glow == 0.7
    assert after.moods[Mood.SHY].colour == (0.0, 255.0, 128.0)
    assert after.moods[Mood.SHY].fin == before.moods[Mood.SHY].fin
    assert after.moods[Mood.LONELY] == before.moods[Mood.LONELY]
    assert after.thresholds == before.thresholds


def test_nothing_changes_nothing_and_what_is_written_reads_the_same() -> None:
    before = default_tuning()
    assert overlaid(before, {}, "params") == before
    assert overlaid(before, {mood.value: written(before.moods[mood]) for mood in Mood}, "params") == before


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ([], r"params: expected a table, got \[\]"),
        ({"angry": {}}, r"params: \[angry\] is no mood; known: curious"),
        ({"shy": 4}, "params: shy: expected a table, got 4"),
        ({"shy": {"glow": 9}}, r"params: shy\.glow: expected 0 to 1\.5, got 9"),
        ({"shy": {"fur": 1}}, r"params: shy\.fur: no such parameter"),
        ({"shy": {"colour": "blue"}}, r"params: shy\.colour: expected a colour like"),
        ({"thresholds": {"excited_s": 99}}, r"params: thresholds\.excited_s: expected 2 to 8 s, got 99"),
    ],
)
def test_a_wrong_change_is_refused_with_the_place(changes: object, message: str) -> None:
    with pytest.raises(ParamsError, match=message):
        overlaid(default_tuning(), changes, "params")


def test_text_that_is_not_toml_is_refused_with_the_line() -> None:
    with pytest.raises(ParamsError, match=r"night\.toml: not TOML.*line 2"):
        read_tables("[shy]\nglow = = 1", "night.toml")


@pytest.mark.parametrize("name", preset_names())
def test_every_preset_is_whole_and_of_its_own(name: str) -> None:
    found: Tuning = preset(name)
    assert set(found.moods) == set(Mood)
    assert (found == default_tuning()) is (name == "default")


def test_an_unknown_preset_is_refused_by_name() -> None:
    with pytest.raises(
        ParamsError, match="mood-preset: expected one of default, calm, night, vivid, got 'loud'"
    ):
        preset("loud")


def test_the_world_eases_to_what_it_is_tuned_to() -> None:
    world = World(800, 500)
    before = world.appearance.glow
    world.tune(overlaid(default_tuning(), {"curious": {"glow": 0.2}}, "params"))
    world.step()
    assert before - 0.05 < world.appearance.glow < before
    for _ in range(240):
        world.step()
    assert world.appearance.glow == pytest.approx(0.2, abs=0.02)
