"""Simulation: a persona's visit, or a recorded one, run natively and faster than time; and its record."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from candlefish.sim.memory import Memory, new_memory
from candlefish.sim.moods import Mood
from candlefish.sim.trust import FIRST_FEED, MILESTONES
from candlefish.sim.world import World
from candlefish.simulate.visitor import SAMPLED_HZ, SIZE_PX, SimulatedVisitor

if TYPE_CHECKING:
    from candlefish.sim.replay import InputLog
    from candlefish.simulate.persona import Persona, VisitorProfile

SAMPLE_S = 0.25


@dataclass(frozen=True, slots=True)
class TimelineSample:
    """The world at one moment of a timeline."""

    t_s: float
    mood: Mood
    trust: float
    valence: float
    arousal: float


@dataclass(frozen=True, slots=True)
class MoodChange:
    """A change of mood."""

    t_s: float
    before: Mood
    after: Mood
    reason: str


@dataclass(slots=True)
class VisitRecord:
    """One visit. `seconds_in` counts the time spent in each mood."""

    seed: int
    trust_start: float
    trust_end: float
    mood_start: Mood
    changes: list[MoodChange] = field(default_factory=list)
    samples: list[TimelineSample] = field(default_factory=list)
    milestones: list[tuple[float, str]] = field(default_factory=list)
    steps_in: dict[Mood, int] = field(default_factory=dict)
    food_offered: int = 0
    food_eaten: int = 0

    @property
    def share(self) -> dict[str, float]:
        """Fraction of the time spent in each mood that was shown; they sum to 1."""
        total = sum(self.steps_in.values())
        if not total:
            return {self.mood_start.value: 1.0}
        return {mood.value: self.steps_in[mood] / total for mood in Mood if self.steps_in.get(mood)}

    def as_json(self) -> dict[str, object]:
        """Return the record as plain values."""
        return {
            "seed": self.seed,
            "trust_start": round(self.trust_start, 4),
            "trust_end": round(self.trust_end, 4),
            "changes": [[round(c.t_s, 3), c.before.value, c.after.value, c.reason] for c in self.changes],
            "share": {mood: round(share, 6) for mood, share in self.share.items()},
            "food_offered": self.food_offered,
            "food_eaten": self.food_eaten,
        }


class VisitRecorder:
    """Fills a record from a living world."""

    def __init__(self, world: World) -> None:
        """Begin at the world's present."""
        self._world = world
        self._steps = world.clock.step
        self._sample_s = world.time_s
        self.record = VisitRecord(world.seed, world.mind.trust.value, world.mind.trust.value, world.mood)
        self._sample()

    def observe(self) -> None:
        """Record the events since the last call; call at least once a mood's dwell."""
        world, record = self._world, self.record
        step, mood = world.clock.step, world.mood
        record.steps_in[mood] = record.steps_in.get(mood, 0) + step - self._steps
        self._steps = step
        if world.time_s >= self._sample_s:
            self._sample()
        for event in world.drain_events():
            detail = event.detail
            if event.name == "moodchange":
                before, after = Mood(str(detail["from"])), Mood(str(detail["to"]))
                record.changes.append(MoodChange(event.at_s, before, after, str(detail["reason"])))
            elif event.name == "milestone":
                record.milestones.append((event.at_s, str(detail["name"])))

    def finish(self) -> VisitRecord:
        """Observe once more and return the record."""
        self.observe()
        world, record = self._world, self.record
        record.trust_end = world.mind.trust.value
        record.food_offered, record.food_eaten = world.food.offered, world.food.eaten
        return record

    def _sample(self) -> None:
        world = self._world
        affect = world.mind.affect
        self.record.samples.append(
            TimelineSample(world.time_s, world.mood, world.mind.trust.value, affect.valence, affect.arousal)
        )
        self._sample_s += SAMPLE_S


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
) -> VisitRecord:
    """Simulate a persona's visit of `seconds`, with `hz` frames and pointer samples a second."""
    world = World(
        *size,
        seed=seed,
        memory=memory_of(persona.visitor),
        now_ms=now_ms(persona.visitor),
        complexity=complexity,
        trust_rate=trust_rate,
        scenery=False,
    )
    return visit(world, SimulatedVisitor(persona, seed, size), seconds, hz)


def visit(world: World, visitor: SimulatedVisitor, seconds: float, hz: float = SAMPLED_HZ) -> VisitRecord:
    """Play a simulated visitor to a world for `seconds`."""
    recorder = VisitRecorder(world)
    for frame in range(round(seconds * hz)):
        visitor.act(world, (frame + 1) / hz)
        world.advance(1.0 / hz)
        recorder.observe()
    return recorder.finish()


def replay(log: InputLog) -> VisitRecord:
    """Replay a recorded visit."""
    lives = log.replay(scenery=False)
    recorder = VisitRecorder(next(lives))
    for _ in lives:
        recorder.observe()
    return recorder.finish()


def now_ms(visitor: VisitorProfile) -> float:
    """Return the visitor's local time at the start, epoch ms."""
    return TODAY_MS + visitor.hour / 24.0 * DAY_MS % DAY_MS


def memory_of(visitor: VisitorProfile) -> Memory:
    """Return the fish's memory of a visitor: their trust, and the days of their visits."""
    visits = int(visitor.visits)
    last_ms = now_ms(visitor) - (int(visitor.days_away) * DAY_MS if visits else 0)
    memory = new_memory("visitor", last_ms - max(0, visits - 1) * DAY_MS).with_trust(visitor.trust)
    for earlier in reversed(range(visits)):
        memory = memory.visit(last_ms - earlier * DAY_MS)
    for name, level in MILESTONES:
        memory = memory.reached(name) if visits and visitor.trust >= level else memory
    return memory.reached(FIRST_FEED) if visits else memory
