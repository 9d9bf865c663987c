"""Scripted moments: which mood, how large, at what time; and the world at each frame of them."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from candlefish.sim.clock import STEP_S
from candlefish.sim.inputs import Input, InputKind
from candlefish.sim.moods import Mood, MoodState
from candlefish.sim.world import World

if TYPE_CHECKING:
    from collections.abc import Iterator


@dataclass(frozen=True, slots=True)
class Plan:
    """A visit that can be drawn.

    Attributes:
        size: the box, CSS px.
        seed: of every random stream.
        moods: the mood to be in from each time on, (s, mood), in order; the fish does not choose.
        pointer: whether a visitor's pointer circles gently.
        food_s: when a piece of food is offered.
        taps_s: when the water is tapped.
        hour: of the day, 0…24.
    """

    size: tuple[float, float] = (1280.0, 720.0)
    seed: int = 7
    moods: tuple[tuple[float, Mood], ...] = ((0.0, Mood.CURIOUS),)
    pointer: bool = True
    food_s: tuple[float, ...] = ()
    taps_s: tuple[float, ...] = ()
    hour: float = 12.0

    def begin(self) -> World:
        """Return the world at time 0."""
        world = World(*self.size, seed=self.seed, now_ms=self.hour * 3_600_000.0)
        self._hold(world)
        world.appearance.ease(world.mood, world.params[world.mood], 60.0)
        return world

    def step(self, world: World) -> None:
        """Live one fixed step."""
        now_s = world.time_s
        width, height = self.size
        if self.pointer:
            turn = 1.1 * now_s
            place = width * (0.5 + 0.16 * math.cos(turn)), height * (0.48 + 0.18 * math.sin(turn))
            world.push(Input(InputKind.MOVE, *place, world.now_s))
        for kind, times in ((InputKind.FEED, self.food_s), (InputKind.DOWN, self.taps_s)):
            for index, at_s in enumerate(times):
                if now_s <= at_s < now_s + STEP_S:
                    x = width * (0.3 + 0.4 * (index * 0.618 % 1.0))
                    world.push(Input(kind, x, 0.3 * height, world.now_s))
        self._hold(world)
        world.advance(STEP_S)
        self._hold(world)

    def _hold(self, world: World) -> None:
        mood = [mood for at_s, mood in self.moods if at_s <= world.time_s + 1e-9][-1]
        if world.mood is not mood:
            world.mood_state = MoodState(mood, "asked for")


def worlds(plan: Plan, begin_s: float, frames: int, fps: float) -> Iterator[World]:
    """Yield the same world at each of so many frames from `begin_s` on."""
    world = plan.begin()
    for frame in range(frames):
        until_s = begin_s + frame / fps
        while world.time_s + STEP_S / 2.0 < until_s:
            plan.step(world)
        yield world
