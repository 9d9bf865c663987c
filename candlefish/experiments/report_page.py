"""Report of experiments as one HTML page: verdicts in words, intervals as plots, no script.

Reads the JSON of `candlefish.service.experiments.report_json`, so a report can be made from a file too.
"""

from __future__ import annotations

import math
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from candlefish.report.charts import Bar, IntervalRow
from candlefish.report.page import page

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

SURE_P: Final = 0.05
TEMPLATE: Final = Path(__file__).with_suffix(".html")


def html(results: Sequence[Mapping[str, Any]], made: str) -> str:
    """The page. `made` is the text that tells when it was made."""
    return page(TEMPLATE, made=made, experiments=[_experiment(result) for result in results])


def verdict(result: Mapping[str, Any]) -> tuple[str, str]:
    """The verdict on an experiment, and its kind: good, bad or "" (neither)."""
    if result["mismatched"]:
        return (
            f"Sample-ratio mismatch (p {result['ratio_p']:.2g}): units were lost, believe nothing below.",
            "bad",
        )
    broken = [finding for finding in result["findings"] if finding["broken"]]
    if broken:
        names = ", ".join(f"{finding['variant']} ({finding['metric']})" for finding in broken)
        return f"Guardrail broken: {names}.", "bad"
    if result["stopped"]:
        return f"Stopped: {', '.join(result['stopped'])}.", "bad"
    sure = [each for each in result["findings"] if not each["guardrail"] and each["p_sequential"] < SURE_P]
    if sure:
        return "; ".join(_sentence(finding) for finding in sure) + ".", "good"
    return "Nothing is sure yet.", ""


def _sentence(finding: Mapping[str, Any]) -> str:
    better = (finding["difference"] > 0) == finding["higher_is_better"]
    return (
        f"{finding['variant']} is {'better' if better else 'worse'} by {finding['metric'].replace('_', ' ')}"
    )


def _experiment(result: Mapping[str, Any]) -> dict[str, Any]:
    text, kind = verdict(result)
    return {
        **result,
        "verdict": text,
        "verdict_kind": kind,
        "units": _units(result),
        "metrics": {name: _intervals(rows) for name, rows in _by_metric(result).items()},
    }


def _units(result: Mapping[str, Any]) -> list[Bar]:
    """The units of each arm, with the number expected from its share."""
    counts = result["counts"]
    total = sum(counts.values())
    return [
        Bar(name, count, f"{count:,} units", expected=total * result["shares"][name] / 100)
        for name, count in counts.items()
    ]


def _by_metric(result: Mapping[str, Any]) -> dict[str, list[Mapping[str, Any]]]:
    grouped: dict[str, list[Mapping[str, Any]]] = {}
    for finding in result["findings"]:
        grouped.setdefault(finding["metric"], []).append(finding)
    return grouped


def _intervals(rows: Sequence[Mapping[str, Any]]) -> list[IntervalRow]:
    """The difference from the control of each variant, with both intervals."""
    return [
        IntervalRow(
            row["variant"],
            row["difference"],
            {"always": _bounds(row["sequence"]), "once": _bounds(row["interval"])},
        )
        for row in rows
    ]


def _bounds(interval: Sequence[float | None]) -> tuple[float, float] | None:
    """The ends of an interval; None while there are too few units."""
    low, high = interval
    if low is None or high is None or not (math.isfinite(low) and math.isfinite(high)):
        return None
    return low, high
