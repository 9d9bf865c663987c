"""Simulated visitors: each moves a pointer and feeds, as a function of time."""

from __future__ import annotations

import math
from collections.abc import Callable
from random import Random
from typing import TYPE_CHECKING

from candlefish.sim.inputs import Input, InputKind
from candlefish.sim.memory import Memory, new_memory
from candlefish.sim.world import World

if TYPE_CHECKING:
    from candlefish.sim.world import WorldEvent

SIZE = (1280.0, 720.0)

Visitor = Callable[[World, float], None]


def remembered(trust: float) -> Memory:
    """The memory of someone at this level of trust."""
    return new_memory("test", 0.0).with_trust(trust)


def make_world(seed: int = 1, trust: float | None = None, complexity: str = "standard") -> World:
    memory = None if trust is None else remembered(trust)
    return World(*SIZE, seed=seed, memory=memory, complexity=complexity)


def point(world: World, x: float, y: float, kind: InputKind = InputKind.MOVE) -> None:
    world.push(Input(kind, x, y, world.now_s))


def visit(world: World, visitor: Visitor, seconds: float, hz: float = 60.0) -> list[WorldEvent]:
    """Let a visitor act once a frame, and return all events."""
    events: list[WorldEvent] = []
    start_s = world.time_s
    for frame in range(round(seconds * hz)):
        visitor(world, start_s + frame / hz)
        world.advance(1.0 / hz)
        events += world.drain_events()
    return events


def nobody(world: World, now_s: float) -> None:
    """Someone who left the page open."""


def gentle(seed: int, feed_every_s: float = 16.0) -> Visitor:
    """Moves from place to place at walking pace, rests a little, feeds now and then."""
    random = Random(seed)
    at, goal, until_s, feed_s = (640.0, 360.0), (640.0, 360.0), 0.0, 6.0
    last_s = 0.0

    def act(world: World, now_s: float) -> None:
        nonlocal at, goal, until_s, feed_s, last_s
        dt_s, last_s = now_s - last_s, now_s
        if now_s >= until_s:
            goal, until_s = (
                (random.uniform(200, 1080), random.uniform(150, 570)),
                now_s + random.uniform(2, 5),
            )
        gap = math.dist(at, goal)
        if gap > 2.0:
            share = min(gap, 150.0 * dt_s) / gap
            at = at[0] + (goal[0] - at[0]) * share, at[1] + (goal[1] - at[1]) * share
            point(world, at[0], at[1])
        if now_s >= feed_s:
            feed_s = now_s + feed_every_s
            point(world, at[0], at[1], InputKind.FEED)

    return act


def wiggler(hz: float = 3.0, reach_px: float = 60.0) -> Visitor:
    """Shakes the pointer in one place."""

    def act(world: World, now_s: float) -> None:
        point(world, 640.0 + reach_px * math.sin(math.tau * hz * now_s), 360.0)

    return act


def frantic(speed_px_s: float = 2600.0) -> Visitor:
    """Whips the pointer across the box without end."""

    def act(world: World, now_s: float) -> None:
        lap = (now_s * speed_px_s / 1000.0) % 2.0
        point(world, 140.0 + 1000.0 * min(lap, 2.0 - lap), 360.0 + 200.0 * math.sin(now_s))

    return act


def lively(world: World, now_s: float) -> None:
    """Draws wide, quick, soft circles."""
    angle = 1.4 * now_s
    point(
        world, 640.0 + 220.0 * math.cos(angle) + 60.0 * math.sin(0.3 * now_s), 360.0 + 160.0 * math.sin(angle)
    )


def resting(world: World, now_s: float) -> None:
    """Keeps a quiet pointer near the middle, with a small movement now and then."""
    point(world, 640.0 + 8.0 * math.sin(0.9 * now_s), 360.0)
