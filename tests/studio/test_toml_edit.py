"""Changing one value of a file leaves all else as it was written."""

from __future__ import annotations

import tomllib
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from candlefish.studio.document import default_text
from candlefish.studio.toml_edit import places, remove_value, set_value, toml_token

STYLES = """# A file by hand.
top = "a # no comment"   # a comment

[ curious ]   # the first
"glow" = 0.8      # strong
  colour   =   '#FFB347'
list = [1, [2, "]"], # within
  3]
text = \"\"\"
[shy]
glow = 9 \"\"\"

[shy] # the second
glow = 4e-1
when = 1979-05-27 07:32:00Z
inline = { a = 1, b = { c = "}" } }

[ 'quoted key' . deep ]
x.y.z = true
"""


def test_places_are_those_of_the_values() -> None:
    spans = places(STYLES).values
    at = {path: STYLES[span.start : span.end] for path, span in spans.items()}
    assert at["curious", "glow"] == "0.8"
    assert at["curious", "colour"] == "'#FFB347'"
    assert at["shy", "glow"] == "4e-1"
    assert at["shy", "when"] == "1979-05-27 07:32:00Z"
    assert at["shy", "inline", "b", "c"] == '"}"'
    assert at["quoted key", "deep", "x", "y", "z"] == "true"
    assert spans["curious", "glow"].line == 5
    assert spans["shy", "glow"].line == 14


def test_one_token_changes_and_nothing_else() -> None:
    assert set_value(STYLES, "curious", "glow", "0.35") == STYLES.replace("= 0.8 ", "= 0.35 ")
    assert set_value(STYLES, "shy", "glow", "0.1") == STYLES.replace("4e-1", "0.1")


@pytest.mark.parametrize(
    ("text", "after"),
    [
        ("", "[shy]\nfin = 0.5\n"),
        ("# only a comment", "# only a comment\n\n[shy]\nfin = 0.5\n"),
        ("[shy]", "[shy]\nfin = 0.5"),
        ("[shy]\nglow = 1 # c\n\n# next\n[lonely]\n", "[shy]\nglow = 1 # c\nfin = 0.5\n\n# next\n[lonely]\n"),
        ("shy.glow = 1\n", "shy.glow = 1\nshy.fin = 0.5\n"),
        ("shy = {}\n", "shy = { fin = 0.5 }\n"),
        ("shy = { glow = 1 }\n", "shy = { glow = 1, fin = 0.5 }\n"),
    ],
)
def test_a_missing_value_is_added_to_its_table(text: str, after: str) -> None:
    assert set_value(text, "shy", "fin", "0.5") == after
    assert tomllib.loads(after)["shy"]["fin"] == 0.5


def test_removing_what_was_added_gives_the_text_back() -> None:
    text = "[shy]\nglow = 1 # c\n\n[lonely]\neye = 0.5\n"
    assert remove_value(set_value(text, "shy", "fin", "0.5"), "shy", "fin") == text
    assert remove_value(text, "shy", "tension") == text


def test_numbers_are_written_as_the_one_before() -> None:
    assert toml_token(300.0, "280") == "300"
    assert toml_token(300.5, "280") == "300.5"
    assert toml_token(61.0, "60.0") == "61.0"
    assert toml_token(0.30000000000000004, "0.8") == "0.3"
    assert toml_token(-0.0, "1") == "0"
    assert toml_token("#00ff00", "'#FFB347'") == "'#00ff00'"


KEYS = st.sampled_from(["glow", "eye", "a-b", "with space", "ü", 'quo"te'])
SCALARS = st.one_of(
    st.integers(-1000, 1000).map(str),
    st.floats(-1e6, 1e6).map(repr),
    st.sampled_from(['"#ffb347"', "'#FFB347'", "true", '"a # b"', "'[x]'", "1_000", "+1.5e3", '"""\nx\n"""']),
)
EQUALS = st.sampled_from([" = ", "=", "  =\t"])
COMMENTS = st.sampled_from(["", " # why", "\t# [shy]", "#x = 1"])


@st.composite
def files(draw: st.DrawFn) -> str:
    """TOML texts of tables in many hands."""
    lines: list[str] = []
    for table in draw(st.permutations(["curious", "shy", "own table"])):
        quoted = f'"{table}"' if " " in table else table
        pairs = draw(st.dictionaries(KEYS, SCALARS, max_size=4))
        written_keys = [(_as_key(key), value) for key, value in pairs.items()]
        if draw(st.booleans()) and not any("\n" in value for value in pairs.values()):
            inside = ", ".join(f"{key} = {value}" for key, value in written_keys)
            lines.insert(0, f"{quoted} = {{ {inside} }}{draw(COMMENTS)}")
            continue
        lines += [draw(COMMENTS), f"{draw(st.sampled_from(['', '  ']))}[ {quoted} ]{draw(COMMENTS)}"]
        for key, value in written_keys:
            lines += [f"{key}{draw(EQUALS)}{value}{draw(COMMENTS)}"]
    end = draw(st.sampled_from(["", "\n", "\n\n"]))
    return draw(st.sampled_from(["\n", "\r\n"])).join(lines) + end


def _as_key(key: str) -> str:
    return key if key.replace("-", "").isalnum() and key.isascii() else f"'{key}'"


@given(files(), st.sampled_from(["curious", "shy", "own table", "new"]), KEYS, st.floats(0, 100))
def test_a_file_then_says_that_and_else_the_same(text: str, table: str, name: str, value: float) -> None:
    before: dict[str, Any] = tomllib.loads(text)
    name = name.replace('"', "")
    token = toml_token(value, "0.5")
    changed = set_value(text, table, name, token)
    expected = {**before, table: {**before.get(table, {}), name: round(value, 6)}}
    assert tomllib.loads(changed) == expected
    if name in before.get(table, {}):
        span = places(text).values[table, name]
        assert changed == text[: span.start] + token + text[span.end :]
    else:
        assert set(changed.splitlines()) >= set(text.splitlines()) or "{" in text


@given(files())
def test_every_value_has_one_place(text: str) -> None:
    def paths(table: dict[str, Any], above: tuple[str, ...] = ()) -> set[tuple[str, ...]]:
        all_paths = set()
        for name, value in table.items():
            all_paths |= paths(value, (*above, name)) if isinstance(value, dict) else {(*above, name)}
        return all_paths

    known = places(text)
    assert {path for path in known.values if path not in known.inline} == paths(tomllib.loads(text))


def test_every_value_of_the_shipped_file_has_a_place() -> None:
    values = {(t, n) for t, names in tomllib.loads(default_text()).items() for n in names}
    assert set(places(default_text()).values) == values
