"""What the page repeats of the model's data holds: mood colours and names."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
WEB = ROOT / "web"
HTML = sorted(WEB.rglob("*.html"))


def source(name: str) -> str:
    return (WEB / name).read_text(encoding="utf-8")


def test_the_mood_colours_of_the_page_are_those_of_the_moods() -> None:
    moods = tomllib.loads((ROOT / "candlefish/sim/moods.toml").read_text(encoding="utf-8"))
    shown = dict(re.findall(r'\[data-mood="(\w+)"\] \{ --mood: (#\w{6}); \}', source("demo/styles.css")))
    known = {name: values["colour"].lower() for name, values in moods.items() if "colour" in values}
    assert shown == known


def test_the_page_speaks_of_every_mood() -> None:
    moods = tomllib.loads((ROOT / "candlefish/sim/moods.toml").read_text(encoding="utf-8"))
    described = set(re.findall(r'<div data-mood="(\w+)"><dt>', source("demo/index.html")))
    assert described == {name for name, values in moods.items() if "colour" in values}


@pytest.mark.parametrize("page", HTML, ids=lambda path: path.name)
def test_pages_hold_no_inline_script_and_no_foreign_address(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    scripts = re.findall(r"<script([^>]*)>", text)
    assert scripts
    assert all("src=" in attributes or 'type="py"' in attributes for attributes in scripts)
    assert not re.search(r"\son\w+=", text)
    assert not re.search(r"""(?:src|href)=["']https?:""", text)
