"""Runs: a persona's visit, or a recorded one, lived natively and faster than time."""

from __future__ import annotations

from typing import TYPE_CHECKING

from candlefish.sim.memory import Memory, new_memory
from candlefish.sim.trust import FIRST_FEED, MILESTONES
from candlefish.sim.world import World
from candlefish.simulate.record import Record, Watcher
from candlefish.simulate.visitor import SAMPLED_HZ, SIZE_PX, Actor

if TYPE_CHECKING:
    from candlefish.sim.replay import InputLog
    from candlefish.simulate.persona import Persona, Visitor

DAY_MS = 86_400_000
TODAY_MS = 20_000 * DAY_MS
"""The day on which simulated visits happen: some day in 2024."""


def simulate(
    persona: Persona,
    seconds: float,
    *,
    seed: int = 1,
    size: tuple[float, float] = SIZE_PX,
    complexity: str = "standard",
    trust_rate: float = 1.0,
    hz: float = SAMPLED_HZ,
) -> Record:
    """Let a persona visit for `seconds`; frames come and the pointer is sampled `hz` times a second."""
    world = World(
        *size,
        seed=seed,
        memory=remembered(persona.visitor),
        now_ms=now_ms(persona.visitor),
        complexity=complexity,
        trust_rate=trust_rate,
        scenery=False,
    )
    return visit(world, Actor(persona, seed, size), seconds, hz)


def visit(world: World, actor: Actor, seconds: float, hz: float = SAMPLED_HZ) -> Record:
    """Let an actor visit a world for `seconds`."""
    watcher = Watcher(world)
    for frame in range(round(seconds * hz)):
        actor.act(world, (frame + 1) / hz)
        world.advance(1.0 / hz)
        watcher.look()
    return watcher.done()


def replay(log: InputLog) -> Record:
    """Live a recorded visit again."""
    lives = log.replay(scenery=False)
    watcher = Watcher(next(lives))
    for _ in lives:
        watcher.look()
    return watcher.done()


def now_ms(visitor: Visitor) -> float:
    """Return the visitor's local time at the start, epoch ms."""
    return TODAY_MS + visitor.hour / 24.0 * DAY_MS % DAY_MS


def remembered(visitor: Visitor) -> Memory:
    """Return what the fish remembers of a visitor: their trust, and the days they came, one after another."""
    visits = int(visitor.visits)
    last_ms = now_ms(visitor) - (int(visitor.days_away) * DAY_MS if visits else 0)
    memory = new_memory("visitor", last_ms - max(0, visits - 1) * DAY_MS).with_trust(visitor.trust)
    for earlier in reversed(range(visits)):
        memory = memory.visit(last_ms - earlier * DAY_MS)
    for name, level in MILESTONES:
        memory = memory.reached(name) if visits and visitor.trust >= level else memory
    return memory.reached(FIRST_FEED) if visits else memory
