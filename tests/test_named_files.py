"""Files that the documents name are there."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
DOCUMENTS = ("README.md", "ARCHITECTURE.md", "CONTRIBUTING.md", *sorted(
    path.relative_to(ROOT).as_posix() for path in ROOT.glob("docs/*.md")
))  # fmt: skip
NAMED = re.compile(r"`((?:\w[\w.-]*/)+[\w.-]+\.(?:py|js|mjs|ts|toml|json|svg|html|css|tf))`")
PLACES = (ROOT, ROOT / "candlefish")
MADE = ("app-", "dist/", "artefacts/")


def missing(text: str) -> list[str]:
    """The paths in a document that lead to no file of the repository or of the package."""
    named = {path for path in NAMED.findall(text) if not path.startswith(MADE)}
    return sorted(path for path in named if not any((place / path).exists() for place in PLACES))


@pytest.mark.parametrize("document", DOCUMENTS)
def test_every_file_it_names_exists(document: str) -> None:
    assert missing((ROOT / document).read_text(encoding="utf-8")) == []


def test_a_file_that_is_gone_is_found() -> None:
    assert missing("see `sim/world.py` and `sim/gone.py`, `builder/gone.mjs`") == [
        "builder/gone.mjs",
        "sim/gone.py",
    ]
