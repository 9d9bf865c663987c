"""A squarified treemap (Bruls, Huizing & van Wijk 2000): areas that show what the bytes are."""

from __future__ import annotations

from dataclasses import dataclass
from html import escape
from typing import TYPE_CHECKING

from candlefish.bench.report.charts import COLOURS, WIDTH, svg
from candlefish.bench.report.numbers import number

if TYPE_CHECKING:
    from collections.abc import Sequence

HEIGHT = 360.0
SMALLEST_NAMED = 60.0


@dataclass(frozen=True, slots=True)
class Tile:
    """A named rectangle."""

    name: str
    size: float
    x: float
    y: float
    width: float
    height: float


def squarified(sizes: Sequence[tuple[str, float]], width: float, height: float) -> list[Tile]:
    """Tiles that fill a rectangle, areas as the sizes (above 0), as square as can be."""
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
    for i, tile in enumerate(squarified(sizes_bytes, WIDTH, HEIGHT)):
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
    return svg(HEIGHT, "".join(body), "Bytes by file", "tiles")
