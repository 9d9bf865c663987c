"""The JavaScript side of the protocol is as Python declares it."""

from __future__ import annotations

import re
import subprocess
from types import SimpleNamespace
from typing import Any, Literal, NotRequired, TypedDict

import pytest

from builder import protocol
from builder.steps import BuildError
from builder.workspace import NODE_MODULES, ROOT
from candlefish.browser.options import ChoiceOption
from candlefish.draw.display_list import Blend, Op, Slot
from candlefish.sim.inputs import InputKind


def test_what_is_committed_is_what_is_declared() -> None:
    assert protocol.stale() == [], f"run {protocol.COMMAND}"


def test_the_numbers_of_both_sides_are_the_same() -> None:
    found = {name: int(value) for name, value in re.findall(r"const (\w+) = (\d+);", protocol.constants())}
    for prefix, kind in (("OP", Op), ("SLOT", Slot), ("BLEND", Blend), ("INPUT", InputKind)):
        named = {name: value for name, value in found.items() if name.startswith(f"{prefix}_")}
        named.pop("INPUT_FIELDS", None)
        assert named == {f"{prefix}_{each.name}": each.value for each in kind}


def test_a_stale_file_is_told_with_the_remedy(monkeypatch: pytest.MonkeyPatch, tmp_path: Any) -> None:
    monkeypatch.setattr(protocol, "ROOT", tmp_path)
    (tmp_path / "web/package").mkdir(parents=True)
    assert protocol.write() == list(protocol.written())
    protocol.require_current()
    path = tmp_path / "web/protocol.js"
    path.write_text(path.read_text().replace(f"OP_FILL = {Op.FILL}", "OP_FILL = 99"))
    with pytest.raises(
        BuildError, match=r"^web/protocol\.js: not as declared .*; run \S+ -m builder\.protocol$"
    ):
        protocol.require_current()
    assert protocol.write() == ["web/protocol.js"]
    assert protocol.write() == []


class Sample(TypedDict):
    """Two lines of
    which the first is long.

    And more.
    """

    text: NotRequired[str | None]
    type: Literal["a", "b"]
    rows: list[float | str]


def test_a_typed_dictionary_becomes_an_interface() -> None:
    assert protocol.interface(Sample).splitlines() == [
        "/** Two lines of which the first is long. */",
        "export interface Sample {",
        '  type: "a" | "b";',
        "  text?: string | null;",
        "  rows: (number | string)[];",
        "}",
    ]


def test_a_long_list_is_set_out_as_biome_does(monkeypatch: pytest.MonkeyPatch) -> None:
    words = tuple(f"word-{number}" for number in range(12))
    long = SimpleNamespace(default=words[0], metadata={"kind": ChoiceOption(words)})
    monkeypatch.setattr(protocol, "_options", lambda: [("mode", long)])
    text = protocol.constants()
    assert '    mode: choice(element.getAttribute("mode"), [\n      "word-0",\n' in text
    assert '      "word-11",\n    ]),\n' in text
    biome = [str(NODE_MODULES / ".bin/biome"), "format", "--stdin-file-path=web/protocol.js"]
    done = subprocess.run(biome, cwd=ROOT, input=text, capture_output=True, text=True, check=True)
    assert done.stdout == text


def test_a_type_that_typescript_cannot_be_told_is_named() -> None:
    with pytest.raises(BuildError, match=r"cannot be told: <class 'complex'>"):
        protocol.typescript(complex)
