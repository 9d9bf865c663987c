"""Insight into the fish: its senses and affect, and the conditions of each change of mood."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from candlefish.sim.affect import rest_point
from candlefish.sim.moods import TABLE, Mood
from candlefish.sim.stimuli import STIMULI

if TYPE_CHECKING:
    from candlefish.sim.world import World

FADE_TAU_S = 0.6
"""Time constant by which an event, which lasts one step, fades on the screen."""


class StimulusStrengths:
    """Strength of each stimulus, 0…1: of a lasting one as it is, of an event as it fades."""

    def __init__(self) -> None:
        """Start from none."""
        self._strengths = dict.fromkeys((row.name for row in STIMULI), 0.0)
        self._eaten = 0

    def update(self, world: World, elapsed_s: float) -> None:
        """Read them from the world, `elapsed_s` after the last time."""
        fading = math.exp(-elapsed_s / FADE_TAU_S)
        for row in STIMULI:
            now = float(row.strength(world.mind.senses)) if row.strength else 0.0
            self._strengths[row.name] = now if row.lasting else max(now, self._strengths[row.name] * fading)
        if world.mind.excitement.since_food_s <= elapsed_s:
            self._strengths["food"] = 1.0
        if world.food.eaten > self._eaten:
            self._strengths["eating"] = 1.0
        self._eaten = world.food.eaten

    def now(self) -> dict[str, float]:
        """Return them by name, rounded."""
        return {name: round(strength, 3) for name, strength in self._strengths.items()}


def insight(world: World, strengths: StimulusStrengths) -> dict[str, Any]:
    """Return the world's state, stimuli and ways out of the mood, as plain values."""
    rest = rest_point(world.mind.trust.value, world.hour)
    place = world.mind.senses.place
    return {
        **world.state(),
        "dwell_s": round(world.mind.mood_state.dwell_s, 2),
        "rest": [round(part, 3) for part in rest],
        "hour": round(world.hour, 3),
        "startle": round(world.mind.senses.startle, 3),
        "stimuli": strengths.now(),
        "pointer": None if place is None else [round(place[0], 1), round(place[1], 1)],
        "ways": ways(world),
    }


def ways(world: World) -> list[dict[str, Any]]:
    """Return the ways out of the mood: target, reason, and each condition with whether it holds now."""
    context, thresholds = world.mind.context, world.thresholds
    return [
        {
            "to": row.target.value,
            "reason": row.reason,
            "all": row.needs_all,
            "conditions": [[str(one), one.test(thresholds)(context)] for one in row.conditions],
        }
        for row in TABLE
        if world.mood in row.sources
    ]


def arrows() -> list[dict[str, Any]]:
    """Return the transition table as a diagram: from each mood to each other, with the reasons."""
    pairs = (
        (a, b, [row.reason for row in TABLE if a in row.sources and row.target is b])
        for a in Mood
        for b in Mood
    )
    return [{"from": a.value, "to": b.value, "reasons": reasons} for a, b, reasons in pairs if reasons]
