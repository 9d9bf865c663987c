"""docs/browsers.md, written from how the cases went: ``python -m tests.web.browsers > docs/browsers.md``."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

ENGINES = ("Chromium", "Firefox", "WebKit")
OUTCOMES = Path(__file__).resolve().parents[2] / "artefacts" / "browsers.json"
WORDS = {"passed": "yes", "failed": "**no**", "skipped": "cannot be tried"}

HEAD = """# Browsers

The same cases run in three engines, each Debian's: Chromium (its headless shell), Firefox ESR by WebDriver
BiDi, and WebKitGTK by WebDriver in a virtual display. This page is written from a run of them.

"""
TAIL = """
Where a driver cannot do something (WebKitGTK's cannot print), the case cannot be tried there. Everything else
the tests do with a browser (faults in Python, files that fail, deploys, the studio in depth) runs in Chromium
only. Not run: Safari itself, and Chrome and Edge for Windows, macOS and Android.

What the element uses, and what happens without: OffscreenCanvas (it runs on the page’s own thread), module
workers (it stays a picture), WebAssembly (it stays a picture), constructable style sheets (needed).

## Running them

    .venv/bin/python -m pytest -n 0 tests/web/test_engines.py
    .venv/bin/python -m tests.web.browsers > docs/browsers.md

`build.py test` installs what is missing (`firefox-esr`, `webkit2gtk-driver`, `xvfb`) where it may; elsewhere
the cases of that engine are skipped, and the summary says so. `CANDLEFISH_CHROMIUM` and `CANDLEFISH_FIREFOX`
name other programs.
"""


def record_outcome(test: str, engine: str, outcome: str) -> None:
    """Note how a case went in an engine."""
    outcomes = json.loads(OUTCOMES.read_text(encoding="utf-8")) if OUTCOMES.exists() else {}
    outcomes.setdefault(title(test), {})[engine] = outcome
    OUTCOMES.parent.mkdir(exist_ok=True)
    OUTCOMES.write_text(json.dumps(outcomes, indent=2) + "\n", encoding="utf-8")


def title(test: str) -> str:
    """A test's name as a sentence: ``test_a_tap_feeds[WebKit]`` is "A tap feeds"."""
    name, _, parameters = test.removeprefix("test_").rstrip("]").partition("[")
    chosen = [part for part in re.split(r"-(?=[A-Za-z])", parameters) if part not in {*ENGINES, ""}]
    words = name.replace("_", " ")
    return words[0].upper() + words[1:] + (f" ({' '.join(chosen)})" if chosen else "")


def page(outcomes: Mapping[str, Mapping[str, str]]) -> str:
    """The page, one row a case."""
    rows = [
        f"| {case} | " + " | ".join(WORDS.get(of.get(engine, ""), "not run") for engine in ENGINES) + " |"
        for case, of in outcomes.items()
    ]
    head = f"| | {' | '.join(ENGINES)} |\n|---|---|---|---|\n"
    return HEAD + head + "\n".join(rows) + "\n" + TAIL


if __name__ == "__main__":
    print(page(json.loads(OUTCOMES.read_text(encoding="utf-8"))), end="")
