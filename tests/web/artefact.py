"""Figures measured by the tests, kept in artefacts/browser.json."""

from __future__ import annotations

import json
from pathlib import Path

PATH = Path(__file__).resolve().parents[2] / "artefacts" / "browser.json"


def record(name: str, value: object) -> None:
    """Put one figure into the file, beside the others."""
    figures = json.loads(PATH.read_text(encoding="utf-8")) if PATH.exists() else {}
    figures[name] = value
    PATH.parent.mkdir(exist_ok=True)
    PATH.write_text(json.dumps(figures, indent=2, sort_keys=True) + "\n", encoding="utf-8")
