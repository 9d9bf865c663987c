"""The display list: one preallocated float32 buffer that holds a whole frame.

Each operation is a code followed by its operands, all float32, places in CSS px, colours 0…255, alphas 0…1.
`web/runtime/painter.js` replays it on a canvas and `candlefish.render.raster` by Skia. `candlefish.draw.svg`
writes that of a vector scene, which has operations of its own (`candlefish.draw.vector`). `OPS` is the single
description of the format; a test holds the painter to it.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass
from enum import IntEnum
from typing import TYPE_CHECKING, Any, TypeVar

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from candlefish.sim.tuning import Colour

Floats = NDArray[np.float32]
Numbers = NDArray[np.floating]
Code = TypeVar("Code", bound=IntEnum)

CAPACITY = 32768
"""Floats of the buffer for operations; a rich frame needs about 6,000."""


class Op(IntEnum):
    """Operation codes."""

    END = 0
    BACKGROUND = 1
    TINT = 2
    SPRITES = 3
    FILL = 4
    STROKES = 5
    ELLIPSE = 6
    BLEND = 7
    FISH = 8
    VEIL = 9
    FIELD = 10


class Slot(IntEnum):
    """Sprites that the painter keeps, each tinted by a `TINT` operation."""

    GLOW = 0
    CORE = 1
    MOTE = 2
    BUBBLE = 3


FADES: dict[Slot, tuple[float, ...]] = {
    Slot.GLOW: (1, 0.74, 0.5, 0.32, 0.19, 0.1, 0.045, 0.012, 0),
    Slot.CORE: (1, 1, 0.72, 0.3, 0.08, 0),
    Slot.MOTE: (1, 0.85, 0.42, 0.17, 0.06, 0),
    Slot.BUBBLE: (0.02, 0.03, 0.05, 0.12, 0.55, 0.05, 0),
}
"""Alphas of each sprite from the middle out, at even offsets; `web/runtime/painter.js` has the same."""


class Blend(IntEnum):
    """How what follows is laid over what is there."""

    OVER = 0
    ADD = 1


OPS: dict[Op, tuple[str, ...]] = {
    Op.END: (),
    Op.BACKGROUND: ("r", "g", "b"),
    Op.TINT: ("slot", "r", "g", "b"),
    Op.SPRITES: ("slot", "count"),
    Op.FILL: ("x0", "y0", "x1", "y1", "stops", "count"),
    Op.STROKES: ("r", "g", "b", "a", "width", "lines", "count"),
    Op.ELLIPSE: ("r", "g", "b", "a", "x", "y", "rx", "ry", "turn"),
    Op.BLEND: ("mode",),
    Op.FISH: ("x", "y", "length"),
    Op.VEIL: ("x", "y", "radius", "stops", "count"),
    Op.FIELD: ("at", "columns", "rows", "fresh"),
}
"""Fixed operands of each operation. What follows them:

SPRITES: count × (x, y, size, alpha), centred.
FILL: stops × (offset, r, g, b, a), then count × (x, y): a smooth closed outline, filled by a linear gradient.
STROKES: lines × count × (x, y): that many smooth open lines of `count` points, stroked at once.
FISH: what follows is the fish, about that place; length 0 ends it.
VEIL: as FILL, by a radial gradient.
FIELD: a picture of `rows` × `columns` 32-bit pixels that begins `at` floats into the buffer, past the list
itself, is laid over the whole frame, smoothly enlarged; where not `fresh`, it is as in the last frame.
"""

SPRITE_FLOATS = 4
_STOP = struct.Struct("=5f")


@dataclass(frozen=True, slots=True)
class Stop:
    """A stop of a gradient: offset 0…1, colour and alpha."""

    offset: float
    colour: Colour
    alpha: float


class DisplayList:
    """Writes operations into `buffer`; `size` floats of it are in use."""

    def __init__(self, pixels: int = 0, ops: Mapping[Any, tuple[str, ...]] = OPS) -> None:
        """Allocate the buffer for operations `ops`, once, with room for so many `pixels` behind them."""
        self.buffer: Floats = np.zeros(CAPACITY + pixels, np.float32)
        self.pixels: NDArray[np.uint32] = self.buffer[CAPACITY:].view(np.uint32)
        self._bytes = self.buffer[:CAPACITY].view(np.uint8).data
        self.size = 0
        self._packers = {op: struct.Struct(f"={1 + len(names)}f") for op, names in ops.items()}

    def clear(self) -> None:
        """Begin a new frame."""
        self.size = 0

    def put(self, op: IntEnum, *operands: float) -> None:
        """Write an operation's fixed operands.

        Raises:
            struct.error: too few or too many operands, or no room left.
        """
        self._packers[op].pack_into(self._bytes, 4 * self.size, op, *operands)
        self.size += 1 + len(operands)

    def _append(self, values: NDArray[np.floating], shape: tuple[int, ...]) -> None:
        count = values.size
        self.buffer[self.size : self.size + count].reshape(shape)[...] = values
        self.size += count

    def background(self, colour: Colour) -> None:
        """Cover everything with one colour."""
        self.put(Op.BACKGROUND, *colour)

    def tint(self, slot: Slot, colour: Colour) -> None:
        """Give a sprite its colour."""
        self.put(Op.TINT, slot, *colour)

    def sprites(self, slot: Slot, count: int) -> Floats:
        """Reserve `count` sprites and return the float32 array (count, 4) to fill: x, y, size, alpha."""
        self.put(Op.SPRITES, slot, count)
        end = self.size + SPRITE_FLOATS * count
        rows = self.buffer[self.size : end].reshape(count, SPRITE_FLOATS)
        self.size = end
        return rows

    def fill(
        self, outline: Numbers, start: tuple[float, float], end: tuple[float, float], stops: Sequence[Stop]
    ) -> None:
        """Fill a smooth closed outline, float (count, 2), by a linear gradient from `start` to `end`."""
        self.put(Op.FILL, *start, *end, len(stops), len(outline))
        self._filling(outline, stops)

    def veil(
        self, outline: Numbers, centre: tuple[float, float], radius: float, stops: Sequence[Stop]
    ) -> None:
        """Fill a smooth closed outline, float (count, 2), by a radial gradient."""
        self.put(Op.VEIL, *centre, radius, len(stops), len(outline))
        self._filling(outline, stops)

    def _filling(self, outline: Numbers, stops: Sequence[Stop]) -> None:
        for stop in stops:
            _STOP.pack_into(self._bytes, 4 * self.size, stop.offset, *stop.colour, stop.alpha)
            self.size += 5
        self._append(outline, outline.shape)

    def strokes(self, lines: Numbers, colour: Colour, alpha: float, width: float) -> None:
        """Stroke smooth open lines, float (lines, points, 2)."""
        self.put(Op.STROKES, *colour, alpha, width, lines.shape[0], lines.shape[1])
        self._append(lines, lines.shape)

    def ellipse(
        self, x: float, y: float, rx: float, ry: float, colour: Colour, alpha: float, turn: float = 0.0
    ) -> None:
        """Fill an ellipse."""
        self.put(Op.ELLIPSE, *colour, alpha, x, y, rx, ry, turn)

    def field(self, columns: int, rows: int, *, fresh: bool = True) -> None:
        """Cover everything with the picture in the first `rows` × `columns` of `pixels`."""
        self.put(Op.FIELD, CAPACITY, columns, rows, fresh)

    def blend(self, mode: Blend) -> None:
        """Choose how what follows is laid over the frame."""
        self.put(Op.BLEND, mode)

    def end(self) -> int:
        """Finish the frame and return its size in floats."""
        self.put(Op.END)
        return self.size


def operations(buffer: Floats, size: int) -> Iterator[tuple[Op, tuple[float, ...], Floats]]:
    """Yield each operation of a scene as (code, fixed operands, what follows them).

    Raises:
        ValueError: an unknown code, or a list that is cut short.
    """
    return read_operations(buffer, size, OPS)


def read_operations(
    buffer: Floats, size: int, ops: Mapping[Code, tuple[str, ...]]
) -> Iterator[tuple[Code, tuple[float, ...], Floats]]:
    """Yield each operation, of those in `ops`. Raises like `operations`."""
    codes = {int(op): op for op in ops}
    at = 0
    while at < size:
        code = int(buffer[at])
        if code not in codes:
            raise ValueError(f"display list: unknown operation {code} at {at}")
        op = codes[code]
        fixed = tuple(float(value) for value in buffer[at + 1 : at + 1 + len(ops[op])])
        at += 1 + len(ops[op])
        length = _extent(op, fixed)
        if at + length > size:
            raise ValueError(f"display list: {op.name} at {at} is cut short")
        yield op, fixed, buffer[at : at + length]
        at += length


def _extent(op: IntEnum, fixed: tuple[float, ...]) -> int:
    """Return how many floats follow the fixed operands."""
    if op is Op.SPRITES:
        return SPRITE_FLOATS * int(fixed[1])
    if op in (Op.FILL, Op.VEIL):
        return 5 * int(fixed[-2]) + 2 * int(fixed[-1])
    if op is Op.STROKES:
        return 2 * int(fixed[5]) * int(fixed[6])
    return 0
