"""The result as one self-contained page, readable on a phone."""

from __future__ import annotations

from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING, Any

from candlefish.bench.measures import HEADLINES, MEASURES, spread, with_unit
from candlefish.bench.statistics import REFRESH_MS, intervals
from candlefish.bench.verdict import Judgement, Verdict, quietness
from candlefish.report import charts
from candlefish.report.charts import number
from candlefish.report.page import page

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from candlefish.bench.result import BenchResult, HistoryPoint
    from candlefish.bench.runs import Run
    from candlefish.bench.verdict import MeasuredChange

TEMPLATE = Path(__file__).with_suffix(".html")
CLASSES = {Verdict.WITHIN: "within", Verdict.BROKEN: "broken", Verdict.CANNOT_TELL: "unsure"}
MARKS = {Verdict.WITHIN: "✓", Verdict.BROKEN: "✗", Verdict.CANNOT_TELL: "?"}
WORDS = {
    Verdict.WITHIN: "within all budgets",
    Verdict.BROKEN: "broken",
    Verdict.CANNOT_TELL: "this machine can’t tell",
}
MEMORY_TITLES = {
    "heap_mb": "JavaScript",
    "wasm_mb": "WebAssembly",
    "python_mb": "of which Python’s heap",
    "canvas_mb": "canvases",
    "pss_mb": "renderer PSS over blank",
}
Line = list[tuple[float, float]]


def result_page(result: BenchResult, history: Sequence[HistoryPoint] = ()) -> str:
    """The page of a result; ``history`` for its trends."""
    findings = [
        *({"text": _judgement_text(one), **_named(one)} for one in result.judgements),
        *({"text": _change_text(one), **_named(one)} for one in result.changes),
    ]
    return page(
        TEMPLATE,
        classes=CLASSES,
        marks=MARKS,
        words=WORDS,
        verdict=Verdict(result.verdict),
        where=_where(result),
        broken=[one for one in findings if one["verdict"] is Verdict.BROKEN],
        unsure=[one for one in findings if one["verdict"] is Verdict.CANNOT_TELL],
        scenarios=[_scenario(result, name, runs) for name, runs in result.runs.items()],
        trends=list(_trends(history)),
        refresh_ms=REFRESH_MS,
    )


def _where(result: BenchResult) -> str:
    env = result.environment
    parts = [
        result.made_at,
        result.target,
        f"candlefish {result.candlefish} {env.get('commit', '')}".strip(),
        str(env.get("browser")),
        f"{env.get('processor')}, {env.get('cores')} cores, {env.get('system')}",
    ]
    return " · ".join(parts)


def _named(one: Judgement | MeasuredChange) -> dict[str, Any]:
    return {"verdict": one.verdict, "measure": one.measure, "scenario": one.scenario}


def _judgement_text(one: Judgement) -> str:
    return f"{with_unit(one.measure, one.value)}, budget {with_unit(one.measure, one.limit)} ({one.why})"


def _change_text(one: MeasuredChange) -> str:
    change = one.test.change
    moved = f"{with_unit(one.measure, one.before)} → {with_unit(one.measure, one.after)}"
    reach = f"change {number(change.estimate)} [{number(change.low)}, {number(change.high)}]"
    return f"{moved}, {reach} ({one.why})"


def _scenario(result: BenchResult, name: str, runs: list[Run]) -> dict[str, Any]:
    """The values of one scenario's section; the last round's frames and load are shown."""
    shown = runs[-1]
    times = shown.series.get("frame_at_ms", [])
    resources: list[dict[str, Any]] = shown.series.get("resources", [])
    return {
        "name": name,
        "title": result.titles[name],
        "runs": runs,
        "shown": shown,
        "trouble": quietness(runs).trouble,
        "calibration_ms": median([run.calibration_ms for run in runs]),
        "facts": [
            {"value": median(values), "unit": MEASURES[name].unit, "title": MEASURES[name].title}
            for name in HEADLINES
            if (values := _values(runs, name))
        ],
        "frames_ms": times,
        "displayed_ms": shown.series.get("displayed_at_ms", []),
        "intervals_ms": intervals(times),
        "memory": _memory(runs),
        "resources": resources,
        "moments_ms": {
            "first paint": shown.values.get("fcp_ms", 0.0),
            **{moment: float(at) for moment, at in shown.series.get("timeline", {}).items()},
        },
        "sizes_bytes": [(charts.file_name(one["url"]), float(one["encoded_bytes"])) for one in resources],
        "shots": [(_caption(shot), shot["jpeg"]) for shot in _shots(runs)],
        "rows": list(_rows(result, name, runs)),
    }


def _values(runs: list[Run], name: str) -> list[float]:
    return [run.values[name] for run in runs if name in run.values]


def _memory(runs: list[Run]) -> dict[str, Line]:
    """Samples over time of the round with most of them; none of fewer than three samples."""
    samples: list[dict[str, float]] = max((run.series.get("memory", []) for run in runs), key=len, default=[])
    if len(samples) < 3:
        return {}
    return {title: [(one["at_s"], one[name]) for one in samples] for name, title in MEMORY_TITLES.items()}


def _shots(runs: list[Run]) -> list[dict[str, Any]]:
    return next((run.series["shots"] for run in runs if run.series.get("shots")), [])


def _caption(shot: dict[str, Any]) -> str:
    return f"{shot['at_ms']} ms" if "at_ms" in shot else str(shot.get("caption", ""))


def _rows(result: BenchResult, scenario: str, runs: list[Run]) -> Iterator[dict[str, Any]]:
    judged = {one.measure: one for one in result.judgements if one.scenario == scenario}
    for name, measure in MEASURES.items():
        if values := _values(runs, name):
            yield {
                "group": measure.group,
                "title": measure.title,
                "median": with_unit(name, median(values)),
                "spread": spread(values),
                "judgement": judged.get(name),
            }


def _trends(history: Sequence[HistoryPoint]) -> Iterator[tuple[str, str, dict[str, Line]]]:
    """Title, unit and a line for each scenario, of each headline that has two points at least."""
    for name in HEADLINES:
        lines: dict[str, Line] = {}
        for i, point in enumerate(history):
            for scenario, medians in point["medians"].items():
                if name in medians:
                    lines.setdefault(scenario, []).append((float(i - len(history) + 1), medians[name]))
        if lines := {scenario: line for scenario, line in lines.items() if len(line) > 1}:
            yield MEASURES[name].title, MEASURES[name].unit, lines
