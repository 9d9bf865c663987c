"""Report of experiments as one HTML page: verdicts in words, intervals as plots, no script.

Reads the JSON of `candlefish.service.experiments.report_json`, so a report can be made from a file too.
"""

from __future__ import annotations

import math
from html import escape
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

SURE_P: Final = 0.05
WIDTH: Final = 640
LEFT: Final = 170
ROW: Final = 30
_STYLE: Final = """
:root { color-scheme: dark; font: 16px/1.5 system-ui, sans-serif; background: #0d1b2a; color: #e0e1dd; }
body { max-width: 60rem; margin: 0 auto; padding: 2rem 1rem; }
h1 { color: #ffb347; }
section { background: #1b263b; border-radius: 12px; padding: 1rem 1.25rem; margin: 1rem 0; }
h2 { margin: 0; }
.help { color: #a9b4c2; margin: .25rem 0 1rem; }
.bad { color: #ff8a80; } .good { color: #3fd3c6; }
.scroll { overflow-x: auto; } table { border-collapse: collapse; font-variant-numeric: tabular-nums; }
th, td { text-align: right; padding: .25rem .6rem; border-bottom: 1px solid #415a77; white-space: nowrap; }
th:first-child, td:first-child { text-align: left; }
svg { width: 100%; height: auto; margin-top: 1rem; }
svg text { fill: #a9b4c2; font: 12px system-ui, sans-serif; }
.zero { stroke: #a9b4c2; stroke-dasharray: 3 3; }
.once { stroke: #3fd3c6; stroke-width: 6; } .always { stroke: #415a77; stroke-width: 2; }
.point { fill: #f8f8f2; }
.bar { fill: #3fd3c6; } .wanted { fill: none; stroke: #ffb347; stroke-width: 2; }
"""


def html(results: Sequence[Mapping[str, Any]], made: str) -> str:
    """The page. `made` is the text that tells when it was made."""
    body = "".join(_experiment(each) for each in results)
    return (
        '<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Candlefish experiments</title>'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<style>{_STYLE}</style></head><body><main><h1>Experiments</h1>"
        f"<p>{escape(made)}. The thick line is the interval for one look at a size fixed before; "
        "the thin one holds however often one looks.</p>"
        f"{body}</main></body></html>\n"
    )


def verdict(result: Mapping[str, Any]) -> tuple[str, str]:
    """The verdict on an experiment, and its kind: good, bad or "" (neither)."""
    if result["mismatched"]:
        return (
            f"Sample-ratio mismatch (p {result['ratio_p']:.2g}): units were lost, believe nothing below.",
            "bad",
        )
    broken = [found for found in result["findings"] if found["broken"]]
    if broken:
        names = ", ".join(f"{found['variant']} ({found['metric']})" for found in broken)
        return f"Guardrail broken: {names}.", "bad"
    if result["stopped"]:
        return f"Stopped: {', '.join(result['stopped'])}.", "bad"
    sure = [each for each in result["findings"] if not each["guardrail"] and each["p_sequential"] < SURE_P]
    if sure:
        return "; ".join(_sentence(found) for found in sure) + ".", "good"
    return "Nothing is sure yet.", ""


def _sentence(found: Mapping[str, Any]) -> str:
    better = (found["difference"] > 0) == found["higher_is_better"]
    return f"{found['variant']} is {'better' if better else 'worse'} by {found['metric'].replace('_', ' ')}"


def _experiment(result: Mapping[str, Any]) -> str:
    text, kind = verdict(result)
    return (
        f"<section><h2>{escape(result['experiment'].replace('_', ' '))}: {escape(result['status'])}</h2>"
        f'<p class="help">{escape(result["help"])}</p><p class="{kind}">{escape(text)}</p>'
        f"{_units(result)}{_table(result)}"
        + "".join(_intervals(name, rows) for name, rows in _by_metric(result).items())
        + "</section>"
    )


def _units(result: Mapping[str, Any]) -> str:
    """Bars of the units of each arm; the outline is the number expected from its share."""
    counts, shares = result["counts"], result["shares"]
    total = sum(counts.values())
    most = max([1.0, *counts.values(), *(total * share / 100 for share in shares.values())])
    scale = (WIDTH - LEFT - 90) / most
    parts = []
    for index, (name, count) in enumerate(counts.items()):
        y, wanted = index * ROW, total * shares[name] / 100
        parts.append(
            f'<text x="0" y="{y + 19}">{escape(name)}</text>'
            f'<rect class="bar" x="{LEFT}" y="{y + 6}" width="{count * scale:.1f}" height="16"/>'
            f'<rect class="wanted" x="{LEFT}" y="{y + 4}" width="{wanted * scale:.1f}" height="20"/>'
            f'<text x="{WIDTH}" y="{y + 19}" text-anchor="end">{count:,} units</text>'
        )
    label = ", ".join(f"{name} {count}" for name, count in counts.items())
    return _svg(len(counts) * ROW, f"Units: {label}", "".join(parts))


def _by_metric(result: Mapping[str, Any]) -> dict[str, list[Mapping[str, Any]]]:
    grouped: dict[str, list[Mapping[str, Any]]] = {}
    for found in result["findings"]:
        grouped.setdefault(found["metric"], []).append(found)
    return grouped


def _intervals(metric: str, rows: Sequence[Mapping[str, Any]]) -> str:
    """The difference from the control of each variant, with both intervals."""
    ends = [end for row in rows for end in (*_bounds(row["interval"]), *_bounds(row["sequence"]))]
    if not ends:
        return f"<p>{escape(metric.replace('_', ' '))}: too few units for an interval.</p>"
    low, high = min(0.0, *ends), max(0.0, *ends)
    span = (high - low) or 1.0

    def x(value: float) -> float:
        place: float = LEFT + (WIDTH - LEFT - 10) * (value - low) / span
        return place

    parts = [f'<line class="zero" x1="{x(0):.1f}" x2="{x(0):.1f}" y1="0" y2="{len(rows) * ROW}"/>']
    for index, row in enumerate(rows):
        y = index * ROW + ROW / 2
        parts.append(f'<text x="0" y="{y + 4}">{escape(row["variant"])}</text>')
        for css, bounds in (("always", _bounds(row["sequence"])), ("once", _bounds(row["interval"]))):
            if bounds:
                ends_x = f'x1="{x(bounds[0]):.1f}" x2="{x(bounds[1]):.1f}"'
                parts.append(f'<line class="{css}" {ends_x} y1="{y}" y2="{y}"/>')
        parts.append(f'<circle class="point" cx="{x(row["difference"]):.1f}" cy="{y}" r="4"/>')
    below = len(rows) * ROW + 14
    parts.append(f'<text x="{LEFT}" y="{below}">{low:.3g}</text>')
    parts.append(f'<text x="{WIDTH}" y="{below}" text-anchor="end">{high:.3g}</text>')
    name = f"{metric.replace('_', ' ')}: difference from the control"
    return f"<h3>{escape(name)}</h3>" + _svg(below + 4, name, "".join(parts))


def _bounds(interval: Sequence[float | None]) -> tuple[float, float] | tuple[()]:
    """The ends of an interval; empty while there are too few units."""
    low, high = interval
    if low is None or high is None or not (math.isfinite(low) and math.isfinite(high)):
        return ()
    return low, high


def _table(result: Mapping[str, Any]) -> str:
    head = "".join(
        f'<th scope="col">{escape(name)}</th>'
        for name in (
            "variant",
            "metric",
            "units",
            result["control"],
            "variant's",
            "difference",
            "p, any look",
        )
    )
    rows = "".join(
        f"<tr><td>{escape(found['variant'])}</td><td>{escape(found['metric'].replace('_', ' '))}"
        f"{' (guardrail)' if found['guardrail'] else ''}</td><td>{found['treatment']['n']:,}</td>"
        f"<td>{found['control']['mean']:.4g}</td><td>{found['treatment']['mean']:.4g}</td>"
        f"<td>{found['difference']:+.3g}</td><td>{found['p_sequential']:.3f}</td></tr>"
        for found in result["findings"]
    )
    grid = f"<table><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table>"
    return f'<div class="scroll" tabindex="0">{grid}</div>'


def _svg(height: float, label: str, body: str) -> str:
    return f'<svg viewBox="0 0 {WIDTH} {height}" role="img" aria-label="{escape(label)}">{body}</svg>'
