"""Charts as SVG text: they scale to any width, need no script, and follow the page's colours."""

from __future__ import annotations

import math
from html import escape
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from candlefish.bench.frames import REFRESH_MS, dropped, intervals
from candlefish.bench.report.numbers import number

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

WIDTH = 720
COLOURS = 8
TOP_MS = 66.7
LEFT = 68
FEW = 40
BIN_MS = 2.0


def svg(height: float, body: str, label: str, css: str = "", *, stretched: bool = False) -> str:
    """A drawing as wide as its place; ``stretched`` keeps the height on a narrow one."""
    fit = f' style="height:{height:g}px" preserveAspectRatio="none"' if stretched else ""
    return (
        f'<svg class="chart {css}" viewBox="0 0 {WIDTH} {height:g}"{fit} role="img" '
        f'aria-label="{escape(label)}">{body}</svg>'
    )


def strip(times_ms: Sequence[float], label: str, height: float = 64) -> str:
    """Every frame as a line whose height is its interval (up to four refreshes); late ones stand out."""
    gaps = intervals(times_ms)
    if not gaps:
        return ""
    span = times_ms[-1] - times_ms[0]
    on_time: list[str] = []
    late: list[str] = []
    for at, gap in zip(times_ms[1:], gaps, strict=True):
        x = WIDTH * (at - times_ms[0]) / span
        tall = height * min(gap, TOP_MS) / TOP_MS
        (late if dropped(gap) else on_time).append(f"M{x:.1f} {height:g}v{-tall:.1f}")
    budget = height * (1 - REFRESH_MS / TOP_MS)
    body = (
        f'<path class="frames" d="{"".join(on_time)}"/><path class="late" d="{"".join(late)}"/>'
        f'<line class="rule" x1="0" x2="{WIDTH}" y1="{budget:.1f}" y2="{budget:.1f}"/>'
    )
    return svg(height, body, label, "strip", stretched=True)


def histogram(gaps_ms: Sequence[float], label: str, height: float = 120) -> str:
    """How often each interval came, in bins of 2 ms, on a root scale so that rare late frames are seen."""
    bins = math.ceil(TOP_MS / BIN_MS)
    counts = [0] * bins
    for gap in gaps_ms:
        counts[min(bins - 1, int(gap / BIN_MS))] += 1
    most = max(counts, default=0) or 1
    wide = WIDTH / bins
    bars = []
    for i, count in enumerate(counts):
        if count:
            tall = (height - 18) * math.sqrt(count / most)
            css = "late" if (i + 0.5) * BIN_MS > 1.5 * REFRESH_MS else "frames"
            bars.append(
                f'<rect class="{css}" x="{i * wide + 1:.1f}" y="{height - 18 - tall:.1f}" '
                f'width="{wide - 2:.1f}" height="{tall:.1f}"><title>{count} frames</title></rect>'
            )
    marks = "".join(
        f'<text x="{WIDTH * at / TOP_MS:.0f}" y="{height - 4:g}">{round(at)} ms</text>'
        for at in (0.0, REFRESH_MS, 2 * REFRESH_MS, 3 * REFRESH_MS)
    )
    marks += f'<text class="end" x="{WIDTH}" y="{height - 4:g}">≥ {round(TOP_MS)} ms</text>'
    floor = f'<line class="axis" x1="0" x2="{WIDTH}" y1="{height - 18:g}" y2="{height - 18:g}"/>'
    return svg(height, "".join(bars) + floor + marks, label)


def line_chart(
    series: Mapping[str, Sequence[tuple[float, float]]],
    label: str,
    unit: str,
    x_unit: str,
    height: float = 170,
) -> str:
    """Lines over a common x axis, from zero up, each with its name and its last value."""
    points = [one for line in series.values() for one in line]
    if len(points) < 2:
        return ""
    low_x, high_x = min(x for x, _ in points), max(x for x, _ in points)
    top = max(y for _, y in points) * 1.08 or 1.0
    floor = height - 26

    def place(x: float, y: float) -> str:
        across = LEFT + (WIDTH - LEFT - 10) * (x - low_x) / ((high_x - low_x) or 1.0)
        return f"{across:.1f},{floor - (floor - 8) * max(0.0, y) / top:.1f}"

    body = [f'<line class="axis" x1="{LEFT}" x2="{WIDTH}" y1="{floor:g}" y2="{floor:g}"/>']
    for share in (0.0, 0.5, 1.0):
        y = floor - (floor - 8) * share / 1.08
        body.append(f'<text x="0" y="{y + 4:.1f}">{number(top * share / 1.08)}</text>')
        body.append(f'<line class="grid" x1="{LEFT}" x2="{WIDTH}" y1="{y:.1f}" y2="{y:.1f}"/>')
    for i, (name, line) in enumerate(series.items()):
        places = [place(x, y) for x, y in line]
        body.append(
            f'<polyline class="line c{i % COLOURS}" points="{" ".join(places)}">'
            f"<title>{escape(name)}</title></polyline>"
        )
        body += [_dot(i, at) for at in places] if len(places) <= FEW else []
    body.append(f'<text x="{LEFT}" y="{height - 4:g}">{number(low_x)} {x_unit}</text>')
    body.append(f'<text class="end" x="{WIDTH}" y="{height - 4:g}">{number(high_x)} {x_unit}</text>')
    legend = "".join(
        f'<span class="key c{i % COLOURS}">{escape(name)} {number(line[-1][1])} {escape(unit)}</span>'
        for i, (name, line) in enumerate(series.items())
        if line
    )
    return svg(height, "".join(body), label) + f'<p class="legend">{legend}</p>'


def _dot(number_of_it: int, place: str) -> str:
    x, y = place.split(",")
    return f'<circle class="c{number_of_it % COLOURS}" cx="{x}" cy="{y}" r="3"/>'


def waterfall(resources: Sequence[dict[str, float | str]], marks: dict[str, float], row: float = 17) -> str:
    """When each file was under way, with the moments that matter as vertical lines."""
    ends = [float(one["end_ms"]) for one in resources]
    last = max([*ends, *marks.values(), 1.0]) * 1.03
    height = row * len(resources) + 20
    moments = sorted(marks.items(), key=lambda one: one[1])
    body = [_moment(i, name, WIDTH * at_ms / last, height - 18) for i, (name, at_ms) in enumerate(moments)]
    for i, one in enumerate(resources):
        start, end = float(one["start_ms"]), float(one["end_ms"])
        x, wide = WIDTH * start / last, max(2.0, WIDTH * (end - start) / last)
        size = f"{number(float(one['encoded_bytes']) / 1e3)} kB"
        right = x > WIDTH * 0.55
        at, css = (x - 4, "end") if right else (x + wide + 4, "")
        if not right and x + wide > WIDTH * 0.6:
            at = x + 4
        body.append(
            f'<rect class="{one["by"]}" x="{x:.1f}" y="{i * row + 2:.1f}" width="{wide:.1f}" '
            f'height="{row - 5:g}"/><text class="{css}" x="{at:.1f}" y="{i * row + row - 5:.1f}">'
            f"{escape(file_name(str(one['url'])))} · {size}</text>"
        )
    legend = "".join(
        f'<span class="key c{i % COLOURS}">{escape(name)} {number(at_ms)} ms</span>'
        for i, (name, at_ms) in enumerate(moments, 2)
    )
    body.append(f'<text x="0" y="{height - 4:g}">0</text>')
    body.append(f'<text class="end" x="{WIDTH}" y="{height - 4:g}">{number(last)} ms</text>')
    return svg(height, "".join(body), "Boot waterfall", "rows") + f'<p class="legend">{legend}</p>'


def file_name(url: str) -> str:
    """The last part of an address; of a page without one, "page"."""
    return urlsplit(url).path.rstrip("/").rpartition("/")[2] or "page"


def _moment(number_of_it: int, name: str, x: float, height: float) -> str:
    """A vertical line; its colour is none of the bars'."""
    css = f"mark c{(number_of_it + 2) % COLOURS}"
    return (
        f'<line class="{css}" x1="{x:.1f}" x2="{x:.1f}" y1="0" y2="{height:g}">'
        f"<title>{escape(name)}</title></line>"
    )
