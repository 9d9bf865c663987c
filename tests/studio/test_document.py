"""The document: problems of a file, its edits, and undo."""

from __future__ import annotations

import difflib
import json
import tomllib
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from candlefish.sim.tuning import (
    PRESETS,
    THRESHOLDS,
    default_tuning,
    overlaid,
    parse_tuning,
    preset,
    preset_names,
)
from candlefish.studio.document import Document, DocumentError, default_text, find_problems, read_text
from candlefish.studio.parameters import (
    TABLES,
    differing,
    parameter,
    parameter_names,
    preset_values,
    values_of,
)

TEXTS = {"colour": "#010203", "curve": "cubic-bezier(0.5, 0.5, 0.5, 0.5)"}
NIGHT = (PRESETS / "night.toml").read_text(encoding="utf-8")


def changed_lines(before: str, after: str) -> list[str]:
    lines = difflib.unified_diff(before.splitlines(), after.splitlines(), lineterm="", n=0)
    return [line for line in lines if line[0] in "+-" and line[:3] not in ("+++", "---")]


def test_a_change_is_one_line_of_the_file() -> None:
    document = Document()
    document.set("shy", "glow", 0.55)
    document.set("lonely", "colour", "#8899aa")
    assert changed_lines(default_text(), document.text) == [
        "-glow = 0.4",
        "+glow = 0.55",
        '-colour = "#90A4AE"',
        '+colour = "#8899aa"',
    ]
    assert document.text.startswith("# The six moods.")
    assert document.changes() == {"shy": {"glow": 0.55}, "lonely": {"colour": "#8899aa"}}


def test_a_value_set_back_is_written_as_it_was() -> None:
    document = Document()
    for table in TABLES:
        for name, value in document.values()[table].items():
            limits = parameter(table, name)
            other = TEXTS.get(limits["kind"]) or limits["high"]
            document_before = document.text
            if name not in {"min_dwell_s", "fresh_s"} and not limits.get("below"):
                document.set(table, name, other)
                document.set(table, name, value)
            assert document.text == document_before
    assert document.text == default_text()


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(4))
def test_500_random_edits_undone_give_the_same_file(seed: int) -> None:
    random, document = Random(seed), Document(default_text() if seed % 2 else NIGHT)
    began, taken, texts = document.text, 0, [document.text]
    while taken < 500:
        table = random.choice(TABLES)
        name = random.choice(parameter_names(table))
        act = random.randrange(8)
        try:
            if act < 5:
                limits = parameter(table, name)
                drawn = {
                    "colour": f"#{random.randrange(1 << 24):06x}",
                    "curve": f"cubic-bezier({random.random():.2f}, 0, {random.random():.2f}, 1)",
                }
                number = round(random.uniform(limits.get("low", 0), limits.get("high", 1)), 2)
                document.set(table, name, drawn.get(limits["kind"], number))
            elif act == 5:
                document.reset(table)
            elif act == 6:
                document.copy(table, random.choice(TABLES[:-1]))
            else:
                document.randomise(table, random.randrange(1000), random.random())
        except DocumentError:
            continue
        if document.text != texts[-1]:
            texts.append(document.text)
        taken += 1
        if taken % 20 == 0:
            assert find_problems(document.text) == []
    for text in reversed(texts[:-1]):
        assert document.undo()
        assert document.text == text
    assert document.text == began
    assert not document.undo()
    for text in texts[1:]:
        document.redo()
        assert document.text == text


def test_values_always_agree_with_the_text() -> None:
    document = Document(NIGHT)
    document.take_preset("vivid")
    document.set("shy", "fin", 0.75)
    document.undo()
    document.reset("excited", ["glow"])
    read = overlaid(default_tuning(), tomllib.loads(document.text), "text")
    assert document.values() == values_of(read) == values_of(document.tuning)


def test_one_stroke_is_one_undo_step() -> None:
    document = Document()
    for step in range(20):
        document.set("shy", "fin", 0.3 + step / 40, stroke=7)
    document.set("shy", "fin", 0.9, stroke=8)
    assert document.undo() == "shy.fin"
    assert document.values()["shy"]["fin"] == 0.775
    document.undo()
    assert document.text == default_text()


def test_a_new_change_ends_what_could_be_redone() -> None:
    document = Document()
    document.set("shy", "fin", 0.5)
    document.undo()
    assert document.redo_label
    document.set("shy", "eye", 0.5)
    assert not document.redo_label


@pytest.mark.parametrize(
    ("table", "name", "value", "message"),
    [
        ("shy", "glow", 9, "shy.glow: expected 0 to 1.5, got 9"),
        ("shy", "glow", float("nan"), "expected 0 to 1.5"),
        ("shy", "colour", "red", "expected a colour"),
        ("shy", "arrive", "ease-in", "expected a curve like"),
        ("shy", "arrive", "cubic-bezier(0.1, 1.2, 0.3, 1)", "numbers from 0 to 1"),
        ("shy", "glue", 1, "no such parameter"),
        ("angry", "glow", 1, "is no mood"),
        (THRESHOLDS, "shy_enter_valence", -0.05, "expected less than shy_leave_valence"),
    ],
)
def test_a_refused_change_changes_nothing(table: str, name: str, value: object, message: str) -> None:
    document = Document()
    with pytest.raises(DocumentError, match=message):
        document.set(table, name, value)
    assert document.text == default_text()
    assert document.undo_label == ""


def test_a_partial_file_stays_partial_when_values_are_reset() -> None:
    document = Document(NIGHT)
    document.set("curious", "fin", 0.9)
    document.reset("curious", ["fin"])
    assert document.text == NIGHT
    document.reset("curious")
    assert differing(document.values(), preset_values()).keys() == {
        "playful", "shy", "excited", "trusting", "lonely",
    }  # fmt: skip


def test_locked_values_are_left_alone() -> None:
    document, locked = Document(), ["shy.colour", "shy.glow"]
    before = document.values()["shy"]
    document.randomise("shy", 3, locked=locked)
    document.copy("excited", "shy", locked)
    document.take_preset("night", locked)
    after = document.values()["shy"]
    assert (after["colour"], after["glow"]) == (before["colour"], before["glow"])
    assert after["water_centre"] != before["water_centre"]


@pytest.mark.slow
@given(st.sampled_from(TABLES[:-1]), st.integers(0, 10**6), st.floats(0, 1))
def test_random_values_stay_within_the_ranges(table: str, seed: int, strength: float) -> None:
    document = Document()
    document.randomise(table, seed, strength)
    parse_tuning(document.text)
    if strength == 0:
        assert document.changes().keys() <= {table}


@pytest.mark.parametrize("name", preset_names())
def test_a_preset_in_the_file_is_that_preset_to_the_fish(name: str) -> None:
    document = Document()
    document.take_preset(name)
    assert document.tuning == preset(name)
    assert parse_tuning(document.text) == preset(name)


def test_undo_steps_are_restored() -> None:
    document = Document()
    for step in range(5):
        document.set("shy", "eye", 0.4 + step / 10)
    again = Document(document.text)
    again.restore(document.saved, document.undo_steps(3))
    assert [again.undo(), again.undo(), again.undo(), again.undo()] == ["shy.eye"] * 3 + [""]
    assert again.values()["shy"]["eye"] == 0.5
    assert again.saved == default_text()


def test_json_has_all_values() -> None:
    assert json.loads(Document().json()) == preset_values()


BAD = {
    "[curious\nglow = 1": [(1, "not TOML")],
    "a = ": [(1, "not TOML")],
    "[curious]\nglow = 1\nglow = 2": [(3, "not TOML")],
    "[curious]\n# strong\nglow = 7": [(3, "curious.glow: expected 0 to 1.5, got 7")],
    "[curious]\nglow = 'x'\n[shy]\nspeed_px_s = 1\n": [
        (2, "curious.glow: expected a number, got 'x'"),
        (4, "shy.speed_px_s: expected 20 to 600 px/s, got 1"),
    ],
    "[curious]\ncolour = '#12345g'": [(2, 'expected a colour like "#ffb347"')],
    "[curious]\nglow = true": [(2, "expected a number, got True")],
    "[curious]\nglow = nan": [(2, "expected 0 to 1.5, got nan")],
    "[curious]\n\n[angry]\n": [(3, "[angry] is no mood; known: curious")],
    "curious = 3": [(1, "curious: expected a table, got 3")],
    "\n\nwho = 'me'": [(3, "[who] is no mood")],
    "[shy]\ngloom = 1": [(2, "shy.gloom: no such parameter")],
    "[shy.glow]\nx = 1": [(1, "shy.glow: expected a number")],
    "[[shy]]\nglow = 1": [(1, "shy: expected a table")],
    "[thresholds]\nshy_enter_valence = -0.1": [(2, "expected less than shy_leave_valence = -0.12, got -0.1")],
    "[thresholds]\nshy_leave_valence = -0.5": [(2, "expected less than shy_leave_valence = -0.5")],
    "x = " + "[" * 3000: [(0, "nested too deeply")],
    "#" * 70_000: [(0, "at most 65536 characters")],
}


@pytest.mark.parametrize("text", BAD, ids=lambda text: text[:24])
def test_problems_name_line_and_value_and_nothing_changes(text: str) -> None:
    problems = [(problem.line, problem.message) for problem in find_problems(text)]
    assert len(problems) == len(BAD[text])
    for (line, message), (expected_line, part) in zip(problems, BAD[text], strict=True):
        assert line == expected_line, message
        assert part in message
    document = Document()
    with pytest.raises(DocumentError):
        document.replace(text)
    assert document.text == default_text()


@given(st.binary(max_size=200))
def test_no_bytes_break_the_import(data: bytes) -> None:
    document = Document()
    try:
        document.replace(read_text(data))
    except ValueError as error:
        assert str(error)
        assert document.text == default_text()


@given(st.text(alphabet="[]{}=\"'#\n .,aglowcuris0123-", max_size=80))
def test_no_text_breaks_the_search_for_problems(text: str) -> None:
    for problem in find_problems(text):
        assert problem.message
        assert 0 <= problem.line <= text.count("\n") + 1
