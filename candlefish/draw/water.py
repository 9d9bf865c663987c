"""The deep water of the light field: shafts, caustics and colours, and the renderer of an opaque picture."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from candlefish.draw.colour import WHITE, Lut, Pixels, mix, saturate
from candlefish.draw.light_field import LightFieldRenderer
from candlefish.sim.easing import clamp
from candlefish.sim.water import WATER

if TYPE_CHECKING:
    from candlefish.sim.appearance import Appearance
    from candlefish.sim.steering import Vector
    from candlefish.sim.tuning import Colour
    from candlefish.sim.water import SkyStyle, WaterColours, WaterStyle
    from candlefish.sim.world import World

Floats = NDArray[np.float32]

BANDS = 5
"""The water changes so slowly that a fifth of the rows a frame is enough."""
ANGLES = 512


class Sky:
    """The brightness 0…1 of the water in a grid; `values` is float32 (rows, columns)."""

    def __init__(self, columns: int, rows: int, aspect: float, style: WaterStyle = WATER) -> None:
        """For a box `aspect` times as wide as high."""
        self._shaft_style, self._caustic_style = shafts, caustics = style.shafts, style.caustics
        x = (((np.arange(columns) + 0.5) / columns - 0.5)[None, :] * aspect).astype(np.float32)
        y = ((np.arange(rows) + 0.5) / rows)[:, None].astype(np.float32)
        self.values: Floats = np.zeros((rows, columns), np.float32)
        self._ground = _still(x, y, aspect, style.sky)
        fan = (x + shafts.from_x * aspect) / (y + shafts.from_above)
        reach = float(np.abs(fan).max())
        self._angle = ((0.5 + 0.4999 * fan / reach) * ANGLES).astype(np.int16)
        self._span = np.linspace(-reach, reach, ANGLES)
        self._shaft = (shafts.strength * np.exp(-shafts.depth * y)).astype(np.float32)
        self._shaft_most = sum(shafts.strengths)
        steep = 1.0 + caustics.steepen * y
        self._net = [
            (((a * x + b * y * steep) * caustics.scale) % 1.0 * ANGLES).astype(np.int16)
            for a, b in zip(caustics.across, caustics.down, strict=True)
        ]
        self._caustic = (caustics.strength * np.exp(-caustics.depth * y)).astype(np.float32)
        self._circle = np.linspace(0.0, math.tau, ANGLES, endpoint=False)
        self._band = 0

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
        speeds, phases = self._caustic_style.speeds_rad_s, self._caustic_style.phases_rad
        net = self._web(speeds[0] * time_s + phases[0])[self._net[0][band]]
        net *= self._web(speeds[1] * time_s + phases[1])[self._net[1][band]]
        net *= self._caustic[band]
        out += net
        out += self._ground[band]
        np.maximum(out, np.float32(0.0), out=out)
        np.minimum(out, np.float32(1.0), out=out)
        return band

    def _rays(self, time_s: float) -> Floats:
        """Shafts by the direction they come from: slow waves that beat against each other."""
        a, style = self._span, self._shaft_style
        wave = np.zeros(ANGLES)
        for count, speed, phase, strength in zip(
            style.waves, style.speeds_rad_s, style.phases_rad, style.strengths, strict=True
        ):
            wave += strength * np.sin(count * a + speed * time_s + phase)
        rays: Floats = (np.clip(wave / self._shaft_most, 0.0, 1.0) ** style.sharpness).astype(np.float32)
        return rays

    def _web(self, phase: float) -> Floats:
        """One of the two combs whose product is the net of caustics."""
        at, style = self._circle, self._caustic_style
        comb = 1.0 - np.abs(np.sin(at + phase + style.wobble * np.sin(2.0 * at - phase)))
        web: Floats = (comb**style.sharpness).astype(np.float32)
        return web


def _still(x: Floats, y: Floats, aspect: float, style: SkyStyle) -> Floats:
    """Return what never changes: brighter above and about the middle, darker towards the corners."""
    wide = style.middle_width * aspect + style.middle_width_least
    middle = np.exp(-((x / wide) ** 2) - ((y - style.middle_y) / style.middle_height) ** 2)
    above = np.exp(-style.above_depth * y)
    sides = (2.0 * x / aspect) ** style.corners_power * style.corners
    corner = sides + np.clip(y - style.floor_y, 0.0, 1.0) ** 2 * style.floor
    still: Floats = style.ground + style.middle * middle + style.above * above - corner
    return still


Stops = list[tuple[float, "Colour"]]

BLACK: Colour = (0.0, 0.0, 0.0)
WATER_MOST: Colour = (66.0, 92.0, 128.0)
DUST_MOST: Colour = (78.0, 92.0, 84.0)
"""The brightest that water and plankton may be: with the fish's light, no channel passes 255."""


class WaterRenderer(LightFieldRenderer):
    """Paints the deep water of worlds, and what glows in it, into `pixels`, which are opaque."""

    def __init__(self, pixels: Pixels, size: Vector, dust: int, style: WaterStyle = WATER) -> None:
        """For a box of `size` px, with up to `dust` specks."""
        super().__init__(pixels, size, dust, style)
        rows, columns = pixels.shape
        self._sky = Sky(columns, rows, size[0] / size[1], style)
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
        colours = self._style.colours
        night = 1.0 - colours.night * darkness(world.hour, colours)
        shade = world.appearance.shade, round(500.0 * night)
        self._turn = 3 - self._turn
        changed = False
        for turn in (0, 1, 2) if everything else (0, self._turn):
            if shade != self._coloured[turn]:
                self._coloured[turn] = shade
                new = self._ramps[turn].set((_water, _dust, _lit)[turn](world.appearance, night, colours))
                changed = changed or (new and turn == 0)
        return changed


def darkness(hour: float, style: WaterColours = WATER.colours) -> float:
    """Return how dark it is at an hour 0…24: 0 by day, 1 in the deep of the night; smooth."""
    swing = math.cos(math.tau * (hour - style.night_hour) / 24.0)
    return clamp(style.night_middle + style.night_swing * swing, 0.0, 1.0)


def _water(appearance: Appearance, night: float, style: WaterColours) -> Stops:
    """The water by the light in it; `night` is the share that the hour leaves of it."""
    centre, edge = appearance.water_centre, appearance.water_edge
    high = mix(mix(centre, style.high, style.high_share), appearance.colour, style.high_tinge)
    shades = (
        mix(edge, style.abyss, style.darkest),
        mix(edge, style.abyss, style.dark),
        mix(edge, centre, style.middling),
        mix(centre, high, style.bright),
        high,
    )
    return [
        (at, _held(mix(BLACK, shade, night), WATER_MOST))
        for at, shade in zip(style.stops, shades, strict=True)
    ]


def _dust(appearance: Appearance, _night: float, style: WaterColours) -> Stops:
    """Specks that glow by themselves."""
    return [(0.0, BLACK), (1.0, _scaled(mix(style.speck, appearance.colour, style.speck_tinge), DUST_MOST))]


def _lit(appearance: Appearance, _night: float, style: WaterColours) -> Stops:
    """What the fish's light and other lights add."""
    most, vivid = _left(), saturate(appearance.colour, style.saturation)
    shades = [vivid] * (len(style.lit) - 1) + [mix(vivid, WHITE, style.lit_whiten)]
    return [
        (0.0, BLACK),
        *(
            (at, _held(mix(BLACK, shade, share), most))
            for at, shade, share in zip(style.lit_stops, shades, style.lit, strict=True)
        ),
    ]


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
