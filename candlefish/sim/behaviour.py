"""Behaviour: selects one steering behaviour a step, by food, sleep, greeting and mood.

The layers are those of Reynolds (1999), "Steering behaviors for autonomous characters", Game Developers
Conference: `ActionSelection` chooses, `Behaviours` steer, `fish.Fish` is the locomotion.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from candlefish.sim.easing import clamp, smoothstep
from candlefish.sim.moods import Mood
from candlefish.sim.steering import Vector, arrive, avoid_walls, flee, inside, pursue

if TYPE_CHECKING:
    from collections.abc import Sequence
    from random import Random

    from candlefish.sim.fish import Fish
    from candlefish.sim.food import Piece
    from candlefish.sim.personality import Personality

FRIGHTENED_S = 2.0
GREETING_S = 4.0


class ActionSelection:
    """Selects the steering behaviour of each step (Reynolds' top layer)."""

    def __init__(self, random: Random) -> None:
        """Use one random stream for every choice."""
        self._behaviours = Behaviours(random)
        self._mood = Mood.CURIOUS
        self._prey: Piece | None = None

    def steer(self, now: Perception, dt_s: float) -> Steering:
        """Return the steering for the next `dt_s` seconds."""
        behaviours = self._behaviours
        behaviours.mood_s += dt_s
        if now.mood is not self._mood:
            self._mood = now.mood
            behaviours.begin()
        behaviours.goal_s -= dt_s
        frightened = now.mood is Mood.SHY and now.since_fright_s < FRIGHTENED_S
        if now.food and not frightened:
            return behaviours.hunt(now, self._choose_prey(now))
        self._prey = None
        steering = self._by_mood(now, dt_s)
        fish = now.fish
        margin = 0.62 * fish.length_px, 0.3 * fish.length_px
        return Steering(
            avoid_walls((fish.x, fish.y), steering.velocity, now.size, margin),
            steering.look,
            steering.agility,
        )

    def _choose_prey(self, now: Perception) -> Piece:
        """Stay with a piece until it is gone; then the nearest."""
        if self._prey not in now.food:
            fish = now.fish
            self._prey = min(now.food, key=lambda piece: math.hypot(piece.x - fish.x, piece.y - fish.y))
        assert self._prey is not None
        return self._prey

    def _by_mood(self, now: Perception, dt_s: float) -> Steering:
        behaviours = self._behaviours
        if now.mood is Mood.SHY:
            return behaviours.hide(now)
        if now.mood is Mood.EXCITED:
            greets = now.since_greeting_s < GREETING_S and now.pointer is not None
            return behaviours.greet(now, dt_s) if greets else behaviours.dart(now)
        if now.mood is Mood.LONELY and now.asleep:
            return behaviours.sleep(now)
        if now.mood is Mood.LONELY or now.pointer is None:
            return behaviours.roam(now, low=now.mood is Mood.LONELY)
        return self._with_pointer(now, dt_s)

    def _with_pointer(self, now: Perception, dt_s: float) -> Steering:
        if now.mood is Mood.PLAYFUL:
            return self._behaviours.play(now, dt_s)
        if now.mood is Mood.TRUSTING:
            return self._behaviours.keep_company(now)
        return self._behaviours.circle(now, dt_s)


def tank_scale(width_px: float, height_px: float) -> float:
    """Return the scale of the model's distances and speeds, meant for a big box, in one of this size."""
    return clamp(min(width_px / 800.0, height_px / 480.0), 0.25, 1.0)


HIDING_DEPTH = 0.44
"""Share of the height at which a shy fish hides: where pages seldom lay words over the water."""
NEAREST_PX, FARTHEST_PX = 165.0, 300.0
"""Between these a curious fish circles the pointer: it takes corners a little short."""


class Steering(NamedTuple):
    """What a behaviour returns: desired velocity (px/s), gaze target (px), and a factor on acceleration."""

    velocity: Vector
    look: Vector | None
    agility: float = 1.0


@dataclass(slots=True)
class Perception:
    """What a steering behaviour depends on. The world keeps one and fills it in each step.

    Attributes:
        pointer: where the pointer is, CSS px, or None. pointer_velocity, pointer_speed_px_s: how it moves.
        present_s: how long it has been here.
        size: of the box, CSS px. scale: of the model's distances and speeds in it. top_px_s: top speed,
            scaled.
        favourite: a place the fish has learnt to wait at, CSS px, or None. expecting: 0…1, food about now.
    """

    fish: Fish
    personality: Personality
    size: Vector
    scale: float = 1.0
    top_px_s: float = 200.0
    mood: Mood = Mood.CURIOUS
    food: Sequence[Piece] = ()
    pointer: Vector | None = None
    pointer_velocity: Vector = (0.0, 0.0)
    pointer_speed_px_s: float = 0.0
    present_s: float = 0.0
    since_fright_s: float = math.inf
    since_greeting_s: float = math.inf
    asleep: bool = False
    favourite: Vector | None = None
    expecting: float = 0.0

    @property
    def place(self) -> Vector:
        """Where the fish is, CSS px."""
        return self.fish.x, self.fish.y


class Behaviours:
    """Steering behaviours, one method each, and their state between steps: a goal, an angle, a side.

    Attributes:
        mood_s: how long the mood has lasted. goal_s: how long the goal stands.
    """

    def __init__(self, random: Random) -> None:
        """Use one random stream for every choice."""
        self._random = random
        self._angle = random.uniform(0.0, math.tau)
        self._spin = random.choice((-1.0, 1.0))
        self._side = 1.0
        self._goal: Vector | None = None
        self.goal_s = 0.0
        self.mood_s = 0.0

    def begin(self) -> None:
        """Drop the goal: a new mood has begun."""
        self.mood_s, self._goal = 0.0, None

    def hunt(self, now: Perception, prey: Piece) -> Steering:
        """Pursue a piece of food with the mouth, not with the middle."""
        fish = now.fish
        reach = fish.mouth_px
        heading = math.copysign(1.0, prey.x - fish.x) if abs(prey.x - fish.x) > 0.2 * reach else fish.facing
        target = prey.x - heading * reach, prey.y - (fish.mouth[1] - fish.y)
        speed = max(now.top_px_s, 260.0 * now.scale)
        velocity = pursue(now.place, target, (prey.vx, prey.vy), speed, 0.35 * fish.length_px)
        return Steering(velocity, (prey.x, prey.y), 1.5)

    def circle(self, now: Perception, dt_s: float) -> Steering:
        """Curious: circle the pointer at 300 px, edging closer to 150 the longer it stays."""
        assert now.pointer is not None
        fish, pointer = now.fish, now.pointer
        near = NEAREST_PX + (FARTHEST_PX - NEAREST_PX) * math.exp(-now.present_s / 25.0)
        radius = clamp(near * now.personality.distance, NEAREST_PX, FARTHEST_PX) * now.scale
        self._angle += self._spin * 0.42 * dt_s
        orbit = (
            pointer[0] + radius * math.cos(self._angle),
            pointer[1] + max(0.62 * radius, NEAREST_PX * now.scale) * math.sin(self._angle),
        )
        target = inside(orbit, now.size, (0.55 * fish.length_px, 0.28 * fish.length_px))
        if target != orbit and math.hypot(target[0] - fish.x, target[1] - fish.y) < 0.3 * fish.length_px:
            self._angle += self._spin * 0.9 * dt_s
        return Steering(arrive(now.place, target, 0.8 * now.top_px_s, 220.0 * now.scale), pointer)

    def play(self, now: Perception, dt_s: float) -> Steering:
        """Playful: figure-eights about the pointer, which becomes a chase when the pointer runs."""
        assert now.pointer is not None
        fish, pointer = now.fish, now.pointer
        self._angle += 1.5 * dt_s
        chase = smoothstep(250.0, 500.0, now.pointer_speed_px_s)
        wide = (190.0 - 110.0 * chase) * now.scale
        eight = (
            pointer[0] + wide * math.sin(self._angle),
            pointer[1] + 0.5 * wide * math.sin(2.0 * self._angle),
        )
        target = inside(eight, now.size, (0.45 * fish.length_px, 0.22 * fish.length_px))
        velocity = pursue(now.place, target, now.pointer_velocity, now.top_px_s, 90.0 * now.scale)
        return Steering(velocity, pointer, 1.3)

    def greet(self, now: Perception, dt_s: float) -> Steering:
        """Greet a friend: straight to the pointer, and once round it, close."""
        assert now.pointer is not None
        pointer, fish = now.pointer, now.fish
        self._angle += 2.6 * self._spin * dt_s
        near = 0.45 * fish.length_px + 20.0 * now.scale
        ring = pointer[0] + near * math.cos(self._angle), pointer[1] + 0.6 * near * math.sin(self._angle)
        target = inside(ring, now.size, (0.5 * fish.length_px, 0.25 * fish.length_px))
        return Steering(arrive(now.place, target, now.top_px_s, 160.0 * now.scale), pointer, 1.5)

    def keep_company(self, now: Perception) -> Steering:
        """Trusting: hang at the pointer's side, nose towards it, and hardly move."""
        assert now.pointer is not None
        fish, pointer, scale = now.fish, now.pointer, now.scale
        beside = 0.62 * fish.length_px + 24.0 * scale
        if abs(fish.x - pointer[0]) > 0.5 * beside:
            self._side = math.copysign(1.0, fish.x - pointer[0])
        room = pointer[0] + self._side * beside
        if not 0.5 * fish.length_px < room < now.size[0] - 0.5 * fish.length_px:
            self._side = -self._side
        bob = 6.0 * scale * math.sin(self.mood_s * 1.1)
        target = inside(
            (pointer[0] + self._side * beside, pointer[1] + bob),
            now.size,
            (0.5 * fish.length_px, 0.25 * fish.length_px),
        )
        return Steering(arrive(now.place, target, 0.9 * now.top_px_s, 200.0 * scale), pointer)

    def hide(self, now: Perception) -> Steering:
        """Shy: flee, then hide at the side away from the danger, and peek now and then."""
        fish, pointer = now.fish, now.pointer
        if pointer is not None and now.since_fright_s < 0.8:
            return self._bolt(now, pointer)
        if self._goal is None:
            danger_x = pointer[0] if pointer else fish.x
            side = 1.0 if danger_x < now.size[0] / 2 else 0.0
            self._goal = side * now.size[0], HIDING_DEPTH * now.size[1]
        peek = 0.5 * fish.length_px * smoothstep(0.3, 0.9, math.sin(self.mood_s * 1.3 - 1.6))
        inward = 1.0 if self._goal[0] == 0.0 else -1.0
        target = inside(
            (self._goal[0] + inward * (0.5 * fish.length_px + peek), self._goal[1]),
            now.size,
            (0.5 * fish.length_px, 0.25 * fish.length_px),
        )
        return Steering(arrive(now.place, target, now.top_px_s, 140.0 * now.scale), pointer)

    @staticmethod
    def _bolt(now: Perception, danger: Vector) -> Steering:
        """Flee from the danger, though never into a corner or out of sight."""
        fish, (width, height) = now.fish, now.size
        away = flee(now.place, danger, fish.length_px)
        refuge = inside(
            (fish.x + away[0], 0.5 * (fish.y + away[1] + HIDING_DEPTH * height)),
            (width, height),
            (0.55 * fish.length_px, 0.3 * fish.length_px),
        )
        return Steering(arrive(now.place, refuge, 1.9 * now.top_px_s, 0.4 * fish.length_px), danger, 1.9)

    def dart(self, now: Perception) -> Steering:
        """Excited with nothing to eat: short darts about the pointer, or about the middle."""
        fish = now.fish
        centre = now.pointer or (now.size[0] / 2, now.size[1] / 2)
        if self._goal is None or self.goal_s <= 0.0:
            self.goal_s = self._random.uniform(0.55, 0.9)
            wide = 260.0 * now.scale
            self._goal = inside(
                (
                    centre[0] + self._random.uniform(-wide, wide),
                    centre[1] + self._random.uniform(-0.6 * wide, 0.6 * wide),
                ),
                now.size,
                (0.5 * fish.length_px, 0.25 * fish.length_px),
            )
        return Steering(arrive(now.place, self._goal, now.top_px_s, 120.0 * now.scale), now.pointer, 1.6)

    def roam(self, now: Perception, *, low: bool) -> Steering:
        """Wander without a pointer: from place to place across the box; a lonely fish low and slowly.

        One that has learnt where food comes waits about there, and the more so when it is about time.
        """
        fish = now.fish
        if self._goal is None or self.goal_s <= 0.0:
            self.goal_s = self._random.uniform(6.0, 9.0) if low else self._random.uniform(4.0, 7.0)
            self._goal = inside(
                self._next_place(now, low=low), now.size, (0.6 * fish.length_px, 0.25 * fish.length_px)
            )
        speed, agility = (0.6 * now.top_px_s, 0.5) if low else (0.42 * now.top_px_s, 0.7)
        return Steering(arrive(now.place, self._goal, speed, 0.9 * fish.length_px), None, agility)

    def _next_place(self, now: Perception, *, low: bool) -> Vector:
        fish, (width, height) = now.fish, now.size
        ahead = width * self._random.uniform(0.3, 0.6) * (1.0 if fish.x < width / 2 else -1.0)
        depth = self._random.uniform(0.68, 0.8) if low else self._random.uniform(0.3, 0.68)
        if now.favourite is not None and self._random.random() < 0.4 + 0.6 * now.expecting:
            return now.favourite[0] + 0.1 * ahead, now.favourite[1]
        return fish.x + ahead, height * depth

    def sleep(self, now: Perception) -> Steering:
        """Asleep: sink to the floor at the nearer side and hang there, swaying a little."""
        fish, (width, height) = now.fish, now.size
        if self._goal is None or self.goal_s <= 0.0:
            self.goal_s = math.inf
            self._goal = (0.3 if fish.x < width / 2 else 0.7) * width, 0.86 * height
        sway = 4.0 * now.scale * math.sin(0.5 * self.mood_s)
        target = inside(
            (self._goal[0] + sway, self._goal[1]), now.size, (0.6 * fish.length_px, 0.25 * fish.length_px)
        )
        return Steering(arrive(now.place, target, 0.4 * now.top_px_s, 0.8 * fish.length_px), None, 0.5)
