"""Charts as SVG text: frame strip, histogram, lines, waterfall, treemap, flame graph.

They scale to any width, need no script, and take their colours from the page.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from html import escape
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from candlefish.bench.measures import number
from candlefish.bench.statistics import REFRESH_MS, dropped, intervals

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

WIDTH = 720
COLOURS = 8
TOP_MS = 66.7
LEFT = 68
FEW = 40
BIN_MS = 2.0
TREEMAP_HEIGHT = 360.0
SMALLEST_NAMED = 60.0
FLAME_ROW = 18.0
NARROWEST = 0.4
LETTER = 6.2
PACKAGE = "candlefish/"
PROBE = "<string>:"
Stacks = list[tuple[list[str], float, int]]
"""Stacks of names with their inclusive time (ms) and calls."""


def svg(height: float, body: str, label: str, css: str = "", *, stretched: bool = False) -> str:
    """An SVG as wide as its container; ``stretched`` keeps the height in a narrow one."""
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
    """A function in the call tree: inclusive time (ms), calls, and the functions it calls."""

    name: str
    ms: float = 0.0
    calls: int = 0
    below: dict[str, CallNode] = field(default_factory=dict)

    @property
    def self_ms(self) -> float:
        """Time in the function itself."""
        return max(0.0, self.ms - sum(node.ms for node in self.below.values()))


def without_probe(stacks: Stacks) -> Stacks:
    """The stacks without the probe's own timing, which runs from a string and not from a file."""
    return [
        ([name for name in stack if not name.startswith(PROBE)], ms, calls)
        for stack, ms, calls in stacks
        if not stack[-1].startswith(PROBE)
    ]


def call_tree(stacks: Iterable[tuple[Sequence[str], float, int]], root: str = "frame") -> CallNode:
    """The stacks as one tree; its root takes the time of all."""
    top = CallNode(root)
    for stack, ms, calls in stacks:
        node = top
        for name in stack:
            node = node.below.setdefault(name, CallNode(name))
        node.ms += ms
        node.calls += calls
    top.ms = sum(node.ms for node in top.below.values())
    return top


def hottest(top: CallNode, count: int) -> list[tuple[str, float, int]]:
    """The functions with most time of their own, over all that call them: name, ms, calls."""
    totals: dict[str, tuple[float, int]] = {}
    for node in _nodes(top):
        ms, calls = totals.get(node.name, (0.0, 0))
        totals[node.name] = (ms + node.self_ms, calls + node.calls)
    ranked = sorted(totals.items(), key=lambda one: -one[1][0])
    return [(name, ms, calls) for name, (ms, calls) in ranked[:count]]


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


def _nodes(node: CallNode) -> Iterator[CallNode]:
    yield node
    for child in node.below.values():
        yield from _nodes(child)
