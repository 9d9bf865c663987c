"""The sizes of the built site: the table a build ends with, budgets, and a report of what they went on."""

from __future__ import annotations

import json
import re
from dataclasses import asdict, dataclass
from fnmatch import fnmatchcase
from pathlib import Path
from typing import TYPE_CHECKING, Any

from builder.steps import BuildError
from candlefish.report.page import page
from candlefish.tables import convert, load_toml

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from builder.bundle import Script

GROUPS = (
    ("pages and scripts", re.compile(r"[^/]+$|app-|static/")),
    ("Pyodide", re.compile(r"pyodide-")),
    ("snapshot", re.compile(r"snapshot-")),
    ("Python wheels", re.compile(r"py-")),
    ("examples and docs", re.compile(r"examples/|docs/")),
    ("PyScript", re.compile(r"pyscript-")),
)
TEMPLATE = Path(__file__).with_suffix(".html")
BUDGETS = Path(__file__).with_name("size_budgets.toml")
JSON, HTML = "size-report.json", "size-report.html"
LARGEST = 3


def table(manifest: Mapping[str, Any]) -> str:
    """Sizes by group, as they are and as they travel (Brotli where there is one), in kB of 1000 bytes."""
    rows = [(name, *_sizes(manifest, pattern)) for name, pattern in GROUPS]
    rows.append(("all", *_sizes(manifest, re.compile(""))))
    lines = [f"  {'':18}{'files':>6}{'raw kB':>10}{'Brotli kB':>11}"]
    lines += [f"  {name:18}{count:6}{raw / 1000:10.1f}{br / 1000:11.1f}" for name, count, raw, br in rows]
    return "\n".join(lines)


def _sizes(manifest: Mapping[str, Any], pattern: re.Pattern[str]) -> tuple[int, int, int]:
    """How many files match, their bytes, and their bytes on the way."""
    on_the_way = {name: size for name, size in travelling(manifest).items() if pattern.match(name)}
    raw = sum(manifest["files"][name]["bytes"] for name in on_the_way)
    return len(on_the_way), raw, sum(on_the_way.values())


@dataclass(frozen=True, slots=True)
class SizeBudget:
    """A table of the budgets' file: its meaning, patterns of file names, the limit in kB of 1000 bytes."""

    what: str
    files: tuple[str, ...]
    limit_kb: float


@dataclass(frozen=True, slots=True)
class BudgetUse:
    """A budget and what it is spent on; kB of 1000 bytes, as they travel."""

    name: str
    what: str
    limit_kb: float
    kb: float
    files: dict[str, int]  # bytes as they travel, the largest first

    @property
    def over_kb(self) -> float:
        """By how much it is too large; 0 when it is not."""
        return max(0.0, self.kb - self.limit_kb)


def budget_uses(manifest: Mapping[str, Any], budgets: Path = BUDGETS) -> list[BudgetUse]:
    """Every budget of a file, with the files of a build's manifest that it is for.

    Raises:
        BuildError: the file cannot be read, a field is missing, wrong or unknown, or a pattern has no file.
    """
    tables = convert(load_toml(budgets, BuildError), dict[str, SizeBudget], str(budgets), BuildError)
    sizes = travelling(manifest)
    return [_budget_use(f"{budgets}, [{name}]", name, budget, sizes) for name, budget in tables.items()]


def travelling(manifest: Mapping[str, Any]) -> dict[str, int]:
    """Bytes of every file on the way: with Brotli where there is such a form."""
    return {name: entry["br"] or entry["bytes"] for name, entry in manifest["files"].items()}


def _budget_use(where: str, name: str, budget: SizeBudget, sizes: Mapping[str, int]) -> BudgetUse:
    files: dict[str, int] = {}
    for pattern in budget.files:
        matching = {path: size for path, size in sizes.items() if fnmatchcase(path, pattern)}
        if not matching:
            raise BuildError(f"{where}: no file is called {pattern}")
        files |= matching
    ordered = dict(sorted(files.items(), key=lambda one: -one[1]))
    return BudgetUse(name, budget.what, budget.limit_kb, sum(files.values()) / 1000, ordered)


def require_within(spent: Sequence[BudgetUse]) -> None:
    """Let a build go on.

    Raises:
        BuildError: budgets are broken; says which, by how much, and what weighs most.
    """
    broken = [
        f"{use.name} ({use.what}): {use.kb:.1f} kB, {use.over_kb:.1f} kB over its budget of "
        f"{use.limit_kb:g} kB; largest: "
        + ", ".join(f"{path} {size / 1000:.1f} kB" for path, size in list(use.files.items())[:LARGEST])
        for use in spent
        if use.over_kb
    ]
    if broken:
        raise BuildError("too large:\n  " + "\n  ".join(broken))


def reports(
    manifest: Mapping[str, Any], spent: Sequence[BudgetUse], scripts: Mapping[str, Script]
) -> dict[str, bytes]:
    """The two reports by the paths they have in the site; ``scripts``: those of ``web/``, by file name."""
    found = {
        "version": manifest["version"],
        "budgets": [{**asdict(use), "kb": round(use.kb, 3), "within": not use.over_kb} for use in spent],
        "files": {
            name: {form: entry[form] for form in ("bytes", "br", "gz")}
            for name, entry in manifest["files"].items()
        },
        "modules": {name: dict(script.modules) for name, script in scripts.items()},
    }
    return {JSON: (json.dumps(found, indent=1) + "\n").encode(), HTML: html(manifest, spent).encode()}


def html(manifest: Mapping[str, Any], spent: Sequence[BudgetUse]) -> str:
    """The report as a page that needs nothing else."""
    return page(
        TEMPLATE,
        uses=spent,
        maps=[use for use in spent if use.name in {"critical-path", "first-visit"}],
        sizes=travelling(manifest),
        files=sorted(manifest["files"].items(), key=lambda one: -(one[1]["br"] or one[1]["bytes"])),
    )
