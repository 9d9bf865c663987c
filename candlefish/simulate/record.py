"""What became of a simulated visit: the record, and the timeline behind a picture of it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from candlefish.sim.moods import Mood

if TYPE_CHECKING:
    from candlefish.sim.world import World

SAMPLE_S = 0.25


@dataclass(frozen=True, slots=True)
class Sample:
    """The world at one moment of a timeline."""

    t_s: float
    mood: Mood
    trust: float
    valence: float
    arousal: float


@dataclass(frozen=True, slots=True)
class Change:
    """A change of mood."""

    t_s: float
    before: Mood
    after: Mood
    reason: str


@dataclass(slots=True)
class Record:
    """One visit. `seconds_in` counts the time spent in each mood."""

    seed: int
    trust_start: float
    trust_end: float
    mood_start: Mood
    changes: list[Change] = field(default_factory=list)
    samples: list[Sample] = field(default_factory=list)
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


class Watcher:
    """Fills a record from a living world."""

    def __init__(self, world: World) -> None:
        """Begin at the world's present."""
        self._world = world
        self._steps = world.clock.step
        self._sample_s = world.time_s
        self.record = Record(world.seed, world.mind.trust.value, world.mind.trust.value, world.mood)
        self._sample()

    def look(self) -> None:
        """Note what has happened since the last look; look at least once a mood's dwell."""
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
                record.changes.append(Change(event.at_s, before, after, str(detail["reason"])))
            elif event.name == "milestone":
                record.milestones.append((event.at_s, str(detail["name"])))

    def done(self) -> Record:
        """Return the record of what was looked at, with how it ended."""
        self.look()
        world, record = self._world, self.record
        record.trust_end = world.mind.trust.value
        record.food_offered, record.food_eaten = world.food.offered, world.food.eaten
        return record

    def _sample(self) -> None:
        world = self._world
        affect = world.mind.affect
        self.record.samples.append(
            Sample(world.time_s, world.mood, world.mind.trust.value, affect.valence, affect.arousal)
        )
        self._sample_s += SAMPLE_S
