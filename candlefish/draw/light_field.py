"""The light field: light added up in a grid, softened, and rendered as one small picture.

Whatever glows is added to a float32 grid of a few px a cell: places in cells, bilinearly, so that nothing
jumps from cell to cell. All arrays are made once; `np.add.at` adds in place, where `np.bincount` makes a new
grid each time.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from candlefish.draw.colour import LUT_LEVELS, WHITE, Lut, Pixels, dither_offsets, mix, saturate
from candlefish.sim.easing import clamp
from candlefish.sim.fish import ELEVATION
from candlefish.sim.food import LIFE_S as FOOD_LIFE_S
from candlefish.sim.particles import TRAIL_LIFE_S, TRAIL_POINTS
from candlefish.sim.water import WATER

if TYPE_CHECKING:
    from candlefish.sim.appearance import Appearance
    from candlefish.sim.steering import Vector
    from candlefish.sim.water import WaterColours, WaterStyle
    from candlefish.sim.world import World

Floats = NDArray[np.float32]

MARGIN = 2
"""Cells around the grid, so that light near an edge needs no care."""


class LightGrid:
    """Light in a grid of cells; `values` is float32 (rows, columns), without the margin."""

    def __init__(self, columns: int, rows: int, most: int) -> None:
        """Allocate for up to `most` points scattered at once."""
        self.columns, self.rows = columns, rows
        self._stride = columns + 2 * MARGIN
        shape = (rows + 2 * MARGIN, self._stride)
        self._grid: Floats = np.zeros(shape, np.float32)
        self._flat: Floats = self._grid.reshape(-1)
        self._other: Floats = np.zeros(self._flat.size, np.float32)
        self.values: Floats = self._grid[MARGIN:-MARGIN, MARGIN:-MARGIN]
        self._x, self._y, self._a, self._b = (np.empty(most, np.float32) for _ in range(4))
        self._cell = np.empty(most, np.intp)

    def clear(self) -> None:
        """Put all light out."""
        self._flat.fill(0.0)

    def scatter(self, x: Floats, y: Floats, light: Floats) -> None:
        """Add `light` at places `x`, `y`, 0…1 of the field; float32 (n,), at most as many as allocated for.

        What lies outside is held at the edge's margin, which does not show.
        """
        count = len(x)
        fx, fy, a, b = (array[:count] for array in (self._x, self._y, self._a, self._b))
        cell = self._cell[:count]
        self._cells(x, self.columns, fx, a)
        self._cells(y, self.rows, fy, b)
        b *= np.float32(self._stride)
        b += a
        np.copyto(cell, b, casting="unsafe")
        self._add(cell, fx, fy, light, a, b)

    @staticmethod
    def _cells(place: Floats, extent: int, share: Floats, whole: Floats) -> None:
        """Split places 0…1 into whole cells and the share of the next cell."""
        np.multiply(place, np.float32(extent), out=share)
        share += np.float32(MARGIN - 0.5)
        np.maximum(share, np.float32(0.0), out=share)
        np.minimum(share, np.float32(extent + 2 * MARGIN - 1.001), out=share)
        np.floor(share, out=whole)
        share -= whole

    def _add(
        self, cell: NDArray[np.intp], fx: Floats, fy: Floats, light: Floats, lower: Floats, corner: Floats
    ) -> None:
        np.multiply(light, fy, out=lower)
        np.multiply(lower, fx, out=corner)
        np.add.at(self._flat[self._stride + 1 :], cell, corner)
        lower -= corner
        np.add.at(self._flat[self._stride :], cell, lower)
        lower += corner
        np.subtract(light, lower, out=lower)
        np.multiply(lower, fx, out=corner)
        np.add.at(self._flat[1:], cell, corner)
        lower -= corner
        np.add.at(self._flat, cell, lower)

    def blur(self, passes: int) -> None:
        """Soften by the binomial kernel of `2 × passes` + 1 cells, keeping the sum of all light."""
        for step in (1, self._stride):
            for _ in range(passes):
                np.add(self._flat[:-step], self._flat[step:], out=self._other[step:])
                np.add(self._other[step:-step], self._other[2 * step :], out=self._flat[step:-step])
        self._flat *= np.float32(math.ldexp(1.0, -4 * passes))


class Magnifier:
    """Enlarges a field four times, linearly, into a grid; the soft light is kept in few cells."""

    SCALE = 4

    def __init__(self, columns: int, rows: int) -> None:
        """For a small field of `rows` × `columns` cells without its margin."""
        self._tall: Floats = np.empty((self.SCALE * rows, columns + 2), np.float32)
        self._work: Floats = np.empty((rows, columns + 2), np.float32)
        self._thin: Floats = np.empty((self.SCALE * rows, columns), np.float32)

    def enlarge(self, small: LightGrid, out: Floats) -> None:
        """Write the field, four times as large, to `out`, float32 (4 rows, 4 columns)."""
        rows, columns = small.rows, small.columns
        source = small._grid[MARGIN - 1 : MARGIN + rows + 1, MARGIN - 1 : MARGIN + columns + 1]  # noqa: SLF001
        for k, (before, share) in enumerate(((0, 0.625), (0, 0.875), (1, 0.125), (1, 0.375))):
            np.multiply(
                source[before + 1 : before + 1 + rows], np.float32(share), out=self._tall[k :: self.SCALE]
            )
            np.multiply(source[before : before + rows], np.float32(1.0 - share), out=self._work)
            self._tall[k :: self.SCALE] += self._work
        for k, (before, share) in enumerate(((0, 0.625), (0, 0.875), (1, 0.125), (1, 0.375))):
            np.multiply(self._tall[:, before + 1 : before + 1 + columns], np.float32(share), out=self._thin)
            column = out[:, k :: self.SCALE]
            np.multiply(self._tall[:, before : before + columns], np.float32(1.0 - share), out=column)
            column += self._thin


SMALLEST_CELL_PX = 2.0
RING_POINTS = 48
POINTS_MOST = 1024
_TURN = np.linspace(0.0, math.tau, RING_POINTS, endpoint=False)
_RING_X, _RING_Y = np.cos(_TURN).astype(np.float32), np.sin(_TURN).astype(np.float32)


def grid_for(size: Vector, cells: int) -> tuple[int, int]:
    """Return columns and rows, multiples of four, of at most about `cells` nearly square cells for a box."""
    cell = max(SMALLEST_CELL_PX, math.sqrt(size[0] * size[1] / cells))
    columns, rows = (max(8, 4 * int(extent / cell / 4.0)) for extent in size)
    return min(columns, cells // 8 // 4 * 4), min(rows, cells // 8 // 4 * 4)


class LightFieldRenderer:
    """Base of the renderers: adds up a world's light and paints it into `pixels`, uint32 (rows, columns).

    What is soft and slow needs no sixty pictures a second: one frame does what is there without the fish, the
    next the light on it, and shows both.
    """

    def __init__(self, pixels: Pixels, size: Vector, dust: int, style: WaterStyle = WATER) -> None:
        """For a box of `size` px, with up to `dust` specks."""
        self._style = style
        self.pixels = pixels
        self.size = size
        rows, columns = pixels.shape
        self._fine = LightGrid(columns, rows, dust)
        self._soft = LightGrid(columns // 4, rows // 4, POINTS_MOST)
        self._magnifier = Magnifier(columns // 4, rows // 4)
        self._offsets = dither_offsets(rows, columns)
        self._level: Floats = np.zeros((rows, columns), np.float32)
        self._index = np.zeros((rows, columns), np.intp)
        self._at = np.zeros((3, POINTS_MOST), np.float32)
        self._count = 0
        self._spark: Floats = np.zeros(0, np.float32)
        self._lamp: Floats = np.zeros(0, np.float32)
        self._weight: Floats = np.zeros(dust, np.float32)
        self._time_s = math.inf
        self._half = False

    def render(self, world: World, dust: int, shafts: float) -> bool:
        """Paint half of a picture, or all of one where time has jumped; say whether `pixels` are new.

        With `dust` specks and shafts of the given strength.
        """
        jumped = not 0.0 <= world.time_s - self._time_s < 0.5
        self._time_s = world.time_s
        self._half = jumped or not self._half
        if self._half:
            self._begin(world, dust, shafts, jumped=jumped)
        if jumped or not self._half:
            self._half = False
            self._lights(world)
            self._finish()
            return True
        return False

    def _begin(self, world: World, dust: int, shafts: float, *, jumped: bool) -> None:
        """Prepare what is there without the fish."""
        raise NotImplementedError

    def _finish(self) -> None:
        """Paint it with the light of `_level`."""
        raise NotImplementedError

    def _shade(self, ramp: Lut, values: Floats, rows: slice, out: Pixels) -> None:
        out[rows] = self._shaded(ramp, values, rows)

    def _shaded(self, ramp: Lut, values: Floats, rows: slice) -> Pixels:
        level, index = self._level[rows], self._index[rows]
        np.multiply(values, np.float32(LUT_LEVELS - 1.0), out=level)
        np.minimum(level, np.float32(LUT_LEVELS - 1.0), out=level)
        np.add(level, self._offsets[rows], out=level)
        np.copyto(index, level, casting="unsafe")
        return ramp.colours(index)

    def _plankton(self, world: World, count: int) -> None:
        """Scatter the specks: most are dim, few are bright, all shine where something passed."""
        field = self._fine
        field.clear()
        if not count:
            return
        dust, style = world.scenery.dust, self._style.dust
        if len(self._spark) != dust.count:
            self._spark = (style.spark + style.spark_bright * dust.depth**style.spark_power).astype(
                np.float32
            )
            self._lamp = (style.lamp + style.lamp_near * dust.depth**style.lamp_power).astype(np.float32)
        weight = self._weight[:count]
        np.multiply(dust.light[:count], self._lamp[:count], out=weight)
        weight += self._spark[:count]
        weight *= np.float32(style.exposure)
        field.scatter(dust.x[:count], dust.y[:count], weight)
        field.blur(1)

    def _lights(self, world: World) -> None:
        """Add up what shines on the water, soften it, and enlarge it into `_level`."""
        soft = self._soft
        soft.clear()
        self._count = 0
        self._fish(world)
        self._trail(world)
        self._rings(world)
        self._food(world)
        self._blurs(world)
        x, y, light = self._at[:, : self._count]
        x *= np.float32(1.0 / world.width_px)
        y *= np.float32(1.0 / world.height_px)
        cells = np.float32(soft.columns * soft.rows)
        light *= cells
        soft.scatter(x, y, light)
        soft.blur(3)
        self._spill(world)
        values = soft.values
        values /= values + np.float32(1.0)
        self._magnifier.enlarge(soft, self._level)

    def _points(self, count: int) -> tuple[Floats, Floats, Floats]:
        """Reserve points: x, y (px) and light, as the share of the box it would light up to 1."""
        begin, self._count = self._count, min(POINTS_MOST, self._count + count)
        x, y, light = self._at[:, begin : self._count]
        return x, y, light

    def _fish(self, world: World) -> None:
        """The body, brighter where the wave of its organs is."""
        fish, style = world.fish, self._style.fish_light
        points = fish.spine.points
        x, y, light = self._points(points.shape[1])
        x[:] = points[0] * fish.length_px + fish.x
        y[:] = (points[1] + ELEVATION * points[2]) * fish.length_px + fish.y
        along = np.linspace(0.0, 1.0, len(x))
        glow = clamp(world.appearance.glow + style.joy * world.scenery.celebration, 0.0, style.most)
        wave = np.sin(math.tau * (world.scenery.pulse - style.body_lag * along))
        light[:] = style.body + style.body_wave * wave
        light *= np.float32(self._share(world, style.reach * fish.length_px, style.light * glow) / len(x))

    @staticmethod
    def _share(world: World, reach_px: float, light: float) -> float:
        """Return the light that fills a disc of that radius to the brightness `light`."""
        return light * math.pi * reach_px * reach_px / (world.width_px * world.height_px)

    def _spill(self, world: World) -> None:
        """The fish's light far into the water, falling off in two widths."""
        fish, soft, style = world.fish, self._soft, self._style.fish_light
        glow = clamp(world.appearance.glow + style.spill_joy * world.scenery.celebration, 0.0, style.most)
        across = ((np.arange(soft.columns, dtype=np.float32) + 0.5) / soft.columns) * world.width_px - fish.x
        down = ((np.arange(soft.rows, dtype=np.float32) + 0.5) / soft.rows) * world.height_px - fish.y
        for reach, strength in zip(style.spill_reach, style.spill, strict=True):
            sigma = np.float32(1.0 / (reach * fish.length_px))
            bell_x = np.exp(-((across * sigma) ** 2))
            bell_y = np.exp(-((down * sigma * style.spill_flat) ** 2))
            soft.values += (bell_y * np.float32(strength * glow))[:, None] * bell_x[None, :]

    def _trail(self, world: World) -> None:
        trail, length, style = world.scenery.trail, world.fish.length_px, self._style.trail
        x, y, light = self._points(TRAIL_POINTS)
        x[:], y[:] = trail.x, trail.y
        np.subtract(np.float32(1.0), trail.age_s * np.float32(1.0 / TRAIL_LIFE_S), out=light)
        light *= light
        light *= trail.strength
        light *= np.float32(self._share(world, style.reach * length, style.light * world.appearance.glow))

    def _rings(self, world: World) -> None:
        style = self._style.ripples
        for ring in world.scenery.ripples.rings:
            if ring.age_s <= 0.0:
                continue
            radius = ring.radius_px * (1.0 - (1.0 - ring.progress) ** style.spread_power)
            x, y, light = self._points(RING_POINTS)
            x[:], y[:] = (way[: len(x)] * np.float32(radius) for way in (_RING_X, _RING_Y))
            x += np.float32(ring.x)
            y += np.float32(ring.y)
            fade = (1.0 - ring.progress) ** style.fade_power * ring.strength
            light[:] = self._share(world, style.light_px, style.light * fade)

    def _blurs(self, world: World) -> None:
        """Specks so near that they are out of focus."""
        field = world.scenery.plankton
        x, y, light = self._points(len(field.near))
        near = field.near[: len(x)]
        np.multiply(field.x[near], np.float32(world.width_px), out=x)
        np.multiply(field.y[near], np.float32(world.height_px), out=y)
        np.add(field.light[near], np.float32(1.0), out=light)
        style = self._style.plankton
        radius_px = style.blur_px * (style.small + style.small_rise * world.scale)
        light *= np.float32(self._share(world, radius_px, style.blur))

    def _food(self, world: World) -> None:
        style = self._style.food
        for piece in world.food.pieces:
            x, y, light = self._points(1)
            left = min(1.0, style.appear_per_s * piece.age_s, (FOOD_LIFE_S - piece.age_s) / style.fade_s)
            x[:], y[:] = piece.x, piece.y
            light[:] = self._share(world, style.light_px, style.light * max(0.0, left))


class TransparentRenderer(LightFieldRenderer):
    """Paints the light alone, with straight alpha, faded at the box's edges."""

    def __init__(self, pixels: Pixels, size: Vector, dust: int, style: WaterStyle = WATER) -> None:
        """For a box of `size` px, with up to `dust` specks."""
        super().__init__(pixels, size, dust, style)
        rows, columns = pixels.shape
        self._ramp = Lut(opaque=False)
        self._edges: Floats = np.outer(*(_faded(cells, style.colours.aura_edge) for cells in (rows, columns)))

    def _begin(self, world: World, dust: int, shafts: float, *, jumped: bool) -> None:  # noqa: ARG002 - of water
        """Scatter what glows by itself."""
        self._ramp.set(_aura(world.appearance, self._style.colours))
        self._plankton(world, min(dust, world.scenery.dust.count))

    def _finish(self) -> None:
        """Paint it and the light of `_level`."""
        specks = self._fine.values
        specks *= np.float32(self._style.colours.aura_dust)
        self._level += specks
        self._level *= self._edges
        self._shade(self._ramp, self._level, slice(0, len(self.pixels)), self.pixels)


def _faded(cells: int, edge: float) -> Floats:
    """Return what is left of the light in each cell of a row: 0 at its ends, 1 from `edge` 0…1 on; smooth.

    A page around the box must not show where it ends.
    """
    at = (np.arange(cells, dtype=np.float32) + 0.5) / cells
    near = np.minimum(np.minimum(at, 1.0 - at) / edge, 1.0)
    smooth: Floats = (near * near * (3.0 - 2.0 * near)).astype(np.float32)
    return smooth


def _aura(
    appearance: Appearance, style: WaterColours
) -> list[tuple[float, tuple[float, float, float, float]]]:
    """Light over what is not dark: the more of it, the less shows through."""
    vivid = saturate(appearance.colour, style.saturation)
    speck = mix(style.speck, appearance.colour, style.speck_tinge)
    stops = [(0.0, speck, 0.0), (0.12, speck, 0.0)]
    stops += [(at, vivid, alpha) for at, alpha in zip(style.aura_stops, style.aura, strict=True)]
    at, _, alpha = stops[-1]
    stops[-1] = at, mix(vivid, WHITE, style.lit_whiten), alpha
    return [(at, (*colour, 255.0 * alpha)) for at, colour, alpha in stops]
