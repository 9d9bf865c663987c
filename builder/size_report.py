"""The sizes of the built site against its budgets: a report for machines, one for people, and a verdict."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from fnmatch import fnmatchcase
from pathlib import Path
from typing import TYPE_CHECKING, Any

from builder.errors import BuildError
from candlefish.report.page import page
from candlefish.tables import convert, load_toml

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from builder.bundle import Script

BUDGETS = Path(__file__).with_name("size_budgets.toml")
TEMPLATE = Path(__file__).with_suffix(".html")
JSON, HTML = "size-report.json", "size-report.html"
LARGEST = 3


@dataclass(frozen=True, slots=True)
class SizeBudget:
    """A table of the budgets' file: its meaning, patterns of file names, the limit in kB of 1000 bytes."""

    what: str
    files: tuple[str, ...]
    limit_kb: float


@dataclass(frozen=True, slots=True)
class Part:
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


def parts(manifest: Mapping[str, Any], budgets: Path = BUDGETS) -> list[Part]:
    """Every budget of a file, with the files of a build's manifest that it is for.

    Raises:
        BuildError: the file cannot be read, a field is missing, wrong or unknown, or a pattern has no file.
    """
    tables = convert(load_toml(budgets, BuildError), dict[str, SizeBudget], str(budgets), BuildError)
    sizes = travelling(manifest)
    return [_part(f"{budgets}, [{name}]", name, budget, sizes) for name, budget in tables.items()]


def travelling(manifest: Mapping[str, Any]) -> dict[str, int]:
    """Bytes of every file on the way: with Brotli where there is such a form."""
    return {name: entry["br"] or entry["bytes"] for name, entry in manifest["files"].items()}


def _part(where: str, name: str, budget: SizeBudget, sizes: Mapping[str, int]) -> Part:
    found: dict[str, int] = {}
    for pattern in budget.files:
        matching = {path: size for path, size in sizes.items() if fnmatchcase(path, pattern)}
        if not matching:
            raise BuildError(f"{where}: no file is called {pattern}")
        found |= matching
    ordered = dict(sorted(found.items(), key=lambda one: -one[1]))
    return Part(name, budget.what, budget.limit_kb, sum(found.values()) / 1000, ordered)


def require_within(spent: Sequence[Part]) -> None:
    """Let a build go on.

    Raises:
        BuildError: budgets are broken; says which, by how much, and what weighs most.
    """
    broken = [
        f"{part.name} ({part.what}): {part.kb:.1f} kB, {part.over_kb:.1f} kB over its budget of "
        f"{part.limit_kb:g} kB; largest: "
        + ", ".join(f"{path} {size / 1000:.1f} kB" for path, size in list(part.files.items())[:LARGEST])
        for part in spent
        if part.over_kb
    ]
    if broken:
        raise BuildError("too large:\n  " + "\n  ".join(broken))


def reports(
    manifest: Mapping[str, Any], spent: Sequence[Part], scripts: Mapping[str, Script]
) -> dict[str, bytes]:
    """The two reports by the paths they have in the site; ``scripts``: those of ``web/``, by file name."""
    found = {
        "version": manifest["version"],
        "budgets": [{**asdict(part), "kb": round(part.kb, 3), "within": not part.over_kb} for part in spent],
        "files": {
            name: {form: entry[form] for form in ("bytes", "br", "gz")}
            for name, entry in manifest["files"].items()
        },
        "modules": {name: dict(script.modules) for name, script in scripts.items()},
    }
    return {JSON: (json.dumps(found, indent=1) + "\n").encode(), HTML: html(manifest, spent).encode()}


def html(manifest: Mapping[str, Any], spent: Sequence[Part]) -> str:
    """The report as a page that needs nothing else."""
    return page(
        TEMPLATE,
        parts=spent,
        maps=[part for part in spent if part.name in {"critical-path", "first-visit"}],
        sizes=travelling(manifest),
        files=sorted(manifest["files"].items(), key=lambda one: -(one[1]["br"] or one[1]["bytes"])),
    )
