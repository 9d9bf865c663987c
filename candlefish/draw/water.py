"""The water: rendered as a light field (`WaterRenderer`), and as operations of the display list (`Water`)."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from candlefish.draw.colour import ABYSS, TEAL, WHITE, Lut, Pixels, mix, saturate
from candlefish.draw.display_list import Blend, DisplayList, Op, Slot
from candlefish.draw.light_field import LightFieldRenderer
from candlefish.sim.easing import clamp
from candlefish.sim.food import LIFE_S as FOOD_LIFE_S
from candlefish.sim.food import Piece
from candlefish.sim.particles import TRAIL_LIFE_S, TRAIL_POINTS
from candlefish.sim.plankton import NEAR_DEPTH

if TYPE_CHECKING:
    from candlefish.draw.effects import Effects
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


RING_POINTS = 28
_RING = np.linspace(0.0, math.tau, RING_POINTS)
_CIRCLE = np.stack((np.cos(_RING), np.sin(_RING)), axis=1)


def gradient_radius(size: Vector) -> float:
    """Return the radius of the background's gradient: 92 % of the normalised diagonal, px."""
    return 0.92 * math.hypot(*size) / math.sqrt(2.0)


class Water:
    """Writes everything but the fish as operations of the display list."""

    def __init__(self, effects: Effects) -> None:
        """Prepare for an effects level."""
        self._effects = effects
        spread = np.arange(effects.beams)
        self._beam_at = (
            0.08 + 0.84 * ((spread + 0.5) / effects.beams) + 0.04 * np.sin(spread * 2.7)
        ).tolist()
        self._beam_phase = (spread * 1.9).tolist()
        self._beam_width = (0.11 + 0.05 * np.sin(spread * 4.1 + 1.0)).tolist()

    def deep(self, out: DisplayList, world: World, *, transparent: bool = False) -> None:
        """Write the deep water as gradients and sprites, where there is no light field.

        Of a `transparent` one, only the light of the fish.
        """
        if transparent:
            out.blend(Blend.ADD)
            self._pool(out, world)
        else:
            self._painted(out, world)
        if self._effects.trail:
            self._trail(out, world)

    def _painted(self, out: DisplayList, world: World) -> None:
        size = world.size
        look = world.appearance
        out.put(Op.LAYER, self._effects.layer)
        corner = mix(look.water_edge, ABYSS, 0.6)
        out.background(
            0.5 * size[0], 0.42 * size[1], gradient_radius(size), look.water_centre, look.water_edge, corner
        )
        out.blend(Blend.ADD)
        self._haze(out, world)
        self._beams(out, world)
        out.put(Op.LAYER, 0.0)
        out.blend(Blend.ADD)

    def behind(self, out: DisplayList, world: World, detail: float = 1.0) -> None:
        """Write what lies behind the fish: far plankton, ripples, bubbles, food. All laid over."""
        out.blend(Blend.OVER)
        self._plankton(out, world, near=False, detail=detail)
        self._ripples(out, world)
        self._bubbles(out, world)
        self._food(out, world)

    def front(self, out: DisplayList, world: World) -> None:
        """Write what drifts before the fish."""
        out.blend(Blend.ADD)
        self._plankton(out, world, near=True)

    def _haze(self, out: DisplayList, world: World) -> None:
        """Light from above, and the fish's light far into the water."""
        width, height = world.size
        t = world.time_s
        rows = out.beams(Slot.WATER, 2)
        rows[0] = (0.5 * width, -0.05 * height, 1.5 * width, 1.3 * height, 0.0, 0.15)
        drift = 0.5 + 0.12 * math.sin(0.07 * t)
        rows[1] = (drift * width, 1.02 * height, 1.3 * width, 0.7 * height, 0.0, 0.03)
        self._pool(out, world)

    @staticmethod
    def _pool(out: DisplayList, world: World) -> None:
        """The fish's own light on what is around it."""
        fish, length = world.fish, world.fish.length_px
        pool = out.beams(Slot.GLOW, 1)
        glow = world.appearance.glow + 0.5 * world.scenery.celebration
        pool[0] = (fish.x, fish.y + 0.05 * length, 3.4 * length, 2.7 * length, 0.0, 0.27 * glow)

    def _beams(self, out: DisplayList, world: World) -> None:
        """Shafts of light that sway and breathe, each at its own slow pace."""
        width, height = world.size
        rows = out.beams(Slot.BEAM, self._effects.beams)
        for index, (at, phase, wide) in enumerate(
            zip(self._beam_at, self._beam_phase, self._beam_width, strict=True)
        ):
            sway = math.sin(0.11 * world.time_s + phase)
            turn = 0.20 * (at - 0.5) * -2.0 + 0.05 * sway
            strength = 0.5 + 0.5 * math.sin(0.17 * world.time_s + 2.3 * phase)
            rows[index] = (
                (at + 0.015 * sway) * width,
                0.40 * height,
                wide * (0.9 + 0.25 * strength) * width,
                1.35 * height,
                turn,
                0.05 + 0.12 * strength,
            )

    def _plankton(self, out: DisplayList, world: World, near: bool, detail: float = 1.0) -> None:
        """Specks of light: dim far ones, big soft near ones, all brighter where something passed."""
        field = world.scenery.plankton
        shown = max(1, round(field.count * self._effects.motes * detail))
        chosen = field.near if near else field.far
        chosen = chosen[: int(np.searchsorted(chosen, shown))]
        if not len(chosen):
            return
        alpha = np.float32(world.clock.alpha)
        depth, light = field.depth[chosen], field.light[chosen]
        rows = out.sprites(Slot.MOTE, len(chosen))
        for column, at, before, extent in (
            (0, field.x, field.previous_x, world.width_px),
            (1, field.y, field.previous_y, world.height_px),
        ):
            start = before[chosen]
            rows[:, column] = (start + (at[chosen] - start) * alpha) * np.float32(extent)
        scale = 0.4 + 0.6 * world.scale
        twinkle = np.sin(field.phase[chosen] + np.float32((0.8 * world.time_s) % math.tau))
        if near:
            rows[:, 2] = scale * (16.0 + 60.0 * (depth - NEAR_DEPTH) / (1.0 - NEAR_DEPTH))
            rows[:, 3] = (0.05 + 0.02 * twinkle) * (1.0 + light)
        else:
            rows[:, 2] = scale * (2.2 + 4.6 * depth * depth + 5.0 * light * depth)
            rows[:, 3] = (0.07 + 0.34 * depth * depth) * (0.78 + 0.22 * twinkle) + 0.6 * light * (
                0.3 + 0.7 * depth
            )

    def _trail(self, out: DisplayList, world: World) -> None:
        """The light that stays behind for a moment, spreading as it fades."""
        trail = world.scenery.trail
        fade = 1.0 - trail.age_s / np.float32(TRAIL_LIFE_S)
        rows = out.sprites(Slot.GLOW, TRAIL_POINTS)
        rows[:, 0], rows[:, 1] = trail.x, trail.y
        rows[:, 2] = world.fish.length_px * (0.10 + 0.22 * (1.0 - fade))
        rows[:, 3] = 0.085 * world.appearance.glow * trail.strength * fade * fade

    def _ripples(self, out: DisplayList, world: World) -> None:
        light = mix(world.appearance.colour, WHITE, 0.35)
        for ring in world.scenery.ripples.rings:
            if ring.age_s <= 0.0:
                continue
            gone = 1.0 - (1.0 - ring.progress) ** 2.2
            for share, strength in ((1.0, 0.42), (0.72, 0.2)):
                circle = _CIRCLE * (ring.radius_px * gone * share)
                circle += (ring.x, ring.y)
                fade = (1.0 - ring.progress) ** 1.5
                out.strokes(circle[None], light, strength * ring.strength * fade, 1.0 + 1.6 * (1.0 - gone))

    def _bubbles(self, out: DisplayList, world: World) -> None:
        bubbles = world.scenery.bubbles.all
        if not bubbles:
            return
        rows = out.sprites(Slot.BUBBLE, len(bubbles))
        for index, bubble in enumerate(bubbles):
            shown = min(1.0, bubble.age_s * 4.0) * min(1.0, max(0.0, bubble.y / 30.0))
            rows[index] = (bubble.x, bubble.y, 2.6 * bubble.radius_px, 0.62 * shown)

    def _food(self, out: DisplayList, world: World) -> None:
        pieces = world.food.pieces
        if not pieces:
            return
        for slot, size, strength in ((Slot.GLOW, 34.0, 0.55), (Slot.CORE, 9.0, 1.0)):
            rows = out.sprites(slot, len(pieces))
            for index, piece in enumerate(pieces):
                rows[index] = (piece.x, piece.y, size * self._sparkle(piece), strength * self._left(piece))

    @staticmethod
    def _sparkle(piece: Piece) -> float:
        return 1.0 + 0.16 * math.sin(7.0 * piece.age_s + piece.start_x)

    @staticmethod
    def _left(piece: Piece) -> float:
        """Return 0…1: it fades in at once and out over its last second and a half."""
        return min(1.0, 6.0 * piece.age_s, (FOOD_LIFE_S - piece.age_s) / 1.5)
