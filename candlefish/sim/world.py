"""The world: one fish, its water and its visitor, advanced in fixed steps by inputs alone."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol

from candlefish.sim.anatomy import ANATOMY
from candlefish.sim.appearance import Appearance
from candlefish.sim.behaviour import ActionSelection, Perception, tank_scale
from candlefish.sim.clock import STEP_S, FixedStepClock
from candlefish.sim.easing import clamp
from candlefish.sim.fish import Fish, length_for
from candlefish.sim.food import Food
from candlefish.sim.inputs import Input, InputKind, InputQueue
from candlefish.sim.learning import explained
from candlefish.sim.memory import Memory, new_memory
from candlefish.sim.mind import Mind
from candlefish.sim.moods import LEVELS, Mood
from candlefish.sim.rng import Streams
from candlefish.sim.scenery import Scenery
from candlefish.sim.trust import FIRST_FEED
from candlefish.sim.tuning import MoodParams, Tuning, default_tuning
from candlefish.sim.water import WATER

if TYPE_CHECKING:
    from collections.abc import Mapping

    from candlefish.sim.anatomy import Anatomy
    from candlefish.sim.moods import Thresholds
    from candlefish.sim.water import WaterStyle

MIN_SIZE_PX = 16.0
MAX_SIZE_PX = 16384.0
NEAR_PX = 340.0
"""The pointer is near within this distance of the fish's nose, scaled."""
TRUST_EVENT_S = 0.25
DUST = 12_000


@dataclass(frozen=True, slots=True)
class WorldEvent:
    """Something that happened in the world.

    Attributes:
        name: `moodchange`, `trustchange`, `milestone` or `fed`.
        at_s: world time, seconds.
        detail: plain values, as the page receives them.
    """

    name: str
    at_s: float
    detail: dict[str, float | int | str] = field(default_factory=dict)


class WorldRecorder(Protocol):
    """Receives everything that enters a world, with the number of the step before which it entered."""

    def on_input(self, step: int, item: Input) -> None:
        """An input was queued."""

    def on_resize(self, step: int, width_px: float, height_px: float) -> None:
        """The box was given another size."""

    def on_adopt(self, step: int, memory: Memory) -> None:
        """A merged memory was taken over."""

    def on_hidden(self, step: int, seconds: float) -> None:
        """Hidden time was skipped."""

    def on_tune(self, step: int, tuning: Tuning) -> None:
        """The parameters were changed."""


class World:
    """Everything that lives in one box.

    Places are CSS px from the top left of the box, times world seconds. The same seed, size, memory and
    inputs give the same world, bit for bit on one platform, at any frame rate.

    Attributes:
        size: width and height of the box, CSS px. scale: of the model's distances and speeds in it.
    """

    def __init__(
        self,
        width_px: float,
        height_px: float,
        *,
        seed: int = 1,
        memory: Memory | None = None,
        now_ms: float = 0.0,
        complexity: str = "standard",
        trust_rate: float = 1.0,
        params: Mapping[Mood, MoodParams] | None = None,
        thresholds: Thresholds | None = None,
        scenery: bool = True,
        dust: int = DUST,
        anatomy: Anatomy = ANATOMY,
        water: WaterStyle = WATER,
    ) -> None:
        """Fill a box of the given size; `now_ms` (epoch, local time) sets the hour and the days away.

        Without `scenery` nothing lives that is only for the eye (plankton, trail, bubbles, ripples, the
        bending spine): the fish does, feels and remembers the same, several times faster. `dust` counts the
        specks too fine to be drawn alone. `anatomy` and `water` are the fish's and its water's: give the
        `Scene` the same.

        Raises:
            ValueError: an unknown complexity level or a size that is not finite.
        """
        if complexity not in LEVELS:
            raise ValueError(f"complexity: expected one of {', '.join(LEVELS)}, got {complexity!r}")
        self._take_size(width_px, height_px)
        self.seed, self.complexity = seed, complexity
        self.clock = FixedStepClock()
        self.params = dict(params or default_tuning().moods)
        self.thresholds = thresholds or default_tuning().thresholds
        self.recorder: WorldRecorder | None = None
        self.began_ms = now_ms
        self._events: list[WorldEvent] = []
        streams = Streams(seed)
        self.mind = Mind(
            memory or new_memory("unsaved", now_ms),
            self,
            streams,
            now_ms=now_ms,
            hour=self.hour,
            complexity=complexity,
            trust_rate=trust_rate,
            thresholds=self.thresholds,
        )
        self.appearance = Appearance(self.mood, self.params[self.mood])
        self.queue = InputQueue()
        self.food = Food()
        length_px = length_for(self.width_px, self.height_px)
        self.fish = Fish(0.5 * self.width_px, 0.5 * self.height_px, length_px, anatomy)
        self.behaviour = ActionSelection(streams["behaviour"])
        self.scenery = Scenery(self.fish, streams, alive=scenery, dust=dust, water=water)
        self._perception = Perception(self.fish, self.mind.personality, self.size)
        self._reported_trust, self._reported_at_s = self.mind.trust.value, 0.0

    def _take_size(self, width_px: float, height_px: float) -> None:
        if not (math.isfinite(width_px) and math.isfinite(height_px)):
            raise ValueError(f"size: expected finite px, got {width_px!r} × {height_px!r}")
        self.width_px = clamp(width_px, MIN_SIZE_PX, MAX_SIZE_PX)
        self.height_px = clamp(height_px, MIN_SIZE_PX, MAX_SIZE_PX)
        self.size, self.scale = (self.width_px, self.height_px), tank_scale(self.width_px, self.height_px)

    @property
    def hour(self) -> float:
        """Hour of the day, 0…24, in the time zone of `now_ms`."""
        return (self.began_ms / 3_600_000.0 + self.clock.step * STEP_S / 3600.0) % 24.0

    @property
    def mood(self) -> Mood:
        """The mood now."""
        return self.mind.mood_state.mood

    @property
    def time_s(self) -> float:
        """Simulated time, seconds."""
        return self.clock.step * STEP_S

    @property
    def now_s(self) -> float:
        """World time up to which frames have been accounted for, seconds: the time base of inputs."""
        return self.clock.now_s

    def tune(self, tuning: Tuning) -> None:
        """Change the parameters from the next step on; the visible ones are eased in."""
        if self.recorder is not None:
            self.recorder.on_tune(self.clock.step, tuning)
        self.params, self.thresholds = dict(tuning.moods), tuning.thresholds
        self.mind.tune(self.thresholds)

    def push(self, item: Input) -> None:
        """Queue an input; it takes effect in the step during which it happened, or in the next one."""
        if self.recorder is not None:
            self.recorder.on_input(self.clock.step, item)
        self.queue.push(item)

    def advance(self, elapsed_s: float) -> int:
        """Let a frame of `elapsed_s` seconds pass and return the number of steps made."""
        steps = self.clock.due(elapsed_s)
        for _ in range(steps):
            self.step()
        return steps

    def step(self) -> None:
        """Make one fixed step."""
        end_s, hour, mind = self.time_s + STEP_S, self.hour, self.mind
        scale = self.scale
        inputs = self.queue.until(end_s)
        mind.sense(inputs, (self.fish.x, self.fish.y), end_s, STEP_S)
        for item in inputs:
            self._respond(item, hour, scale)
        mind.feel(hour, STEP_S)
        near_px = NEAR_PX * scale + 0.5 * self.fish.length_px
        mind.change_mood(hour, near_px, food_left=bool(self.food.pieces), dt_s=STEP_S)
        self.appearance.ease(self.mood, self.params[self.mood], STEP_S, self.mind.sleep.depth)
        self._move(scale)
        if self.food.pieces:
            self._feed_on(scale)
        if self.scenery.alive:
            self._flow(scale)
        self.clock.tick()
        self._report_trust()

    def skip_hidden_time(self, seconds: float) -> None:
        """Skip time in which the page was hidden: no step is made, the visitor was away for so long."""
        if self.recorder is not None:
            self.recorder.on_hidden(self.clock.step, seconds)
        self.mind.senses.since_input_s += seconds

    def resize(self, width_px: float, height_px: float) -> None:
        """Give the box a new size; everything keeps its relative place."""
        if self.recorder is not None:
            self.recorder.on_resize(self.clock.step, width_px, height_px)
        before = self.size
        self._take_size(width_px, height_px)
        sx, sy = self.width_px / before[0], self.height_px / before[1]
        self.fish.x, self.fish.y = self.fish.x * sx, self.fish.y * sy
        self.fish.length_px = length_for(self.width_px, self.height_px)
        for piece in self.food.pieces:
            piece.start_x, piece.y = piece.start_x * sx, piece.y * sy
        self.scenery.stretch(sx, sy)

    def drain_events(self) -> list[WorldEvent]:
        """Return what happened since the last call."""
        events, self._events = self._events, []
        return events

    def memory(self) -> Memory:
        """Return the memory as it is to be saved now."""
        return self.mind.memory_at(self.began_ms + self.time_s * 1000.0)

    def adopt(self, memory: Memory) -> None:
        """Take over a memory that was merged with another tab's."""
        if self.recorder is not None:
            self.recorder.on_adopt(self.clock.step, memory)
        self.mind.adopt(memory, self.hour)

    def state(self) -> dict[str, float | int | str]:
        """Return how the fish is, as plain values."""
        return {
            "mood": self.mood.value,
            "reason": self.mind.mood_state.reason,
            "trust": round(self.mind.trust.value, 3),
            "valence": round(self.mind.affect.valence, 4),
            "arousal": round(self.mind.affect.arousal, 4),
            "x": round(self.fish.x, 2),
            "y": round(self.fish.y, 2),
            "food_eaten": self.food.eaten,
            "food_offered": self.food.offered,
            "complexity": self.complexity,
            "felt": self.mind.affect.responses.felt,
            "bold": self.mind.personality.bold,
            "lively": self.mind.personality.lively,
            "social": self.mind.personality.social,
            "asleep": int(self.mind.sleep.asleep),
            "learned": explained(self.mind.memory) if self.mind.learning else "",
            "step": self.clock.step,
        }

    def emit(self, name: str, /, **detail: float | str) -> None:
        """Keep an event until `drain_events`."""
        self._events.append(WorldEvent(name, self.time_s, detail))

    def celebrate(self, strength: float) -> None:
        """Show joy, 0…1: a swell of light, bubbles and a double ring."""
        self.scenery.celebrate(strength, self.scale)

    def _respond(self, item: Input, hour: float, scale: float) -> None:
        if item.kind is InputKind.FEED:
            self.food.offer(item.x, item.y, self.size)
            self.mind.on_food_offered(item.x / self.width_px, item.y / self.height_px, hour)
        elif item.kind is InputKind.DOWN:
            self.scenery.ring(item.x, item.y, self.appearance.ripple_px * scale)

    def _move(self, scale: float) -> None:
        fish = self.fish
        steering = self.behaviour.steer(self._perceive(scale), STEP_S)
        fish.look_at(steering.look, STEP_S)
        fish.swim(steering.velocity, steering.look, steering.agility, STEP_S)
        fish.keep_inside(self.size)
        if self.food.pieces or fish.mouth_open > 1e-3:
            self._open_mouth()

    def _perceive(self, scale: float) -> Perception:
        now, mind = self._perception, self.mind
        senses, learning = mind.senses, mind.learning
        now.size, now.scale = self.size, scale
        now.top_px_s = self.appearance.speed_px_s * scale * self.mind.personality.speed
        now.mood, now.food, now.asleep = self.mood, self.food.pieces, self.mind.sleep.asleep
        now.pointer, now.present_s = senses.place, senses.present_s
        now.pointer_velocity = senses.pointer.vx, senses.pointer.vy
        now.pointer_speed_px_s = senses.pointer.speed_px_s
        now.since_fright_s = self.mind.affect.since_fright_s
        now.since_greeting_s = self.mind.excitement.since_greeting_s
        if learning and learning.favourite:
            now.favourite = learning.favourite[0] * self.width_px, learning.favourite[1] * self.height_px
            now.expecting = learning.expecting
        return now

    def _open_mouth(self) -> None:
        fish = self.fish
        x, y = fish.mouth
        nearest = min((math.hypot(p.x - x, p.y - y) for p in self.food.pieces), default=math.inf)
        fish.gape(nearest)

    def _feed_on(self, scale: float) -> None:
        fish = self.fish
        floor_px = self.height_px - 0.06 * fish.length_px
        for x, y in self.food.update(fish.mouth, fish.length_px, floor_px, STEP_S):
            self.mind.on_food_eaten()
            self.scenery.breathe(x, y, 3, scale)
            self.scenery.ring(x, y, 0.6 * self.appearance.ripple_px * scale, 0.7, (0.0, 0.18))
            self.emit("fed", x=round(x, 1), y=round(y, 1), trust=round(self.mind.trust.value, 2))
            self.mind.reach(FIRST_FEED)

    def _flow(self, scale: float) -> None:
        self.fish.bend(self.appearance.tension, STEP_S)
        self.scenery.update(self.size, scale, self.appearance, self.mind.senses, self.time_s, STEP_S)
        if self.mood is Mood.LONELY:
            self.scenery.sigh(scale, STEP_S)

    def _report_trust(self) -> None:
        """Tell of trust when it has moved by a whole point, at most four times a second."""
        change = self.mind.trust.value - self._reported_trust
        if abs(change) >= 1.0 and self.time_s - self._reported_at_s >= TRUST_EVENT_S:
            self._reported_trust, self._reported_at_s = self.mind.trust.value, self.time_s
            self.emit("trustchange", trust=round(self.mind.trust.value, 2), change=round(change, 2))
