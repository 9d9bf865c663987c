"""A scripted visit of a minute, played by the native Python and by the browser's."""

from __future__ import annotations

import json
import math

from candlefish.draw.scene import Scene
from candlefish.sim.inputs import Input, InputKind
from candlefish.sim.memory import new_memory
from candlefish.sim.world import World

SECONDS = 60


def pointer(now_s: float) -> tuple[float, float] | None:
    """Wander, rest, whip, leave, play: whole px, so that both sides get the same to the last bit."""
    if now_s < 20:
        return round(640 + 300 * math.sin(0.4 * now_s)), round(360 + 150 * math.sin(0.7 * now_s))
    if now_s < 21:
        return round(640 + 400 * math.sin(14 * now_s)), 300
    if now_s < 32:
        return None
    return round(640 + 230 * math.cos(1.5 * now_s)), round(360 + 160 * math.sin(1.5 * now_s))


def play(seed: int) -> str:
    """Return what happened as JSON: places each second, mood changes, trust, pieces eaten."""
    world = World(1280.0, 720.0, seed=seed, memory=new_memory("a", 0.0).with_trust(48.0))
    scene = Scene()
    places: list[tuple[float, float]] = []
    changes: list[tuple[float, object]] = []
    for frame in range(60 * SECONDS):
        now_s = frame / 60
        at = pointer(now_s)
        if at:
            world.push(Input(InputKind.MOVE, *at, world.now_s))
        elif frame == 21 * 60:
            world.push(Input(InputKind.LEAVE, math.nan, math.nan, world.now_s))
        if frame % 660 == 300:
            world.push(Input(InputKind.FEED, 200.0 + frame % 900, 250.0, world.now_s))
        world.advance(1 / 60)
        if frame % 60 == 0:
            scene.render(world)
            places.append((world.fish.x, world.fish.y))
        changes += [(e.at_s, e.detail["to"]) for e in world.drain_events() if e.name == "moodchange"]
    return json.dumps(
        {"places": places, "changes": changes, "trust": world.mind.trust.value, "eaten": world.food.eaten}
    )
