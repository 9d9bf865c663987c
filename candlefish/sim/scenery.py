"""Scenery: plankton, ripples, bubbles, the trail and the pulse of the light, which nothing depends on."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from candlefish.sim.easing import clamp
from candlefish.sim.fish import ELEVATION
from candlefish.sim.particles import Bubbles, Ripples, Trail
from candlefish.sim.plankton import Dust, Plankton, Wake
from candlefish.sim.water import WATER

if TYPE_CHECKING:
    from candlefish.sim.appearance import Appearance
    from candlefish.sim.fish import Fish
    from candlefish.sim.rng import Streams
    from candlefish.sim.senses import Senses
    from candlefish.sim.steering import Vector
    from candlefish.sim.water import WaterStyle


class Scenery:
    """Everything in the water that never acts on the fish; a world without scenery never updates it.

    Attributes:
        pulse: 0…1, phase of the light organs. celebration: 0…1, a joy that fades.
    """

    def __init__(
        self, fish: Fish, streams: Streams, *, alive: bool, dust: int, water: WaterStyle = WATER
    ) -> None:
        """Fill the water about `fish`; what is not `alive` takes no room and stays still.

        `dust` counts the specks too fine to be drawn alone.
        """
        self.alive, self._style = alive, water
        self._fish = fish
        self.plankton = Plankton(water.plankton.specks if alive else 0, streams, water.plankton)
        self.wake = Wake(water.wake)
        self.dust = Dust(dust if alive else 0, streams, water.dust)
        self.ripples = Ripples(water.ripples)
        self.bubbles = Bubbles(streams["bubbles"], water.bubbles)
        self.trail = Trail(fish.x, fish.y, water.trail)
        self.pulse = 0.0
        self.celebration = 0.0
        self._odd = False
        self._sigh_s = water.joy.first_sigh_s

    def update(
        self, size: Vector, scale: float, appearance: Appearance, senses: Senses, time_s: float, dt_s: float
    ) -> None:
        """Let `dt_s` seconds pass, up to `time_s`.

        What stirs the water acts at half the rate, by turns on the far specks and on the near ones: it is
        soft and slow, and no step does all of it.
        """
        self.ripples.update(dt_s)
        self.bubbles.update(*size, scale, dt_s)
        self.plankton.drift(size, time_s, dt_s)
        self._odd = not self._odd
        if self._odd:
            self._stir_near(size, 2.0 * dt_s)
        else:
            self._stir_far(size, appearance.glow, senses, 2.0 * dt_s)
        self._leave_trail(dt_s)
        self.pulse = (self.pulse + appearance.pulse_hz * dt_s) % 1.0
        self.celebration *= math.exp(-dt_s / self._style.joy.fade_tau_s)

    def _leave_trail(self, dt_s: float) -> None:
        fish = self._fish
        tail = fish.spine.points[:, -1]
        self.trail.update(
            fish.x + float(tail[0]) * fish.length_px,
            fish.y + float(tail[1] + ELEVATION * tail[2]) * fish.length_px,
            clamp(fish.speed_px_s / self._style.trail.full_px_s, 0.0, 1.0),
            dt_s,
        )

    def _stir_near(self, size: Vector, dt_s: float) -> None:
        """Let the fish stir and light the specks that are drawn one by one."""
        fish, style = self._fish, self._style.plankton
        body = (fish.x, fish.y, fish.vx, fish.vy)
        self.plankton.stir(size, body, style.stir_reach * fish.length_px + style.stir_reach_px, dt_s)

    def _stir_far(self, size: Vector, glow: float, senses: Senses, dt_s: float) -> None:
        """Let the fish and the visitor's pointer drag the water along, and its dust shine."""
        fish, wake, style = self._fish, self.wake, self._style.wake
        wake.settle(dt_s)
        light = clamp(style.light + fish.speed_px_s / style.light_px_s, 0.0, 1.0)
        light *= clamp(style.light_dim + style.light_glow * glow, 0.0, 1.0)
        reach_px = style.reach * fish.length_px + style.reach_px
        wake.stir(size, (fish.x, fish.y), (fish.vx, fish.vy), reach_px, light, dt_s)
        pointer = senses.pointer
        if (place := senses.place) is not None and pointer.speed_px_s > style.pointer_px_s:
            light = clamp(pointer.speed_px_s / style.pointer_light_px_s, 0.0, style.pointer_light_most)
            reach_px = style.pointer_reach_px + style.pointer_reach * min(size)
            wake.stir(size, place, (pointer.vx, pointer.vy), reach_px, light, dt_s)
        self.dust.update(size, wake, dt_s)

    def ring(
        self,
        x: float,
        y: float,
        radius_px: float,
        strength: float = 1.0,
        delays_s: tuple[float, ...] = (0.0,),
    ) -> None:
        """Start a ring at a place after each delay."""
        if self.alive:
            for delay_s in delays_s:
                self.ripples.add(x, y, radius_px, strength, delay_s)

    def breathe(self, x: float, y: float, count: int, scale: float) -> None:
        """Let bubbles out at a place."""
        if self.alive:
            self.bubbles.breathe(x, y, count, scale)

    def celebrate(self, strength: float, scale: float) -> None:
        """Show joy: a swell of light, bubbles and a double ring."""
        self.celebration = max(self.celebration, strength)
        fish = self._fish
        self.breathe(fish.x, fish.y, self._style.joy.bubbles, scale)
        self.ring(fish.x, fish.y, self._style.joy.ring_px * scale, strength, (0.0, 0.25))

    def sigh(self, scale: float, dt_s: float) -> None:
        """Alone for another `dt_s` seconds: a bubble goes now and then."""
        self._sigh_s -= dt_s
        if self._sigh_s <= 0.0:
            self._sigh_s = self._style.joy.sigh_every_s
            self.breathe(*self._fish.mouth, 1, scale)

    def stretch(self, sx: float, sy: float) -> None:
        """The box has grown by these factors; everything keeps its relative place."""
        for bubble in self.bubbles.all:
            bubble.x, bubble.y = bubble.x * sx, bubble.y * sy
        for ring in self.ripples.rings:
            ring.x, ring.y = ring.x * sx, ring.y * sy
        self.trail.x *= sx
        self.trail.y *= sy
