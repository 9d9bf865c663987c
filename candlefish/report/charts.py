"""Charts as SVG text: frame strip, histogram, lines, bars, intervals, waterfall, treemap, flame graph.

They scale to any width, need no script, and take their colours from the page (`report.css`).
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from html import escape
from itertools import pairwise
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

WIDTH = 720
COLOURS = 8
TOP_MS = 66.7
LEFT = 68
FEW = 40
BIN_MS = 2.0
LATE = 1.5
"""From so many refreshes on an interval skipped one."""
TREEMAP_HEIGHT = 360.0
SMALLEST_NAMED = 60.0
FLAME_ROW = 18.0
NARROWEST = 0.4
LETTER = 6.2
PACKAGE = "candlefish/"
LABELS_WIDTH, BAR_ROW = 150.0, 24.0
NAME_LETTER = 7.2


def number(value: float | None) -> str:
    """Three or four telling digits: 0.123, 16.67, 128, 5,760; – for nothing."""
    if value is None or not math.isfinite(value):
        return "–"
    size = abs(value)
    if size >= 100:
        return f"{value:,.0f}"
    if size >= 10:
        return f"{value:.1f}"
    text = f"{value:.2f}" if size >= 1 else f"{value:.3f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def svg(height: float, body: str, label: str, css: str = "", *, stretched: bool = False) -> str:
    """An SVG as wide as its container; ``stretched`` keeps the height in a narrow one."""
    fit = f' style="height:{height:g}px" preserveAspectRatio="none"' if stretched else ""
    return (
        f'<svg class="chart {css}" viewBox="0 0 {WIDTH} {height:g}"{fit} role="img" '
        f'aria-label="{escape(label)}">{body}</svg>'
    )


def standalone(chart: str, height: float, title: str) -> str:
    """A chart of this height as a file of its own, on white, with its title above it."""
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="-12 -40 {WIDTH + 24} {height + 52:g}" '
        'font-family="sans-serif" font-size="13">'
        "<style>.c0 { fill: #415a77; } .c1 { fill: #ffb347; } .end { text-anchor: end; }</style>"
        f'<rect x="-12" y="-40" width="{WIDTH + 24}" height="{height + 52:g}" fill="#fff"/>'
        f'<text y="-16" font-size="16">{escape(title)}</text>'
        f'{chart.replace("<svg ", f"""<svg width="{WIDTH}" height="{height:g}" """, 1)}</svg>\n'
    )


def strip(times_ms: Sequence[float], label: str, refresh_ms: float, height: float = 64) -> str:
    """Every frame as a line whose height is its interval (up to `TOP_MS`); late ones stand out."""
    if len(times_ms) < 2:
        return ""
    span = times_ms[-1] - times_ms[0]
    on_time: list[str] = []
    late: list[str] = []
    for before, at in pairwise(times_ms):
        x = WIDTH * (at - times_ms[0]) / span
        tall = height * min(at - before, TOP_MS) / TOP_MS
        (late if at - before > LATE * refresh_ms else on_time).append(f"M{x:.1f} {height:g}v{-tall:.1f}")
    budget = height * (1 - refresh_ms / TOP_MS)
    body = (
        f'<path class="frames" d="{"".join(on_time)}"/><path class="late" d="{"".join(late)}"/>'
        f'<line class="rule" x1="0" x2="{WIDTH}" y1="{budget:.1f}" y2="{budget:.1f}"/>'
    )
    return svg(height, body, label, "strip", stretched=True)


def histogram(gaps_ms: Sequence[float], label: str, refresh_ms: float, height: float = 120) -> str:
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
            css = "late" if (i + 0.5) * BIN_MS > LATE * refresh_ms else "frames"
            bars.append(
                f'<rect class="{css}" x="{i * wide + 1:.1f}" y="{height - 18 - tall:.1f}" '
                f'width="{wide - 2:.1f}" height="{tall:.1f}"><title>{count} frames</title></rect>'
            )
    marks = "".join(
        f'<text x="{WIDTH * at / TOP_MS:.0f}" y="{height - 4:g}">{round(at)} ms</text>'
        for at in (0.0, refresh_ms, 2 * refresh_ms, 3 * refresh_ms)
    )
    marks += f'<text class="end" x="{WIDTH}" y="{height - 4:g}">≥ {round(TOP_MS)} ms</text>'
    floor = f'<line class="axis" x1="0" x2="{WIDTH}" y1="{height - 18:g}" y2="{height - 18:g}"/>'
    return svg(height, "".join(bars) + floor + marks, label)


@dataclass(frozen=True, slots=True)
class Bar:
    """A bar: name, value, the text beside it, its class, and the value it was expected to have, if any."""

    name: str
    value: float
    text: str
    css: str = "c0"
    expected: float | None = None


def _names_width(names: Sequence[str]) -> float:
    """The width of a column of names."""
    return 16.0 + NAME_LETTER * max(map(len, names), default=0)


def bar_chart(bars: Sequence[Bar], label: str) -> str:
    """Horizontal bars from zero, a row each; an outline where a value was expected."""
    most = max([*(bar.value for bar in bars), *(bar.expected or 0.0 for bar in bars)], default=0.0) or 1.0
    left = _names_width([bar.name for bar in bars])
    scale = (WIDTH - left - LABELS_WIDTH) / most
    body = []
    for row, bar in enumerate(bars):
        y, wide = row * BAR_ROW, max(2.0, scale * bar.value) if bar.value else 0.0
        body.append(
            f'<text x="0" y="{y + 16:g}">{escape(bar.name)}</text>'
            f'<rect class="bar {bar.css}" x="{left:g}" y="{y + 4:g}" '
            f'width="{wide:.1f}" height="{BAR_ROW - 8:g}"/>'
        )
        if bar.expected is not None:
            body.append(
                f'<rect class="expected" x="{left:g}" y="{y + 2:g}" '
                f'width="{scale * bar.expected:.1f}" height="{BAR_ROW - 4:g}"/>'
            )
        end = left + max(wide, scale * (bar.expected or 0.0))
        body.append(f'<text x="{end + 6:.1f}" y="{y + 16:g}">{escape(bar.text)}</text>')
    return svg(BAR_ROW * len(bars), "".join(body), label, "bars")


@dataclass(frozen=True, slots=True)
class IntervalRow:
    """An estimate with intervals by class, the widest first; None where there is none yet."""

    name: str
    estimate: float
    intervals: Mapping[str, tuple[float, float] | None]


def interval_chart(rows: Sequence[IntervalRow], label: str) -> str:
    """Estimates and their intervals, a row each, over a common axis with a line at zero."""
    ends = [end for row in rows for pair in row.intervals.values() if pair for end in pair]
    if not ends:
        return ""
    low, high = min(0.0, *ends), max(0.0, *ends)
    span = (high - low) or 1.0
    left = _names_width([row.name for row in rows])

    def across(value: float) -> float:
        return left + (WIDTH - left - 10) * (value - low) / span

    floor = BAR_ROW * len(rows)
    body = [f'<line class="zero" x1="{across(0):.1f}" x2="{across(0):.1f}" y1="0" y2="{floor:g}"/>']
    for index, row in enumerate(rows):
        y = (index + 0.5) * BAR_ROW
        body.append(f'<text x="0" y="{y + 4:g}">{escape(row.name)}</text>')
        for css, pair in row.intervals.items():
            if pair:
                ends_at = f'x1="{across(pair[0]):.1f}" x2="{across(pair[1]):.1f}"'
                body.append(f'<line class="{css}" {ends_at} y1="{y:g}" y2="{y:g}"/>')
        body.append(f'<circle class="point" cx="{across(row.estimate):.1f}" cy="{y:g}" r="4"/>')
    body.append(f'<text x="{left:g}" y="{floor + 14:g}">{low:.3g}</text>')
    body.append(f'<text class="end" x="{WIDTH}" y="{floor + 14:g}">{high:.3g}</text>')
    return svg(floor + 18, "".join(body), label, "intervals")


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


def _dot(index: int, place: str) -> str:
    x, y = place.split(",")
    return f'<circle class="c{index % COLOURS}" cx="{x}" cy="{y}" r="3"/>'


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


def _moment(index: int, name: str, x: float, height: float) -> str:
    """A vertical line; its colour is none of the bars'."""
    css = f"mark c{(index + 2) % COLOURS}"
    return (
        f'<line class="{css}" x1="{x:.1f}" x2="{x:.1f}" y1="0" y2="{height:g}">'
        f"<title>{escape(name)}</title></line>"
    )


@dataclass(frozen=True, slots=True)
class Tile:
    """A named rectangle."""

    name: str
    size: float
    x: float
    y: float
    width: float
    height: float


def squarify(sizes: Sequence[tuple[str, float]], width: float, height: float) -> list[Tile]:
    """Squarified treemap (Bruls, Huizing & van Wijk 2000): tiles that fill a rectangle; sizes above 0."""
    left = sorted(((name, size) for name, size in sizes if size > 0), key=lambda one: -one[1])
    total = sum(size for _, size in left)
    tiles: list[Tile] = []
    x = y = 0.0
    scale = width * height / total if total else 0.0
    while left:
        row = _best_row([size * scale for _, size in left], min(width - x, height - y))
        area = sum(size * scale for _, size in left[:row])
        lying = width - x >= height - y
        along, across = (height - y, width - x) if lying else (width - x, height - y)
        # What is left is a difference of large numbers: rounding must not carry the last row over the edge.
        thick = min(area / along, across)
        at = y if lying else x
        for name, size in left[:row]:
            long = size * scale / thick
            place = (x, at, thick, long) if lying else (at, y, long, thick)
            tiles.append(Tile(name, size, *place))
            at += long
        x, y = (x + thick, y) if lying else (x, y + thick)
        left = left[row:]
    return tiles


def _best_row(areas: Sequence[float], side: float) -> int:
    """How many of the areas to lay along a side before their worst aspect ratio grows."""
    best, worst = 1, _worst(areas[:1], side)
    for count in range(2, len(areas) + 1):
        ratio = _worst(areas[:count], side)
        if ratio > worst:
            break
        best, worst = count, ratio
    return best


def _worst(areas: Sequence[float], side: float) -> float:
    total = sum(areas)
    return max(max(side * side * area / total**2, total**2 / (side * side * area)) for area in areas)


def treemap(sizes_bytes: Sequence[tuple[str, float]]) -> str:
    """The files of a load by their compressed size."""
    body = []
    for i, tile in enumerate(squarify(sizes_bytes, WIDTH, TREEMAP_HEIGHT)):
        size = f"{number(tile.size / 1e3)} kB"
        wide, high = max(0.0, tile.width - 1.5), max(0.0, tile.height - 1.5)
        body.append(
            f'<g><rect class="tile c{i % COLOURS}" x="{tile.x:.1f}" y="{tile.y:.1f}" width="{wide:.1f}" '
            f'height="{high:.1f}"/><title>{escape(tile.name)}: {size}</title>'
        )
        if tile.width > SMALLEST_NAMED and tile.height > SMALLEST_NAMED / 2:
            room = int((tile.width - 8) / 7.0)
            body.append(
                f'<text x="{tile.x + 6:.1f}" y="{tile.y + 17:.1f}">{escape(tile.name[:room])}</text>'
                f'<text x="{tile.x + 6:.1f}" y="{tile.y + 33:.1f}">{size}</text>'
            )
        body.append("</g>")
    return svg(TREEMAP_HEIGHT, "".join(body), "Bytes by file", "tiles")


@dataclass(slots=True)
class CallNode:
    """A function in a call tree: inclusive time (ms), calls, and the functions it calls."""

    name: str
    ms: float = 0.0
    calls: int = 0
    below: dict[str, CallNode] = field(default_factory=dict)

    @property
    def self_ms(self) -> float:
        """Time in the function itself."""
        return max(0.0, self.ms - sum(node.ms for node in self.below.values()))


def flame_graph(top: CallNode, frames: int) -> str:
    """Bars from the root down, as wide as their share of the time; times shown are per frame."""
    bars = list(_bars(top, 0.0, float(WIDTH), 0, top.ms or 1.0, max(1, frames)))
    depth = 1 + max(level for level, _ in bars)
    return svg(depth * FLAME_ROW, "".join(bar for _, bar in bars), "Flame graph of a frame", "flame")


def _bars(
    node: CallNode, x: float, width: float, level: int, whole: float, frames: int
) -> Iterator[tuple[int, str]]:
    short = node.name.removeprefix(PACKAGE)
    spent = (
        f"{number(node.ms / frames)} ms, {number(node.calls / frames)} calls a frame, {node.ms / whole:.1%}"
    )
    label = short.rpartition(":")[2] if len(short) * LETTER > width else short
    room = int(width / LETTER) - 1
    text = (
        f'<text x="{x + 3:.1f}" y="{level * FLAME_ROW + 13:.1f}">{escape(label[:room])}</text>'
        if room > 2
        else ""
    )
    bar = f'x="{x:.2f}" y="{level * FLAME_ROW:.1f}" width="{width:.2f}" height="{FLAME_ROW - 1:.1f}"'
    title = f"<title>{escape(short)}: {spent}</title>"
    yield level, f'<g><rect class="c{level % COLOURS}" {bar}/>{title}{text}</g>'
    at = x
    for child in sorted(node.below.values(), key=lambda one: -one.ms):
        wide = width * child.ms / (node.ms or 1.0)
        if wide >= NARROWEST:
            yield from _bars(child, at, wide, level + 1, whole, frames)
        at += wide
