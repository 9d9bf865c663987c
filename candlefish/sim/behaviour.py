"""What the fish is up to: in each step one manner of swimming, by food, sleep, greeting and mood."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from candlefish.sim.easing import clamp
from candlefish.sim.manners import Manners, Situation, Wish
from candlefish.sim.mood import Mood
from candlefish.sim.steering import avoid_walls

if TYPE_CHECKING:
    from random import Random

    from candlefish.sim.food import Piece

FRIGHTENED_S = 2.0
GREETING_S = 4.0


class Behaviour:
    """Chooses a wish in each step."""

    def __init__(self, random: Random) -> None:
        """Use one random stream for every choice."""
        self._manners = Manners(random)
        self._mood = Mood.CURIOUS
        self._prey: Piece | None = None

    def wish(self, now: Situation, dt_s: float) -> Wish:
        """Return the wish for the next `dt_s` seconds."""
        manners = self._manners
        manners.mood_s += dt_s
        if now.mood is not self._mood:
            self._mood = now.mood
            manners.begin()
        manners.goal_s -= dt_s
        frightened = now.mood is Mood.SHY and now.since_fright_s < FRIGHTENED_S
        if now.food and not frightened:
            return manners.hunt(now, self._choose_prey(now))
        self._prey = None
        wish = self._by_mood(now, dt_s)
        fish = now.fish
        margin = 0.62 * fish.length_px, 0.3 * fish.length_px
        return Wish(avoid_walls((fish.x, fish.y), wish.velocity, now.size, margin), wish.look, wish.agility)

    def _choose_prey(self, now: Situation) -> Piece:
        """Stay with a piece until it is gone; then the nearest."""
        if self._prey not in now.food:
            fish = now.fish
            self._prey = min(now.food, key=lambda piece: math.hypot(piece.x - fish.x, piece.y - fish.y))
        assert self._prey is not None
        return self._prey

    def _by_mood(self, now: Situation, dt_s: float) -> Wish:
        manners = self._manners
        if now.mood is Mood.SHY:
            return manners.hide(now)
        if now.mood is Mood.EXCITED:
            greets = now.since_greeting_s < GREETING_S and now.pointer is not None
            return manners.greet(now, dt_s) if greets else manners.dart(now)
        if now.mood is Mood.LONELY and now.asleep:
            return manners.sleep(now)
        if now.mood is Mood.LONELY or now.pointer is None:
            return manners.roam(now, low=now.mood is Mood.LONELY)
        return self._with_pointer(now, dt_s)

    def _with_pointer(self, now: Situation, dt_s: float) -> Wish:
        if now.mood is Mood.PLAYFUL:
            return self._manners.play(now, dt_s)
        if now.mood is Mood.TRUSTING:
            return self._manners.keep_company(now)
        return self._manners.circle(now, dt_s)


def tank_scale(width_px: float, height_px: float) -> float:
    """Return the scale of the model's distances and speeds, meant for a big box, in one of this size."""
    return clamp(min(width_px / 800.0, height_px / 480.0), 0.25, 1.0)
