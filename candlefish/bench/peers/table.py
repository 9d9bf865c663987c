"""The comparison as people read it: a Markdown table, and a page with pictures of every scene."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING

from candlefish.bench.judge import worst_trouble
from candlefish.bench.peers.entrants import BASELINE, title
from candlefish.bench.report import charts
from candlefish.bench.report.html import page
from candlefish.bench.report.numbers import number
from candlefish.bench.stats import median

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from candlefish.bench.run import Run

Runs = dict[str, list["Run"]]
"""Runs by "name-count"."""
ROW = 24.0
NAMES = 200.0
LABEL = 150.0


def ratios(runs: Sequence[Run], baseline: Sequence[Run]) -> list[float]:
    """CPU a frame over the baseline's of the same round."""
    base = {run.round: run.values["cpu_ms"] for run in baseline if "cpu_ms" in run.values}
    return [
        run.values["cpu_ms"] / base[run.round] for run in runs if run.round in base and "cpu_ms" in run.values
    ]


def table(runs: Runs, environment: Mapping[str, object]) -> str:
    """CPU a frame over all processes as a multiple of plain JavaScript's, with frames a second, by number."""
    sizes = _sizes(runs)
    lines = ["| | " + " | ".join(f"N = {size:,}" for size in sizes) + " |", "|---" * (len(sizes) + 1) + "|"]
    for name in _names(runs):
        cells = [_cell(name, runs.get(f"{name}-{size}"), runs[f"{BASELINE}-{size}"]) for size in sizes]
        lines.append(f"| {title(name)} | " + " | ".join(cells) + " |")
    return "\n".join([*lines, "", footnote(runs, environment)])


def footnote(runs: Runs, environment: Mapping[str, object]) -> str:
    """What the numbers are, and on what they were measured."""
    rounds = max(len(found) for found in runs.values())
    where = f"{environment['browser']}, {environment['processor']}, {environment['cores']} cores, 1280×720"
    trouble = worst_trouble(runs.values())
    said = f" Not quiet: {trouble}." if trouble else ""
    return (
        "CPU a frame over all processes as a multiple of hand-written JavaScript (its own in ms), and frames "
        f"a second; median of {rounds} interleaved round{'' if rounds == 1 else 's'}. {where}.{said}"
    )


def html(runs: Runs, environment: Mapping[str, object]) -> str:
    """The comparison as one page that needs nothing else."""
    body = [f"<h1>The same particles</h1><p class='soft'>{escape(footnote(runs, environment))}</p>"]
    for size in _sizes(runs):
        there = {name: runs[f"{name}-{size}"] for name in _names(runs) if runs.get(f"{name}-{size}")}
        body.append(f"<section><h2>{size:,} particles</h2>{_bars(there)}{_film(there)}</section>")
    return page("Candlefish bench: peers", "".join(body))


def _bars(there: Mapping[str, list[Run]]) -> str:
    """CPU a frame of each as a bar, with its ratio and its frames a second."""
    spent = {name: median([run.values["cpu_ms"] for run in runs]) for name, runs in there.items()}
    most = max(spent.values())
    body = []
    for i, (name, ms) in enumerate(spent.items()):
        css = "c1" if name == BASELINE else "c0" if title(name).startswith("*") else "c2"
        wide = max(2.0, (charts.WIDTH - NAMES - LABEL) * ms / most)
        said = f"{number(ms)} ms"
        if name != BASELINE:
            said += f", {median(ratios(there[name], there[BASELINE])):.2f}×"
        fps = median([run.values["fps"] for run in there[name]])
        y = i * ROW
        body.append(
            f'<text x="0" y="{y + 16:g}">{escape(title(name).strip("*"))}</text>'
            f'<rect class="{css}" x="{NAMES:g}" y="{y + 4:g}" width="{wide:.1f}" height="{ROW - 8:g}"/>'
            f'<text x="{NAMES + wide + 6:.1f}" y="{y + 16:g}">{said}, {fps:.0f} fps</text>'
        )
    chart = charts.svg(ROW * len(spent), "".join(body), "CPU a frame", "rows")
    return f'<h3>CPU a frame, all processes</h3><div class="scroll">{chart}</div>'


def _film(there: Mapping[str, list[Run]]) -> str:
    figures = []
    for name, runs in there.items():
        shots: list[dict[str, str]] = next(
            (run.series["shots"] for run in runs if run.series.get("shots")), []
        )
        figures += [
            f'<figure><img alt="" src="data:image/jpeg;base64,{shot["jpeg"]}">'
            f"<figcaption>{escape(title(name).strip('*'))}</figcaption></figure>"
            for shot in shots[-1:]
        ]
    return f'<h3>Pictures</h3><div class="film">{"".join(figures)}</div>' if figures else ""


def _cell(name: str, runs: list[Run] | None, baseline: list[Run]) -> str:
    if runs is None:
        return "–"
    if not runs or not baseline:
        return "did not run"
    fps = median([run.values["fps"] for run in runs])
    if name == BASELINE:
        return f"{number(median([run.values['cpu_ms'] for run in runs]))} ms, {fps:.0f} fps"
    found = ratios(runs, baseline)
    return f"{median(found):.2f}×, {fps:.0f} fps" if found else f"{fps:.0f} fps"


def _names(runs: Runs) -> list[str]:
    return list(dict.fromkeys(key.rpartition("-")[0] for key in runs))


def _sizes(runs: Runs) -> list[int]:
    return sorted({int(name.rpartition("-")[2]) for name in runs})
