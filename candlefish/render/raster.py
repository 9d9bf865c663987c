"""The same display list as pixels, natively, by Skia, which draws the browser's canvas too."""

from __future__ import annotations

import math
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import numpy as np
import skia
from numpy.typing import NDArray

from candlefish.draw.display_list import FADES, Blend, Floats, Op, Slot, operations

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

Rgba = NDArray[np.uint8]

SPRITE_SIZE = {Slot.GLOW: 128, Slot.CORE: 32, Slot.MOTE: 32, Slot.BUBBLE: 32}
BLENDS = {Blend.OVER: skia.BlendMode.kSrcOver, Blend.ADD: skia.BlendMode.kPlus}
SMOOTH = skia.SamplingOptions(skia.FilterMode.kLinear)


class Raster:
    """Draws display lists on a surface of CSS px, `dpr` device px each; keeps the sprites."""

    def __init__(self, width: float, height: float, dpr: float = 1.0) -> None:
        """Allocate the surface."""
        self._size = width, height
        self._scale = dpr
        info = skia.ImageInfo.MakeN32Premul(max(1, round(width * dpr)), max(1, round(height * dpr)))
        self._surface = skia.Surface.MakeRaster(info)
        self._canvas = self._surface.getCanvas()
        self._sprites: dict[Slot, Any] = {}
        self._blend = Blend.OVER
        self._pixels: NDArray[np.uint32] = np.zeros(0, np.uint32)
        self._handlers: dict[Op, Callable[[tuple[float, ...], Floats], None]] = {
            Op.BACKGROUND: self._background,
            Op.TINT: self._tint,
            Op.SPRITES: self._draw_sprites,
            Op.FILL: self._fill,
            Op.VEIL: self._veil,
            Op.STROKES: self._strokes,
            Op.ELLIPSE: self._ellipse,
            Op.BLEND: self._set_blend,
            Op.FIELD: self._field,
        }

    def paint(self, buffer: Floats, size: int) -> Rgba:
        """Replay a display list; return the frame as uint8 (height, width, 4), red first, straight alpha."""
        self._canvas.resetMatrix()
        self._canvas.clear(skia.ColorTRANSPARENT)
        self._canvas.scale(self._scale, self._scale)
        self._pixels = buffer.view(np.uint32)
        for op, fixed, rest in operations(buffer, size):
            if op in self._handlers:
                self._handlers[op](fixed, rest)
        image = self._surface.makeImageSnapshot()
        pixels: Rgba = image.toarray(colorType=skia.ColorType.kRGBA_8888_ColorType)
        return pixels

    def _paint(self, alpha: float = 1.0) -> Any:
        return skia.Paint(AntiAlias=True, Alphaf=min(1.0, max(0.0, alpha)), BlendMode=BLENDS[self._blend])

    def _set_blend(self, fixed: tuple[float, ...], _: Floats) -> None:
        self._blend = Blend(int(fixed[0]))

    def _field(self, fixed: tuple[float, ...], _: Floats) -> None:
        at, columns, rows = (int(value) for value in fixed[:3])
        pixels = self._pixels[at : at + columns * rows].reshape(rows, columns).view(np.uint8)
        image = skia.Image.fromarray(
            pixels.reshape(rows, columns, 4).copy(), colorType=skia.ColorType.kRGBA_8888_ColorType
        )
        self._blend = Blend.OVER
        whole = skia.Rect.MakeWH(*self._size)
        source = skia.Rect.MakeWH(columns, rows)
        self._canvas.drawImageRect(image, source, whole, SMOOTH, self._paint())

    def _background(self, fixed: tuple[float, ...], _: Floats) -> None:
        self._canvas.drawPaint(skia.Paint(Color4f=_colour(fixed, 1.0)))

    def _tint(self, fixed: tuple[float, ...], _: Floats) -> None:
        slot = Slot(int(fixed[0]))
        self._sprites[slot] = _sprite(slot, fixed[1:4])

    def _draw_sprites(self, fixed: tuple[float, ...], rest: Floats) -> None:
        image = self._sprites[Slot(int(fixed[0]))]
        for x, y, size, alpha in rest.reshape(-1, 4).tolist():
            if alpha > 0.004:
                where = skia.Rect.MakeXYWH(x - size / 2, y - size / 2, size, size)
                self._place(image, where, alpha)

    def _place(self, image: Any, where: Any, alpha: float) -> None:
        source = skia.Rect.MakeWH(image.width(), image.height())
        self._canvas.drawImageRect(image, source, where, SMOOTH, self._paint(alpha))

    def _fill(self, fixed: tuple[float, ...], rest: Floats) -> None:
        x0, y0, x1, y1 = fixed[:4]
        count = int(fixed[-2])
        colours, places = _gradient(_stops_in(rest, count))
        shader = skia.GradientShader.MakeLinear([skia.Point(x0, y0), skia.Point(x1, y1)], colours, places)
        self._fill_with(shader, rest[5 * count :])

    def _veil(self, fixed: tuple[float, ...], rest: Floats) -> None:
        count = int(fixed[-2])
        shader = _radial(fixed[0], fixed[1], fixed[2], _stops_in(rest, count))
        self._fill_with(shader, rest[5 * count :])

    def _fill_with(self, shader: Any, outline: Floats) -> None:
        paint = self._paint()
        paint.setShader(shader)
        self._canvas.drawPath(_closed(outline.reshape(-1, 2)), paint)

    def _strokes(self, fixed: tuple[float, ...], rest: Floats) -> None:
        paint = self._paint()
        paint.setColor4f(_colour(fixed[:3], fixed[3]))
        paint.setStyle(skia.Paint.kStroke_Style)
        paint.setStrokeWidth(fixed[4])
        paint.setStrokeCap(skia.Paint.kRound_Cap)
        path = skia.Path()
        for line in rest.reshape(int(fixed[5]), int(fixed[6]), 2):
            _open(path, line)
        self._canvas.drawPath(path, paint)

    def _ellipse(self, fixed: tuple[float, ...], _: Floats) -> None:
        *colour, alpha, x, y, rx, ry, turn = fixed
        paint = self._paint()
        paint.setColor4f(_colour(colour, alpha))
        self._canvas.save()
        self._canvas.translate(x, y)
        self._canvas.rotate(math.degrees(turn))
        self._canvas.drawOval(skia.Rect.MakeLTRB(-abs(rx), -abs(ry), abs(rx), abs(ry)), paint)
        self._canvas.restore()


Stops = list[tuple[float, "Sequence[float]", float]]


def _colour(colour: Sequence[float], alpha: float) -> Any:
    r, g, b = (min(255.0, max(0.0, channel)) / 255.0 for channel in colour)
    return skia.Color4f(r, g, b, min(1.0, max(0.0, alpha)))


def _stops_in(rest: Floats, count: int) -> Stops:
    return [(at, (r, g, b), alpha) for at, r, g, b, alpha in rest[: 5 * count].reshape(-1, 5).tolist()]


def _gradient(stops: Stops) -> tuple[list[int], list[float]]:
    return [_colour(colour, alpha).toColor() for _, colour, alpha in stops], [stop[0] for stop in stops]


def _radial(x: float, y: float, radius: float, stops: Stops) -> Any:
    colours, places = _gradient(stops)
    return skia.GradientShader.MakeRadial(skia.Point(x, y), max(1e-3, radius), colours, places)


def _even(colour: Sequence[float], alphas: Sequence[float]) -> Stops:
    return [(i / (len(alphas) - 1), colour, alpha) for i, alpha in enumerate(alphas)]


def _sprite(slot: Slot, colour: Sequence[float]) -> Any:
    """Make a sprite as `web/runtime/painter.js` does."""
    size = SPRITE_SIZE[slot]
    surface = skia.Surface(size, size)
    canvas = surface.getCanvas()
    shader = _radial(size / 2, size / 2, size / 2, _even(colour, FADES[slot]))
    canvas.drawPaint(skia.Paint(Shader=shader))
    if slot is Slot.BUBBLE:
        canvas.translate(size * 0.38, size * 0.36)
        canvas.rotate(math.degrees(-0.7))
        catch = skia.Rect.MakeLTRB(-size * 0.07, -size * 0.05, size * 0.07, size * 0.05)
        canvas.drawOval(catch, skia.Paint(AntiAlias=True, Color4f=skia.Color4f(1.0, 1.0, 1.0, 0.75)))
    return surface.makeImageSnapshot()


def _open(path: Any, line: Floats) -> None:
    points = line.tolist()
    path.moveTo(*points[0])
    for (x, y), (next_x, next_y) in pairwise(points[1:]):
        path.quadTo(x, y, (x + next_x) / 2, (y + next_y) / 2)
    path.lineTo(*points[-1])


def _closed(outline: Floats) -> Any:
    points = outline.tolist()
    path = skia.Path()
    path.moveTo((points[-1][0] + points[0][0]) / 2, (points[-1][1] + points[0][1]) / 2)
    for (x, y), (next_x, next_y) in zip(points, points[1:] + points[:1], strict=True):
        path.quadTo(x, y, (x + next_x) / 2, (y + next_y) / 2)
    path.close()
    return path
