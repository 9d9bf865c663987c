"""The result as one self-contained page, readable on a phone."""

from __future__ import annotations

from html import escape
from importlib.resources import files
from statistics import median
from typing import TYPE_CHECKING, Any

from candlefish.bench.measures import HEADLINES, MEASURES, number, spread, with_unit
from candlefish.bench.report import charts
from candlefish.bench.report.charts import treemap
from candlefish.bench.statistics import intervals
from candlefish.bench.verdict import Judgement, Verdict, quietness

if TYPE_CHECKING:
    from collections.abc import Sequence

    from candlefish.bench.result import BenchResult, HistoryPoint
    from candlefish.bench.runs import Run
    from candlefish.bench.verdict import MeasuredChange

CLASSES = {Verdict.WITHIN: "within", Verdict.BROKEN: "broken", Verdict.CANNOT_TELL: "unsure"}
MARKS = {Verdict.WITHIN: "✓", Verdict.BROKEN: "✗", Verdict.CANNOT_TELL: "?"}
WORDS = {
    Verdict.WITHIN: "within all budgets",
    Verdict.BROKEN: "broken",
    Verdict.CANNOT_TELL: "this machine can’t tell",
}
STRIP_KEY = (
    '<p class="legend"><span>each line a frame, its height the interval (top: 67 ms)</span>'
    '<span class="key frames">on time</span><span class="key late">late</span>'
    "<span>dashed: 16.7 ms</span></p>"
)


def result_page(result: BenchResult, history: Sequence[HistoryPoint] = ()) -> str:
    """The page of a result; ``history`` for its trends."""
    verdict = Verdict(result.verdict)
    body = [
        f'<h1>Candlefish bench: <span class="{CLASSES[verdict]}">{WORDS[verdict]}</span></h1>',
        f'<p class="soft">{escape(_where(result))}</p>',
        _findings(result),
        *(_scenario(result, name, runs) for name, runs in result.runs.items()),
        _trend(history),
    ]
    return html_page("Candlefish bench", "".join(body))


def html_page(title: str, body: str) -> str:
    """A page in the bench's style around a body."""
    css = (files("candlefish.bench.report") / "report.css").read_text(encoding="utf-8")
    return (
        '<!doctype html><html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>{escape(title)}</title><style>{css}</style></head><body>{body}</body></html>\n"
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


def _findings(result: BenchResult) -> str:
    """Broken budgets and changes, then those that cannot be told, folded away as less urgent."""
    lines: dict[Verdict, list[str]] = {verdict: [] for verdict in Verdict}
    for judgement in result.judgements:
        lines[judgement.verdict].append(_judgement_text(judgement))
    for change in result.changes:
        lines[change.verdict].append(_change_text(change))
    broken, unsure = lines[Verdict.BROKEN], lines[Verdict.CANNOT_TELL]
    parts = [f"<ul>{''.join(broken)}</ul>"] if broken else []
    if unsure:
        many = f"{len(unsure)} budgets or changes this machine can’t tell of"
        parts.append(f"<details><summary>{many}</summary><ul>{''.join(unsure)}</ul></details>")
    return f'<div class="findings">{"".join(parts)}</div>' if parts else ""


def _judgement_text(one: Judgement) -> str:
    measured = f"{with_unit(one.measure, one.value)}, budget {with_unit(one.measure, one.limit)}"
    return _line(one.verdict, f"<b>{one.measure}</b> in {one.scenario}: {measured} ({escape(one.why)})")


def _change_text(one: MeasuredChange) -> str:
    change = one.test.change
    moved = f"{with_unit(one.measure, one.before)} → {with_unit(one.measure, one.after)}"
    reach = f"change {number(change.estimate)} [{number(change.low)}, {number(change.high)}]"
    return _line(one.verdict, f"<b>{one.measure}</b> in {one.scenario}: {moved}, {reach} ({escape(one.why)})")


def _line(verdict: Verdict, text: str) -> str:
    return f'<li><span class="{CLASSES[verdict]}">{MARKS[verdict]} {verdict}</span> {text}</li>'


def _scenario(result: BenchResult, name: str, runs: list[Run]) -> str:
    quiet = quietness(runs)
    trouble = (
        f'<p class="unsure">Times cannot be trusted: {escape(quiet.trouble)}.</p>' if quiet.trouble else ""
    )
    shown = runs[-1]
    pictures = _frames(shown) + _memory(runs) + _load(shown, runs)
    loop = number(median([run.calibration_ms for run in runs]))
    head = f'<p class="soft">{name} · {len(runs)} rounds · calibration loop {loop} ms</p>'
    details = f"<details><summary>All numbers</summary>{_table(result, name, runs)}</details>"
    parts = [
        f"<section><h2>{escape(result.titles[name])}</h2>",
        head,
        trouble,
        _facts(runs),
        pictures,
        _film(runs),
    ]
    return "".join([*parts, details, "</section>"])


def _facts(runs: list[Run]) -> str:
    cells = []
    for name in HEADLINES:
        values = [run.values[name] for run in runs if name in run.values]
        if values:
            measure = MEASURES[name]
            shown = f"{number(median(values))} <small>{measure.unit}</small>"
            cells.append(f'<div class="fact"><b>{shown}</b><span>{measure.title}</span></div>')
    return f'<div class="tiles-row">{"".join(cells)}</div>'


def _frames(run: Run) -> str:
    times = run.series.get("frame_at_ms", [])
    if len(times) < 3:
        return ""
    parts = [
        f"<h3>Every frame of round {run.round}, where it draws</h3>",
        charts.strip(times, "Frame intervals"),
        STRIP_KEY,
    ]
    displayed = run.series.get("displayed_at_ms", [])
    if len(displayed) >= 3:
        parts += ["<h3>As presented</h3>", charts.strip(displayed, "Frame intervals as presented")]
    parts += [
        "<h3>How often each interval came</h3>",
        charts.histogram(intervals(times), "Histogram of frame intervals"),
    ]
    return "".join(parts)


def _memory(runs: list[Run]) -> str:
    samples: list[dict[str, float]] = max((run.series.get("memory", []) for run in runs), key=len, default=[])
    if len(samples) < 3:
        return ""
    names = {
        "heap_mb": "JavaScript",
        "wasm_mb": "WebAssembly",
        "python_mb": "of which Python’s heap",
        "canvas_mb": "canvases",
        "pss_mb": "renderer PSS over blank",
    }
    lines = {title: [(one["at_s"], one[name]) for one in samples] for name, title in names.items()}
    return "<h3>Memory over time</h3>" + charts.line_chart(lines, "Memory over time", "MB", "s")


def _load(run: Run, runs: list[Run]) -> str:
    resources: list[dict[str, Any]] = run.series.get("resources", [])
    if not resources:
        return ""
    marks = {
        "first paint": run.values.get("fcp_ms", 0.0),
        **{name: float(at) for name, at in run.series.get("timeline", {}).items()},
    }
    sizes = [(charts.file_name(one["url"]), float(one["encoded_bytes"])) for one in resources]
    legend = (
        '<p class="legend"><span class="key c1">by the page</span><span class="key c0">by a worker</span></p>'
    )
    return (
        f"<h3>Boot waterfall, round {run.round} of {len(runs)}</h3>{legend}"
        f'<div class="scroll">{charts.waterfall(resources, marks)}</div>'
        f'<h3>What the bytes are</h3><div class="scroll">{treemap(sizes)}</div>'
    )


def _film(runs: list[Run]) -> str:
    shots: list[dict[str, Any]] = next((run.series["shots"] for run in runs if run.series.get("shots")), [])
    if not shots:
        return ""
    figures = "".join(
        f'<figure><img alt="" src="data:image/jpeg;base64,{shot["jpeg"]}">'
        f"<figcaption>{_caption(shot)}</figcaption></figure>"
        for shot in shots
    )
    return f'<h3>Pictures</h3><div class="film">{figures}</div>'


def _caption(shot: dict[str, Any]) -> str:
    return f"{shot['at_ms']} ms" if "at_ms" in shot else escape(str(shot.get("caption", "")))


def _table(result: BenchResult, scenario: str, runs: list[Run]) -> str:
    judged = {one.measure: one for one in result.judgements if one.scenario == scenario}
    rows, group = [], ""
    for name, measure in MEASURES.items():
        values = [run.values[name] for run in runs if name in run.values]
        if not values:
            continue
        if measure.group != group:
            group = measure.group
            rows.append(f'<tr class="group"><td colspan="4">{group}</td></tr>')
        one = judged.get(name)
        limit = (
            f'<span class="{CLASSES[one.verdict]}">{MARKS[one.verdict]} {number(one.limit)}</span>'
            if one
            else ""
        )
        rows.append(
            f"<tr><td>{escape(measure.title)}</td><td>{with_unit(name, median(values))}</td>"
            f'<td class="wide">{spread(values)}</td><td>{limit}</td></tr>'
        )
    head = '<tr><th></th><th>median</th><th class="wide">rounds</th><th>budget</th></tr>'
    return f"<table>{head}{''.join(rows)}</table>"


def _trend(history: Sequence[HistoryPoint]) -> str:
    if len(history) < 2:
        return ""
    parts = ['<section><h2>Trend</h2><div class="trends">']
    for name in HEADLINES:
        lines: dict[str, list[tuple[float, float]]] = {}
        for i, point in enumerate(history):
            for scenario, medians in point["medians"].items():
                if name in medians:
                    lines.setdefault(scenario, []).append((float(i - len(history) + 1), medians[name]))
        lines = {scenario: line for scenario, line in lines.items() if len(line) > 1}
        chart = charts.line_chart(
            lines, MEASURES[name].title, MEASURES[name].unit, "(0: this bench)", height=200
        )
        if chart:
            parts.append(f"<div><h3>{MEASURES[name].title}</h3>{chart}</div>")
    return "".join([*parts, "</div></section>"])
