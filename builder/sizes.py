"""The table of sizes a build ends with."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

GROUPS = (
    ("pages and scripts", re.compile(r"[^/]+$|app-|static/")),
    ("Pyodide", re.compile(r"pyodide-")),
    ("snapshot", re.compile(r"snapshot-")),
    ("Python wheels", re.compile(r"py-")),
    ("examples and docs", re.compile(r"examples/|docs/")),
    ("PyScript", re.compile(r"pyscript-")),
)


def table(manifest: Mapping[str, Any]) -> str:
    """Sizes by group, as they are and as they travel (Brotli where there is one), in kB of 1000 bytes."""
    rows = [(name, *_sizes(manifest, pattern)) for name, pattern in GROUPS]
    rows.append(("all", *_sizes(manifest, re.compile(""))))
    lines = [f"  {'':18}{'files':>6}{'raw kB':>10}{'Brotli kB':>11}"]
    lines += [f"  {name:18}{count:6}{raw / 1000:10.1f}{br / 1000:11.1f}" for name, count, raw, br in rows]
    return "\n".join(lines)


def _sizes(manifest: Mapping[str, Any], pattern: re.Pattern[str]) -> tuple[int, int, int]:
    """How many files match, their bytes, and their bytes on the way."""
    entries = [entry for name, entry in manifest["files"].items() if pattern.match(name)]
    travelling = [entry["bytes"] if entry["br"] is None else entry["br"] for entry in entries]
    return len(entries), sum(entry["bytes"] for entry in entries), sum(travelling)
