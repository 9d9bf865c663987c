"""The deep water of the light field: shafts, caustics and colours, and the renderer of an opaque picture."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from candlefish.draw.colour import ABYSS, TEAL, WHITE, Lut, Pixels, mix, saturate
from candlefish.draw.light_field import LightFieldRenderer
from candlefish.sim.easing import clamp

if TYPE_CHECKING:
    from candlefish.sim.appearance import Appearance
    from candlefish.sim.steering import Vector
    from candlefish.sim.tuning import Colour
    from candlefish.sim.world import World

Floats = NDArray[np.float32]

BANDS = 5
"""The water changes so slowly that a fifth of the rows a frame is enough."""
ANGLES = 512


class Sky:
    """The brightness 0…1 of the water in a grid; `values` is float32 (rows, columns)."""

    def __init__(self, columns: int, rows: int, aspect: float) -> None:
        """For a box `aspect` times as wide as high."""
        x = (((np.arange(columns) + 0.5) / columns - 0.5)[None, :] * aspect).astype(np.float32)
        y = ((np.arange(rows) + 0.5) / rows)[:, None].astype(np.float32)
        self.values: Floats = np.zeros((rows, columns), np.float32)
        self._ground = self._still(x, y, aspect)
        fan = (x + 0.12 * aspect) / (y + 0.85)
        reach = float(np.abs(fan).max())
        self._angle = ((0.5 + 0.4999 * fan / reach) * ANGLES).astype(np.int16)
        self._span = np.linspace(-reach, reach, ANGLES)
        self._shaft = (0.42 * np.exp(-1.9 * y)).astype(np.float32)
        self._net = [
            (((a * x + b * y * (1.0 + 0.8 * y)) * 0.9) % 1.0 * ANGLES).astype(np.int16)
            for a, b in ((1.1, 1.6), (-1.3, 1.9))
        ]
        self._caustic = (0.20 * np.exp(-5.5 * y)).astype(np.float32)
        self._circle = np.linspace(0.0, math.tau, ANGLES, endpoint=False)
        self._band = 0

    @staticmethod
    def _still(x: Floats, y: Floats, aspect: float) -> Floats:
        """What never changes: brighter above and about the middle, darker towards the corners."""
        middle = np.exp(-((x / (0.52 * aspect + 0.12)) ** 2) - ((y - 0.36) / 0.46) ** 2)
        above = np.exp(-3.2 * y)
        corner = (2.0 * x / aspect) ** 4 * 0.10 + np.clip(y - 0.62, 0.0, 1.0) ** 2 * 0.5
        still: Floats = 0.10 + 0.36 * middle + 0.20 * above - corner
        return still

    def renew(self, time_s: float, shafts: float, *, whole: bool) -> slice:
        """Renew the next band, or all, for the time; `shafts` 0…1 is their strength. Returns the rows."""
        rows = len(self.values)
        band = slice(self._band * rows // BANDS, (self._band + 1) * rows // BANDS)
        self._band = (self._band + 1) % BANDS
        if whole:
            band = slice(0, rows)
        out = self.values[band]
        np.multiply(self._rays(time_s)[self._angle[band]], self._shaft[band], out=out)
        out *= np.float32(shafts)
        net = self._web(0.16 * time_s)[self._net[0][band]]
        net *= self._web(-0.13 * time_s + 1.7)[self._net[1][band]]
        net *= self._caustic[band]
        out += net
        out += self._ground[band]
        np.maximum(out, np.float32(0.0), out=out)
        np.minimum(out, np.float32(1.0), out=out)
        return band

    def _rays(self, time_s: float) -> Floats:
        """Shafts by the direction they come from: three slow waves that beat against each other."""
        a = self._span
        wave = (
            np.sin(7.3 * a + 0.110 * time_s + 0.4)
            + np.sin(13.1 * a - 0.071 * time_s + 2.1)
            + 0.8 * np.sin(23.7 * a + 0.163 * time_s + 4.0)
        )
        rays: Floats = (np.clip(wave / 2.8, 0.0, 1.0) ** 1.35).astype(np.float32)
        return rays

    def _web(self, phase: float) -> Floats:
        """One of the two combs whose product is the net of caustics."""
        at = self._circle
        comb = 1.0 - np.abs(np.sin(at + phase + 0.9 * np.sin(2.0 * at - phase)))
        web: Floats = (comb**2.2).astype(np.float32)
        return web


Stops = list[tuple[float, "Colour"]]

BLACK: Colour = (0.0, 0.0, 0.0)
WATER_MOST: Colour = (66.0, 92.0, 128.0)
DUST_MOST: Colour = (78.0, 92.0, 84.0)
"""The brightest that water and plankton may be: with the fish's light, no channel passes 255."""


class WaterRenderer(LightFieldRenderer):
    """Paints the deep water of worlds, and what glows in it, into `pixels`, which are opaque."""

    def __init__(self, pixels: Pixels, size: Vector, dust: int) -> None:
        """For a box of `size` px, with up to `dust` specks."""
        super().__init__(pixels, size, dust)
        rows, columns = pixels.shape
        self._sky = Sky(columns, rows, size[0] / size[1])
        self._water: Pixels = np.zeros((rows, columns), np.uint32)
        self._unlit: Pixels = np.zeros((rows, columns), np.uint32)
        self._ramps = Lut(opaque=True), Lut(opaque=False), Lut(opaque=False)
        self._coloured: list[object] = [None] * len(self._ramps)
        self._turn = 1

    def _begin(self, world: World, dust: int, shafts: float, *, jumped: bool) -> None:
        """Paint the water and what glows in it by itself."""
        whole = slice(0, len(self.pixels))
        changed = self._recolour(world, everything=jumped)
        band = self._sky.renew(world.time_s, shafts, whole=jumped)
        band = whole if changed else band
        self._shade(self._ramps[0], self._sky.values[band], band, self._water)
        self._plankton(world, min(dust, world.scenery.dust.count))
        self._shade(self._ramps[1], self._fine.values, whole, self._unlit)
        np.add(self._unlit, self._water, out=self._unlit)

    def _finish(self) -> None:
        """Add the light of `_level` to the water and its plankton."""
        lit = self._shaded(self._ramps[2], self._level, slice(0, len(self.pixels)))
        np.add(self._unlit, lit, out=self.pixels)

    def _recolour(self, world: World, *, everything: bool) -> bool:
        """Give the water's table its colours and one of the others, or all; say whether the water's changed.

        The others take turns: what they colour is faint, and a tenth of a second later cannot be seen.
        """
        night = 1.0 - 0.30 * darkness(world.hour)
        shade = world.appearance.shade, round(500.0 * night)
        self._turn = 3 - self._turn
        changed = False
        for turn in (0, 1, 2) if everything else (0, self._turn):
            if shade != self._coloured[turn]:
                self._coloured[turn] = shade
                new = self._ramps[turn].set((_water, _dust, _lit)[turn](world.appearance, night))
                changed = changed or (new and turn == 0)
        return changed


def darkness(hour: float) -> float:
    """Return how dark it is at an hour 0…24: 0 by day, 1 in the deep of the night; smooth."""
    return clamp(0.5 + 0.9 * math.cos(math.tau * (hour - 1.5) / 24.0), 0.0, 1.0)


def _water(look: Appearance, night: float) -> Stops:
    """The water by the light in it; `night` is the share that the hour leaves of it."""
    centre, edge = look.water_centre, look.water_edge
    high = mix(mix(centre, (84.0, 138.0, 176.0), 0.42), look.colour, 0.05)
    stops = (
        (0.0, mix(edge, ABYSS, 0.85)),
        (0.16, mix(edge, ABYSS, 0.45)),
        (0.42, mix(edge, centre, 0.75)),
        (0.66, mix(centre, high, 0.35)),
        (1.0, high),
    )
    return [(at, _held(mix(BLACK, shade, night), WATER_MOST)) for at, shade in stops]


def _dust(look: Appearance, _night: float) -> Stops:
    """Specks that glow by themselves."""
    return [(0.0, BLACK), (1.0, _scaled(mix(TEAL, look.colour, 0.25), DUST_MOST))]


def _lit(look: Appearance, _night: float) -> Stops:
    """What the fish's light and other lights add."""
    most, vivid = _left(), saturate(look.colour, 1.35)
    stops = (
        (0.35, mix(BLACK, vivid, 0.14)),
        (0.7, mix(BLACK, vivid, 0.34)),
        (1.0, mix(BLACK, mix(vivid, WHITE, 0.2), 0.56)),
    )
    return [(0.0, BLACK), *((at, _held(shade, most)) for at, shade in stops)]


def _left() -> Colour:
    r, g, b = (255.0 - a - c - 1.0 for a, c in zip(WATER_MOST, DUST_MOST, strict=True))
    return r, g, b


def _held(colour: Colour, most: Colour) -> Colour:
    """Return the colour, dimmed as a whole until no channel passes its limit."""
    share = min(1.0, *(limit / channel for limit, channel in zip(most, colour, strict=True) if channel > 0.0))
    return colour[0] * share, colour[1] * share, colour[2] * share


def _scaled(colour: Colour, most: Colour) -> Colour:
    """Return the brightest such colour within the limit."""
    share = min(limit / max(1.0, channel) for limit, channel in zip(most, colour, strict=True))
    return colour[0] * share, colour[1] * share, colour[2] * share
