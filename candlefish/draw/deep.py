"""The deep water as one picture of light: water, plankton, and the light of the fish on both."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from candlefish.draw.glow import Light
from candlefish.draw.palette import ABYSS, TEAL, WHITE, mix, saturate
from candlefish.draw.ramp import Pixels, Ramp
from candlefish.draw.sky import Sky
from candlefish.sim.easing import clamp

if TYPE_CHECKING:
    from candlefish.sim.appearance import Appearance
    from candlefish.sim.steering import Vector
    from candlefish.sim.tuning import Colour
    from candlefish.sim.world import World

Stops = list[tuple[float, "Colour"]]

BLACK: Colour = (0.0, 0.0, 0.0)
WATER_MOST: Colour = (66.0, 92.0, 128.0)
DUST_MOST: Colour = (78.0, 92.0, 84.0)
"""The brightest that water and plankton may be: with the fish's light, no channel passes 255."""


class Deep(Light):
    """Paints the deep water of worlds, and what glows in it, into `pixels`, which are opaque."""

    def __init__(self, pixels: Pixels, size: Vector, dust: int) -> None:
        """For a box of `size` px, with up to `dust` specks."""
        super().__init__(pixels, size, dust)
        rows, columns = pixels.shape
        self._sky = Sky(columns, rows, size[0] / size[1])
        self._water: Pixels = np.zeros((rows, columns), np.uint32)
        self._unlit: Pixels = np.zeros((rows, columns), np.uint32)
        self._ramps = Ramp(opaque=True), Ramp(opaque=False), Ramp(opaque=False)
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
