"""The sizes of the built site: the table a build ends with, budgets, and a report of what they went on."""

from __future__ import annotations

import json
import re
import tomllib
from dataclasses import asdict, dataclass
from fnmatch import fnmatchcase
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING, Any

from builder.steps import BuildError
from candlefish.bench.report.charts import treemap
from candlefish.bench.report.html import html_page

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
BUDGETS = Path(__file__).with_name("size_budgets.toml")
JSON, HTML = "size-report.json", "size-report.html"
LARGEST = 3
FIELDS: dict[str, type | tuple[type, ...]] = {"what": str, "files": list, "limit_kb": (int, float)}


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
    try:
        table = tomllib.loads(budgets.read_text(encoding="utf-8"))
    except (OSError, tomllib.TOMLDecodeError) as error:
        raise BuildError(f"{budgets}: {error}") from error
    return [
        _budget_use(f"{budgets}, [{name}]", name, fields, travelling(manifest))
        for name, fields in table.items()
    ]


def travelling(manifest: Mapping[str, Any]) -> dict[str, int]:
    """Bytes of every file on the way: with Brotli where there is such a form."""
    return {name: entry["br"] or entry["bytes"] for name, entry in manifest["files"].items()}


def _budget_use(where: str, name: str, fields: Any, sizes: Mapping[str, int]) -> BudgetUse:
    if not isinstance(fields, dict) or fields.keys() != FIELDS.keys():
        raise BuildError(f"{where}: expected the fields {', '.join(FIELDS)}")
    for field, kind in FIELDS.items():
        if not isinstance(fields[field], kind):
            raise BuildError(f"{where}: {field} is {fields[field]!r}")
    found: dict[str, int] = {}
    for pattern in fields["files"]:
        matching = {path: size for path, size in sizes.items() if fnmatchcase(path, pattern)}
        if not matching:
            raise BuildError(f"{where}: no file is called {pattern}")
        found |= matching
    ordered = dict(sorted(found.items(), key=lambda one: -one[1]))
    return BudgetUse(name, fields["what"], float(fields["limit_kb"]), sum(found.values()) / 1000, ordered)


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
    sizes = travelling(manifest)
    shown = [use for use in spent if use.name in {"critical-path", "first-visit"}]
    maps = "".join(
        f"<section><h2>{escape(use.what.capitalize())}</h2>{treemap(list(use.files.items()))}</section>"
        for use in shown
    )
    everything = f"<section><h2>Everything</h2>{treemap(list(sizes.items()))}{_files(manifest)}</section>"
    return html_page(
        "Candlefish: sizes", f"<h1>What Candlefish weighs</h1>{_budgets(spent)}{maps}{everything}"
    )


def _budgets(spent: Sequence[BudgetUse]) -> str:
    rows = "".join(
        f'<tr><td class="{"broken" if use.over_kb else "within"}">{escape(use.name)}</td>'
        f"<td>{escape(use.what)}</td><td>{use.kb:,.1f}</td><td>{use.limit_kb:,g}</td>"
        f"<td>{100 * use.kb / use.limit_kb:.0f} %</td></tr>"
        for use in spent
    )
    return _table("Budgets", ("budget", "what", "kB, compressed", "at most", "used"), rows)


def _files(manifest: Mapping[str, Any]) -> str:
    entries = sorted(manifest["files"].items(), key=lambda one: -(one[1]["br"] or one[1]["bytes"]))
    rows = "".join(
        f"<tr><td>{escape(name)}</td>"
        + "".join("<td>–</td>" if size is None else f"<td>{size:,}</td>" for size in _forms(entry))
        + "</tr>"
        for name, entry in entries
    )
    table = _table("", ("file", "bytes", "Brotli", "gzip"), rows)
    return f"<details><summary>All {len(entries)} files</summary>{table}</details>"


def _forms(entry: Mapping[str, Any]) -> tuple[int, int | None, int | None]:
    return entry["bytes"], entry["br"], entry["gz"]


def _table(title: str, heads: Sequence[str], rows: str) -> str:
    caption = f"<h2>{title}</h2>" if title else ""
    head = "".join(f"<th>{name}</th>" for name in heads)
    return f'<section>{caption}<div class="scroll"><table><tr>{head}</tr>{rows}</table></div></section>'
