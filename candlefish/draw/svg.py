"""A vector scene as SVG: the fallback picture, over which the canvas fades in."""

from __future__ import annotations

import sys
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from candlefish.draw.display_list import Blend, Floats, Op, Slot, read_operations
from candlefish.draw.vector import GRADIENT_FADES, VECTOR_OPS, Gradient, VectorOp, VectorScene
from candlefish.sim.fish import HEIGHT_SHARE, WIDTH_SHARE
from candlefish.sim.world import World

if TYPE_CHECKING:
    from collections.abc import Callable

    from candlefish.sim.tuning import Colour

STANDARD_SIZE = (1280.0, 720.0)
STANDARD_SEED = 7
TITLE = "A candlefish: a small fish that glows amber in dark water"
CLEAR_TITLE = "A candlefish: a small fish that glows amber"
PICTURE = "fallback.svg"
CLEAR_PICTURE = "fallback-transparent.svg"

SHAFT_TOP = 1 / 6
"""Where a shaft of light is brightest: so far down, as a share of its height."""


def _n(value: float, places: int = 1) -> str:
    text = f"{value:.{places}f}".rstrip("0").rstrip(".") if places else f"{value:.0f}"
    return (
        "0" if text in ("-0", "") else text.replace("0.", ".", 1) if text.startswith(("0.", "-0.")) else text
    )


def _rgb(colour: Colour) -> str:
    return "#" + "".join(f"{round(min(255.0, max(0.0, channel))):02x}" for channel in colour)


class _Writer:
    """Writes a vector scene as elements: the water in percent of the box, the fish in a box of its own.

    Light is added only within the fish's box: on dark water, faint light laid over looks the same, and
    blending the whole picture delays its first paint.
    """

    def __init__(self, world: World) -> None:
        self.size = world.size
        self.length_px = world.fish.length_px
        self.defs: list[str] = []
        self.parts: list[str] = []
        self._gradients = 0
        self._fish: tuple[float, float, float] | None = None
        self._blend = Blend.OVER
        self._open = False
        self._handlers: dict[Op | VectorOp, Callable[[tuple[float, ...], Floats], None]] = {
            VectorOp.GRADIENT: self._gradient,
            VectorOp.WATER: self._water,
            VectorOp.HAZE: self._haze,
            VectorOp.POOL: self._pool,
            VectorOp.SHAFT: self._shaft,
            Op.SPRITES: self._sprites,
            Op.FILL: self._fill,
            Op.VEIL: self._veil,
            Op.STROKES: self._strokes,
            Op.ELLIPSE: self._ellipse,
            Op.BLEND: self._set_blend,
            Op.FISH: self._fish_box,
            Op.END: self._end,
        }

    def write(self, buffer: Floats, size: int) -> None:
        for op, fixed, rest in read_operations(buffer, size, VECTOR_OPS):
            self._handlers[op](fixed, rest)

    def _element(self, text: str) -> None:
        if not self._open:
            adds = self._blend is Blend.ADD and self._fish
            self.parts.append('<g class="l">' if adds else "<g>")
            self._open = True
        self.parts.append(text)

    def _close(self) -> None:
        if self._open:
            self.parts.append("</g>")
            self._open = False

    def _set_blend(self, fixed: tuple[float, ...], _: Floats) -> None:
        mode = Blend(int(fixed[0]))
        if mode is not self._blend:
            self._close()
            self._blend = mode

    def _end(self, _fixed: tuple[float, ...], _: Floats) -> None:
        self._close()

    def _water(self, fixed: tuple[float, ...], _: Floats) -> None:
        stops = "".join(
            f'<stop offset="{offset}" stop-color="{_rgb((fixed[at], fixed[at + 1], fixed[at + 2]))}"/>'
            for offset, at in ((0, 2), (0.62, 5), (1, 8))
        )
        self.defs.append(
            f'<radialGradient id="w" gradientUnits="userSpaceOnUse" cx="{self._share(fixed[0], 0)}" '
            f'cy="{self._share(fixed[1], 1)}" r="92%">{stops}</radialGradient>'
        )
        self._element('<rect width="100%" height="100%" fill="url(#w)"/>')

    def _share(self, value: float, axis: int) -> str:
        return f"{_n(100.0 * value / self.size[axis], 1)}%"

    def _gradient(self, fixed: tuple[float, ...], _: Floats) -> None:
        gradient, colour = Gradient(int(fixed[0])), _rgb((fixed[1], fixed[2], fixed[3]))
        fade = GRADIENT_FADES[gradient]
        stops = self._stops([(i / (len(fade) - 1), colour, alpha) for i, alpha in enumerate(fade)])
        place = ""
        if gradient is Gradient.SHAFT:
            stretch = (1 - SHAFT_TOP) / 0.5
            place = (
                f' cy="{_n(SHAFT_TOP, 3)}" gradientTransform="matrix(1 0 0 '
                f'{_n(stretch, 3)} 0 {_n(SHAFT_TOP * (1 - stretch), 3)})"'
            )
        self.defs.append(f'<radialGradient id="s{gradient:d}"{place}>{stops}</radialGradient>')

    @staticmethod
    def _stops(stops: list[tuple[float, str, float]]) -> str:
        return "".join(
            f'<stop offset="{_n(offset, 3)}" stop-color="{colour}" stop-opacity="{_n(alpha, 3)}"/>'
            for offset, colour, alpha in stops
        )

    def _sprites(self, fixed: tuple[float, ...], rest: Floats) -> None:
        gradient = Gradient[Slot(int(fixed[0])).name]
        for x, y, size, alpha in rest.reshape(-1, 4):
            if alpha > 0.03:
                self._element(
                    f'<circle {self._place(x, y, "cx", "cy")} r="{_n(size / 2)}" fill="url(#s{gradient:d})" '
                    f'opacity="{_n(min(1.0, alpha), 2)}"/>'
                )

    def _place(self, x: float, y: float, x_name: str, y_name: str) -> str:
        if self._fish:
            return f'{x_name}="{_n(x - self._fish[0])}" {y_name}="{_n(y - self._fish[1])}"'
        return f'{x_name}="{self._share(x, 0)}" {y_name}="{self._share(y, 1)}"'

    def _haze(self, fixed: tuple[float, ...], _: Floats) -> None:
        x, y, width, height, alpha = np.array(fixed, np.float32)
        self._element(
            f'<ellipse {self._place(x, y, "cx", "cy")} rx="{self._share(width / 2, 0)}" '
            f'ry="{self._share(height / 2, 1)}" fill="url(#s{Gradient.HAZE:d})" opacity="{_n(alpha, 3)}"/>'
        )

    def _pool(self, fixed: tuple[float, ...], _: Floats) -> None:
        x, y, width, height, alpha = np.array(fixed, np.float32)
        self._element(
            f'{self._box(x, y, self.length_px)}<ellipse rx="{_n(width / 2)}" ry="{_n(height / 2)}" '
            f'fill="url(#s{Gradient.GLOW:d})" opacity="{_n(alpha, 3)}"/></svg>'
        )

    def _shaft(self, fixed: tuple[float, ...], _: Floats) -> None:
        x, y, width, height, turn, alpha = np.array(fixed, np.float32)
        self._element(
            f'<rect x="{self._share(x - width / 2, 0)}" y="{self._share(y - height / 2, 1)}" '
            f'width="{self._share(width, 0)}" height="{self._share(height, 1)}" '
            f'fill="url(#s{Gradient.SHAFT:d})" opacity="{_n(alpha, 3)}" '
            f'class="t" transform="rotate({_n(float(np.degrees(turn)))})"/>'
        )

    def _points(self, points: Floats) -> Floats:
        offset = self._fish[:2] if self._fish else (0.0, 0.0)
        return points.reshape(-1, 2) - np.array(offset, np.float32)

    def _fill(self, fixed: tuple[float, ...], rest: Floats) -> None:
        x0, y0, x1, y1 = self._points(np.array(fixed[:4], np.float32)).ravel().tolist()
        place = f'x1="{_n(x0)}" y1="{_n(y0)}" x2="{_n(x1)}" y2="{_n(y1)}"'
        self._fill_with("linearGradient", place, int(fixed[-2]), rest)

    def _veil(self, fixed: tuple[float, ...], rest: Floats) -> None:
        x, y = self._points(np.array(fixed[:2], np.float32)).ravel().tolist()
        self._fill_with(
            "radialGradient", f'cx="{_n(x)}" cy="{_n(y)}" r="{_n(fixed[2])}"', int(fixed[-2]), rest
        )

    def _fill_with(self, kind: str, place: str, count: int, rest: Floats) -> None:
        self._gradients += 1
        stops = [(s[0], _rgb((s[1], s[2], s[3])), s[4]) for s in rest[: 5 * count].reshape(-1, 5)]
        units = 'gradientUnits="userSpaceOnUse"'
        self.defs.append(f'<{kind} id="f{self._gradients}" {units} {place}>{self._stops(stops)}</{kind}>')
        path = closed_path(self._points(rest[5 * count :]))
        self._element(f'<path d="{path}" fill="url(#f{self._gradients})"/>')

    def _strokes(self, fixed: tuple[float, ...], rest: Floats) -> None:
        lines = self._points(rest).reshape(int(fixed[5]), int(fixed[6]), 2)
        path = "".join(open_path(line) for line in lines)
        self._element(
            f'<path d="{path}" fill="none" stroke="{_rgb((fixed[0], fixed[1], fixed[2]))}" '
            f'stroke-opacity="{_n(fixed[3], 2)}" stroke-width="{_n(fixed[4])}" stroke-linecap="round"/>'
        )

    def _ellipse(self, fixed: tuple[float, ...], _: Floats) -> None:
        r, g, b, a, x, y, rx, ry, _turn = fixed
        self._element(
            f'<ellipse {self._place(x, y, "cx", "cy")} rx="{_n(rx)}" ry="{_n(ry)}" fill="{_rgb((r, g, b))}" '
            f'opacity="{_n(a, 2)}"/>'
        )

    def _fish_box(self, fixed: tuple[float, ...], _: Floats) -> None:
        """Open or close the fish's own box, fitted into the shares of width and height it may have."""
        self._close()
        self._blend = Blend.OVER
        x, y, length = fixed
        if not length:
            self.parts.append("</svg>")
            self._fish = None
            return
        self._fish = (x, y, length)
        self.parts.append(self._box(x, y, length))

    def _box(self, x: float, y: float, length: float) -> str:
        """Return the opening of a box in which `length` px are one body length, whatever the outer box."""
        left, top = x / self.size[0] - WIDTH_SHARE / 2, y / self.size[1] - HEIGHT_SHARE / 2
        half = _n(-length / 2)
        return (
            f'<svg x="{_n(100 * left)}%" y="{_n(100 * top)}%" width="{_n(100 * WIDTH_SHARE)}%" '
            f'height="{_n(100 * HEIGHT_SHARE)}%" viewBox="{half} {half} {_n(length)} {_n(length)}" '
            'overflow="visible">'
        )


def open_path(points: Floats) -> str:
    """Return path data of a smooth open line: the points are controls, the curve passes between them."""
    rounded = np.round(points.astype(np.float64), 1)
    path = f"M{_pair(rounded[0])}"
    for here, after in pairwise(rounded[1:]):
        path += f"Q{_pair(here)} {_pair((here + after) / 2)}"
    return path + f"L{_pair(rounded[-1])}"


def closed_path(points: Floats) -> str:
    """Return path data of a smooth closed outline."""
    rounded = np.round(points.astype(np.float64), 1)
    following = np.roll(rounded, -1, axis=0)
    path = f"M{_pair((rounded[-1] + rounded[0]) / 2)}"
    for here, after in zip(rounded, following, strict=True):
        path += f"Q{_pair(here)} {_pair((here + after) / 2)}"
    return path + "Z"


def _pair(point: Floats) -> str:
    x, y = _n(float(point[0])), _n(float(point[1]))
    return x + (y if y.startswith("-") else f" {y}")


def svg_document(
    world: World, *, effects: str = "minimal", title: str = TITLE, transparent: bool = False
) -> str:
    """Return a world's frame as one SVG document that fills whatever box it is put in.

    It has no fixed aspect: the water stretches, the fish keeps its shape and has its length on the canvas.
    A `transparent` one has no water.
    """
    writer = _Writer(world)
    scene = VectorScene(effects, transparent=transparent)
    size = scene.render(world)
    writer.write(scene.list.buffer, size)
    style = ".l{mix-blend-mode:plus-lighter}.t{transform-box:fill-box;transform-origin:center}"
    return (
        '<svg xmlns="http://www.w3.org/2000/svg" width="100%" height="100%" role="img" '
        f'aria-label="{title}"><style>{style}</style><defs>{"".join(writer.defs)}</defs>'
        f"{''.join(writer.parts)}</svg>\n"
    )


def standard_svg(*, transparent: bool = False) -> str:
    """Return the first frame of the standard world: what ships as `static/`, `PICTURE` or `CLEAR_PICTURE`."""
    title = CLEAR_TITLE if transparent else TITLE
    return svg_document(World(*STANDARD_SIZE, seed=STANDARD_SEED), title=title, transparent=transparent)


if __name__ == "__main__":
    for name, is_clear in ((PICTURE, False), (CLEAR_PICTURE, True)):
        (Path(sys.argv[1]) / name).write_text(standard_svg(transparent=is_clear), encoding="utf-8")
