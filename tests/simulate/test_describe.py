"""The documents say what the tables say."""

from pathlib import Path

import pytest

from candlefish.sim.moods import TABLE, Mood
from candlefish.sim.stimuli import NAMES, SOURCES
from candlefish.simulate.describe import diagram, inner_life, personas

DOCS = Path(__file__).parents[2] / "docs"


@pytest.mark.parametrize(("name", "write"), [("inner-life.md", inner_life), ("personas.md", personas)])
def test_the_documents_are_current(name: str, write: object) -> None:
    assert callable(write)
    written = (DOCS / name).read_text(encoding="utf-8")
    assert written == write(), "write them again: python -m candlefish.simulate.describe docs"


def test_the_diagram_has_every_transition_with_its_reason() -> None:
    drawn = diagram()
    for row in TABLE:
        for source in row.sources:
            arrow = next(line for line in drawn.splitlines() if f"{source} --> {row.target}:" in line)
            assert row.reason in arrow
    assert {mood for mood in Mood if f"--> {mood}" in drawn} == set(Mood)


def test_every_stimulus_has_its_source() -> None:
    assert SOURCES.keys() == set(NAMES)
    assert all("(" in source for source in SOURCES.values())
    asked = {"tap", "double tap", "hold", "drag", "touch", "scroll", "keyboard", "blur", "absence", "return"}
    assert asked | {"circling", "approach", "retreat", "dwelling"} <= set(NAMES)
