"""The build's own inputs."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from builder import pipeline
from builder.steps import BuildError

if TYPE_CHECKING:
    from pathlib import Path


def test_only_pages_scripts_and_styles_are_shipped(tmp_path: Path) -> None:
    (tmp_path / "element").mkdir()
    for name in ("index.html", "element/fish.js", "styles.css", "messages.d.ts", "element/notes.md"):
        (tmp_path / name).write_text(name)
    assert pipeline.read_web(tmp_path).keys() == {"index.html", "element/fish.js", "styles.css"}


def test_a_directory_without_a_page_is_refused(tmp_path: Path) -> None:
    (tmp_path / "fish.js").write_text("")
    with pytest.raises(BuildError, match=r"holds no page \(\*\.html\)"):
        pipeline.read_web(tmp_path)
