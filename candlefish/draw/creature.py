"""The creature, back to front: light, fins, body, photophores and head."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from candlefish.draw.body import Body, Numbers
from candlefish.draw.colour import NIGHT, WHITE, mix, saturate
from candlefish.draw.display_list import Blend, DisplayList, Floats, Op, Slot, Stop
from candlefish.draw.fins import Fins, fins_of
from candlefish.sim.anatomy import ANATOMY
from candlefish.sim.easing import clamp, smoothstep

if TYPE_CHECKING:
    from candlefish.draw.effects import Effects
    from candlefish.sim.anatomy import Anatomy, EyeStyle, HeadStyle, PhotophoreStyle
    from candlefish.sim.steering import Vector
    from candlefish.sim.tuning import Colour
    from candlefish.sim.world import World


class Photophores:
    """All lights, marked on the body once; drawn as two batches of sprites."""

    def __init__(self, body: Body, style: PhotophoreStyle, speckles: int) -> None:
        """Place the lantern, the organs and so many glints."""
        self._style = style
        self._lantern, self._lantern_size = len(style.lantern_sizes), np.array(style.lantern_sizes)
        flank, belly = style.flank_count, style.belly_count
        lantern_along = np.linspace(style.lantern_from, style.lantern_to, self._lantern)
        lantern = body.mark(lantern_along, np.full(self._lantern, style.lantern_height))
        flank_along = np.linspace(style.flank_from, style.flank_to, flank)
        body.mark(flank_along, style.flank_height - style.flank_bow * np.sin(np.linspace(0.2, 2.9, flank)))
        belly_along = np.linspace(style.belly_from, style.belly_to, belly)
        organs = body.mark(belly_along, np.full(belly, style.belly_height))
        count = np.arange(speckles)
        along, height = (count * 0.6180339887) % 1.0, (count * 0.7548776662) % 1.0
        glints = body.mark(
            style.glints_from + style.glints_span * along, style.glints_low + style.glints_rise * height
        )
        self._glows, self._cores = slice(lantern.start, organs.stop), slice(lantern.stop, glints.stop)
        self._organs = flank + belly
        along = np.concatenate((flank_along, belly_along))
        self._lag = math.tau * np.concatenate((style.lantern_lag * lantern_along, style.lag * along))
        self._size = np.repeat([style.flank_size, style.belly_size], [flank, belly])
        self._strength = np.repeat([style.flank_strength, style.belly_strength], [flank, belly])
        self._phase = (count * 2.399963) % math.tau

    def draw(self, out: DisplayList, body: Body, world: World, glow: float) -> None:
        """Write the lights: like a candle behind a hand, and a wave that runs to the tail."""
        style, split = self._style, self._lantern
        wave = 0.5 + 0.5 * np.sin(math.tau * world.scenery.pulse - self._lag)
        lantern, organs = wave[:split], wave[split:]
        end_on = style.seen_end_on
        length, shown = body.length_px, end_on + (1.0 - end_on) * body.seen[self._cores]
        seen = shown[: self._organs] * self._strength
        rows = out.sprites(Slot.GLOW, len(wave))
        rows[:, 0:2] = body.places[self._glows]
        rows[:split, 2] = length * self._lantern_size
        rows[:split, 3] = glow * (style.lantern_alpha + style.lantern_wave * lantern)
        rows[split:, 2] = length * self._size * (style.glow_size + style.glow_size_wave * organs)
        light = clamp(glow, style.light_least, style.light_most)
        rows[split:, 3] = seen * light * (style.glow_alpha + style.glow_alpha_wave * organs)
        rows = out.sprites(Slot.CORE, self._organs + len(self._phase))
        rows[:, 0:2] = body.places[self._cores]
        cores, glints = rows[: self._organs], rows[self._organs :]
        cores[:, 2] = length * self._size * (style.core_size + style.core_size_wave * organs)
        strength = style.core_alpha + style.core_alpha_glow * glow
        cores[:, 3] = np.minimum(1.0, seen * strength * (style.core_dim + style.core_dim_wave * organs))
        if len(glints):
            self._draw_glints(glints, body, world, glow, shown[self._organs :])

    def _draw_glints(self, rows: Floats, body: Body, world: World, glow: float, shown: Numbers) -> None:
        """Write the glints, of whose light so much is seen."""
        style = self._style
        turn = style.shimmer_beat * body.phase + style.shimmer_rad_s * world.time_s
        shimmer = np.sin(self._phase + turn)
        rows[:, 2] = max(style.glint_least_px, style.glint_size * body.length_px)
        strength = style.glint_alpha + style.glint_glow * glow
        rows[:, 3] = shown * strength * (style.glint_steady + style.glint_shimmer * shimmer)


class Head:
    """Gill cover, mouth and eyes, marked on the body once."""

    def __init__(self, body: Body, head: HeadStyle, eye: EyeStyle) -> None:
        """Place its parts."""
        self._style, self._eye_style = head, eye
        heights = np.linspace(head.gill_top, head.gill_bottom, 8)
        self._gill = body.mark(
            head.gill_along + head.gill_bow * np.cos(heights * head.gill_curve_rad), heights
        )
        self._eyes = body.mark(np.array([eye.along]), np.array([eye.height]), 0.0).start
        along = np.array(head.mouth_along)
        self._shut, self._open = (
            body.mark(along, np.array(heights)) for heights in (head.mouth_shut, head.mouth_open)
        )

    def draw(self, out: DisplayList, body: Body, world: World, glow: float) -> None:
        """Write gill cover, mouth and eyes."""
        colour, places, style, eye = world.appearance.colour, body.places, self._style, self._eye_style
        gill_alpha = style.gill_alpha * min(body.side, body.head_side)
        out.strokes(
            places[self._gill][None], mix(colour, WHITE, style.gill_whiten), gill_alpha, style.gill_px
        )
        shut = places[self._shut]
        mouth = shut + (places[self._open] - shut) * world.fish.mouth_open
        lip = mix(colour, WHITE, style.mouth_whiten)
        out.strokes(mouth[None], lip, style.mouth_alpha, style.mouth_px)
        out.blend(Blend.OVER)
        both = clamp(1.0 - body.head_side / eye.narrowest, 0.0, 1.0)
        x, y = float(places[self._eyes, 0]), float(places[self._eyes, 1])
        left_x, left_y = body.flank(eye.along, eye.height)
        if left_y < 0.0:
            left_x, left_y = -left_x, -left_y
        if both > 0.0:
            self._eye(out, body, world, (x - left_x, y - left_y), both)
        x, y = x + left_x, y + left_y
        size = self._eye(out, body, world, (x, y), 1.0)
        out.blend(Blend.ADD)
        out.sprites(Slot.GLOW, 1)[0] = (x, y, eye.glow_size * size, eye.glow_alpha * glow)

    def _eye(self, out: DisplayList, body: Body, world: World, place: Vector, shown: float) -> float:
        """Write an eye that looks where the fish does; `shown` 0…1. Returns its size, px."""
        appearance, fish, eye = world.appearance, world.fish, self._eye_style
        colour = appearance.colour
        size = body.length_px * (eye.size + eye.size_mood * appearance.eye)
        squeeze = max(eye.narrowest, body.head_side)
        x, y = place
        px, py = x + eye.gaze * size * fish.gaze_x * squeeze, y + eye.gaze * size * fish.gaze_y
        pupil = eye.pupil + eye.pupil_shut * (1.0 - appearance.eye)
        glint, up = eye.glint_across * size * squeeze, eye.glint_up * size
        low = mix(colour, WHITE, eye.low_glint_whiten)
        for at_x, at_y, wide, high, shade, alpha in (
            (x, y, eye.rim_size * squeeze, eye.rim_size, mix(NIGHT, colour, eye.rim_tinge), 1.0),
            (x, y, squeeze, 1.0, mix(colour, NIGHT, eye.iris_dark), 1.0),
            (
                x,
                y,
                eye.light_size * squeeze,
                eye.light_size,
                mix(colour, WHITE, eye.light_whiten),
                eye.light_alpha,
            ),
            (px, py, pupil * squeeze, pupil, eye.pupil_colour, 1.0),
            (px + glint, py - up, eye.glint_size, eye.glint_size, WHITE, eye.glint_alpha),
            (px - glint, py + up, eye.low_glint_size, eye.low_glint_size, low, eye.low_glint_alpha),
        ):
            out.ellipse(at_x, at_y, wide * size, high * size, shade, alpha * shown)
        return size


BEHIND = 4
"""So many fins, the first ones, are drawn behind the body."""


class Creature:
    """Draws the fish. Keeps only geometry that is allocated once."""

    def __init__(self, effects: Effects, anatomy: Anatomy = ANATOMY) -> None:
        """Prepare for an effects level."""
        self._anatomy = anatomy
        self._body = body = Body(anatomy)
        self._fins = Fins(body, fins_of(anatomy, effects.rays), anatomy.membrane)
        self._head = Head(body, anatomy.head, anatomy.eye)
        self._lights = Photophores(body, anatomy.photophores, effects.speckles)
        flesh, membrane = anatomy.flesh, anatomy.membrane
        self._skin = tuple(zip(membrane.stops, membrane.strength, membrane.whiten, strict=True))
        self._whites = frozenset(membrane.whiten)
        along = np.linspace(flesh.line_from, flesh.line_to, 14)
        self._line = body.mark(along, flesh.line_height + flesh.line_bow * np.sin(np.linspace(0.4, 3.0, 14)))
        shades = (mix(flesh.base, flesh.dark, share) for share in flesh.darkness)
        self._countershade = tuple(zip(flesh.stops, shades, flesh.tinge, flesh.tinge_glow, strict=True))

    def draw(self, out: DisplayList, world: World, *, halo: bool = False) -> None:
        """Write the fish into the display list, with a `halo` where no light field has its light."""
        body, colour = self._body, world.appearance.colour
        flesh, membrane, pectoral = self._anatomy.flesh, self._anatomy.membrane, self._anatomy.pectoral
        body.pose(world)
        glow = clamp(world.appearance.glow + flesh.joy * world.scenery.celebration, 0.0, flesh.light_most)
        beat = clamp(world.fish.spine.amplitude * membrane.beat, 0.0, 1.0)
        self._fins.shape(body, world.appearance.fin, beat, math.sin(pectoral.scull_pace * body.phase))
        out.put(Op.FISH, body.x, body.y, body.length_px)
        if halo:
            self._halo(out, world, glow)
        out.blend(Blend.OVER)
        self._draw_fins(out, slice(0, BEHIND), colour, membrane.shown + membrane.shown_glow * glow)
        self._flesh(out, colour, glow)
        line_alpha = flesh.line_alpha * (flesh.line_dim + glow)
        line = mix(colour, WHITE, flesh.line_whiten)
        out.strokes(body.places[self._line][None], line, line_alpha, flesh.line_px)
        self._lights.draw(out, body, world, glow)
        self._head.draw(out, body, world, glow)
        out.blend(Blend.OVER)
        near = membrane.near_shown_glow * glow + membrane.near_shown
        self._draw_fins(out, slice(BEHIND, BEHIND + 1), colour, near)
        out.put(Op.FISH, 0.0, 0.0, 0.0)

    def _halo(self, out: DisplayList, world: World, glow: float) -> None:
        """Light that spills on the water close by."""
        body, style = self._body, self._anatomy.photophores
        out.blend(Blend.ADD)
        rows = out.sprites(Slot.GLOW, 2)
        breath = body.length_px * (1.0 + style.halo_breath * math.sin(math.tau * world.scenery.pulse))
        rows[0] = (body.x, body.y, style.halo_size * breath, style.halo_alpha * glow)
        head_x, head_y = body.spine[len(body.spine) // 3]
        rows[1] = (head_x, head_y, style.head_halo_size * breath, style.head_halo_alpha * glow)

    def _draw_fins(self, out: DisplayList, which: slice, colour: Colour, strength: float) -> None:
        """Lay the skins over the water, brighter towards the root, and the rays over them.

        Laid over and not added: so they are the same where the water is a canvas under the fish's.
        """
        style = self._anatomy.membrane
        vivid = saturate(colour, style.saturation)
        tones = {white: mix(vivid, WHITE, white) for white in self._whites}
        stops = [Stop(at, tones[white], min(1.0, share * strength)) for at, share, white in self._skin]
        for skin, middle, reach in self._fins.skins(which):
            out.veil(skin, middle, reach, stops)
        rays = self._fins.rays_of(which)
        out.strokes(rays, mix(vivid, WHITE, style.ray_whiten), style.ray_alpha * strength, style.ray_px)

    def _flesh(self, out: DisplayList, colour: Colour, glow: float) -> None:
        """The body: dark, countershaded, with a lit rim and a lit ridge."""
        body, style = self._body, self._anatomy.flesh
        middle = len(body.spine) // 3
        top, low = body.back[middle], body.belly[middle]
        start, end = (float(top[0]), float(top[1])), (float(low[0]), float(low[1]))
        stops = [
            Stop(at, mix(shade, colour, tinge + lit * glow), 1.0)
            for at, shade, tinge, lit in self._countershade
        ]
        out.blend(Blend.OVER)
        if min(body.side, body.head_side) < 0.9:
            for section in body.sections():
                out.fill(section, start, end, stops)
        out.fill(body.outline(), start, end, stops)
        out.blend(Blend.ADD)
        rim = smoothstep(0.0, style.rim_straight, body.straight)
        out.strokes(body.edges, colour, rim * (style.rim_alpha + style.rim_glow * glow), style.rim_px)
        ridge, alpha = mix(colour, WHITE, style.ridge_whiten), style.ridge_alpha + style.ridge_glow * glow
        out.strokes(body.back[None], ridge, rim * alpha, style.ridge_px)
