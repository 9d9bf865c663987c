"""A flame graph: who calls whom, and how long it takes, as nested bars."""

from __future__ import annotations

from dataclasses import dataclass, field
from html import escape
from typing import TYPE_CHECKING

from candlefish.bench.report.charts import COLOURS, WIDTH, svg
from candlefish.bench.report.numbers import number

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

ROW = 18.0
NARROWEST = 0.4
LETTER = 6.2
PACKAGE = "candlefish/"
PROBE = "<string>:"

Stacks = list[tuple[list[str], float, int]]
"""Stacks of names with their inclusive time (ms) and calls."""


@dataclass(slots=True)
class Node:
    """A function called by the one above: inclusive time in ms, calls, and what it calls."""

    name: str
    ms: float = 0.0
    calls: int = 0
    below: dict[str, Node] = field(default_factory=dict)

    @property
    def self_ms(self) -> float:
        """Time in the function itself."""
        return max(0.0, self.ms - sum(node.ms for node in self.below.values()))


def without_the_probe(stacks: Stacks) -> Stacks:
    """The stacks without the bench's own timing, which runs from a string and not from a file."""
    return [
        ([name for name in stack if not name.startswith(PROBE)], ms, calls)
        for stack, ms, calls in stacks
        if not stack[-1].startswith(PROBE)
    ]


def tree(stacks: Iterable[tuple[Sequence[str], float, int]], root: str = "frame") -> Node:
    """The stacks as one tree; its root takes the time of all."""
    top = Node(root)
    for stack, ms, calls in stacks:
        node = top
        for name in stack:
            node = node.below.setdefault(name, Node(name))
        node.ms += ms
        node.calls += calls
    top.ms = sum(node.ms for node in top.below.values())
    return top


def hottest(top: Node, count: int) -> list[tuple[str, float, int]]:
    """The functions with most time of their own, over all that call them: name, ms, calls."""
    totals: dict[str, tuple[float, int]] = {}
    for node in _all(top):
        ms, calls = totals.get(node.name, (0.0, 0))
        totals[node.name] = (ms + node.self_ms, calls + node.calls)
    ranked = sorted(totals.items(), key=lambda one: -one[1][0])
    return [(name, ms, calls) for name, (ms, calls) in ranked[:count]]


def flame_graph(top: Node, frames: int) -> str:
    """Bars from the root down, as wide as their share of the time; times shown are per frame."""
    bars = list(_bars(top, 0.0, float(WIDTH), 0, top.ms or 1.0, max(1, frames)))
    depth = 1 + max(level for level, _ in bars)
    return svg(depth * ROW, "".join(bar for _, bar in bars), "Flame graph of a frame", "flame")


def _bars(
    node: Node, x: float, width: float, level: int, whole: float, frames: int
) -> Iterator[tuple[int, str]]:
    short = node.name.removeprefix(PACKAGE)
    spent = (
        f"{number(node.ms / frames)} ms, {number(node.calls / frames)} calls a frame, {node.ms / whole:.1%}"
    )
    label = short.rpartition(":")[2] if len(short) * LETTER > width else short
    room = int(width / LETTER) - 1
    text = (
        f'<text x="{x + 3:.1f}" y="{level * ROW + 13:.1f}">{escape(label[:room])}</text>' if room > 2 else ""
    )
    bar = f'x="{x:.2f}" y="{level * ROW:.1f}" width="{width:.2f}" height="{ROW - 1:.1f}"'
    title = f"<title>{escape(short)}: {spent}</title>"
    yield level, f'<g><rect class="c{level % COLOURS}" {bar}/>{title}{text}</g>'
    at = x
    for child in sorted(node.below.values(), key=lambda one: -one.ms):
        wide = width * child.ms / (node.ms or 1.0)
        if wide >= NARROWEST:
            yield from _bars(child, at, wide, level + 1, whole, frames)
        at += wide


def _all(node: Node) -> Iterator[Node]:
    yield node
    for child in node.below.values():
        yield from _all(child)
