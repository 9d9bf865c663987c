"""The world: one fish, its water and its visitor, advanced in fixed steps by inputs alone."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from candlefish.sim.affect import Affect
from candlefish.sim.behaviour import Behaviour, tank_scale
from candlefish.sim.bubbles import Bubbles
from candlefish.sim.clock import STEP_S, FixedStepClock
from candlefish.sim.dust import Dust
from candlefish.sim.easing import clamp, smoothstep
from candlefish.sim.events import Event
from candlefish.sim.fish import Fish, length_for
from candlefish.sim.food import Food
from candlefish.sim.inputs import Input, InputKind, InputQueue
from candlefish.sim.learning import Learning, explained
from candlefish.sim.look import Look
from candlefish.sim.manners import Situation
from candlefish.sim.memory import Memory, best_of, day_of, new_memory, trust_of
from candlefish.sim.mood import LEVELS, Context, Mood, MoodState, next_mood
from candlefish.sim.params import MoodParams, default_tuning
from candlefish.sim.personality import drawn
from candlefish.sim.plankton import Plankton
from candlefish.sim.ripples import Ripples
from candlefish.sim.rng import Streams
from candlefish.sim.senses import NEVER_S, Senses
from candlefish.sim.sleep import Sleep
from candlefish.sim.stimuli import EATING, FOOD
from candlefish.sim.trail import Trail
from candlefish.sim.trust import DAILY_BONUS, FIRST_FEED, MILESTONES, Trust, after_absence
from candlefish.sim.wake import Wake

if TYPE_CHECKING:
    from collections.abc import Mapping

    from candlefish.sim.inputlog import Recorder
    from candlefish.sim.thresholds import Thresholds

MIN_SIZE_PX = 16.0
MAX_SIZE_PX = 16384.0
PLANKTON = 260
DUST = 12_000
RETURNING_TRUST = 30.0
TRUST_EVENT_S = 0.25


class World:
    """Everything that lives in one box.

    Places are CSS px from the top left of the box, times world seconds. The same seed, size, memory and
    inputs give the same world, bit for bit on one platform, at any frame rate.
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
    ) -> None:
        """Fill a box of the given size; `now_ms` (epoch, local time) sets the hour and the days away.

        Without `scenery` nothing lives that is only for the eye (plankton, trail, bubbles, ripples, the
        bending spine): the fish does, feels and remembers the same, several times faster. `dust` counts the
        specks too fine to be drawn alone.

        Raises:
            ValueError: an unknown complexity level or a size that is not finite.
        """
        if complexity not in LEVELS:
            raise ValueError(f"complexity: expected one of {', '.join(LEVELS)}, got {complexity!r}")
        self.width_px, self.height_px = _checked_size(width_px, height_px)
        self.seed, self.complexity, self.scenery, self._dust = seed, complexity, scenery, dust
        self.clock = FixedStepClock()
        self.params = dict(params or default_tuning().moods)
        self.thresholds = thresholds or default_tuning().thresholds
        self.recorder: Recorder | None = None
        self.began_ms = now_ms
        self._events: list[Event] = []
        self._meet(memory or new_memory("unsaved", now_ms), now_ms, trust_rate)
        self._wake_up(Streams(seed))
        self._told_trust, self._told_at_s = self.trust.value, 0.0

    def _wake_up(self, streams: Streams) -> None:
        self.personality = drawn(streams[f"personality:{self._memory.nature}"])
        self.affect = Affect(self.trust.value, self.hour, self.personality)
        self.mood_state = MoodState(reason="glad to see you again" if self.returning else "new here")
        self.look = Look(self.params[self.mood_state.mood])
        self.learning = Learning(self._memory, self.hour) if self.complexity == "advanced" else None
        self.senses = Senses(self.learning.pace if self.learning else 1.0)
        self.sleep = Sleep()
        self.queue = InputQueue()
        self.fish = Fish(0.5 * self.width_px, 0.5 * self.height_px, length_for(self.width_px, self.height_px))
        self.behaviour = Behaviour(streams["behaviour"])
        self._situation = Situation(self.fish, self.personality, self.size)
        self.food = Food()
        self.ripples = Ripples()
        self.bubbles = Bubbles(streams["bubbles"])
        self.plankton = Plankton(PLANKTON if self.scenery else 0, streams)
        self.wake = Wake()
        self.dust = Dust(self._dust if self.scenery else 0, streams)
        self.trail = Trail(self.fish.x, self.fish.y)
        self.pulse = 0.0
        self.celebration = 0.0
        self._since_food_s = self._since_greeting_s = self._since_milestone_s = NEVER_S
        self._sigh_s = 4.0

    def _meet(self, memory: Memory, now_ms: float, trust_rate: float) -> None:
        """Take up the memory: what absence cost, what coming back earns."""
        known = memory.interactions > 0 or len(memory.visit_days) > 0
        before = trust_of(memory)
        days = day_of(now_ms) - day_of(memory.last_seen_ms) if known else 0
        value = after_absence(before, best_of(memory), days)
        self.trust = Trust(value, trust_rate)
        if known and day_of(now_ms) not in memory.visit_days:
            self.trust.earn(DAILY_BONUS)
        self.returning = known and before >= RETURNING_TRUST
        self._greeted = not self.returning
        self._memory = memory.with_trust(self.trust.value).visit(now_ms)

    @property
    def hour(self) -> float:
        """Hour of the day, 0…24, in the time zone of `now_ms`."""
        return (self.began_ms / 3_600_000.0 + self.clock.step * STEP_S / 3600.0) % 24.0

    @property
    def mood(self) -> Mood:
        """The mood now."""
        return self.mood_state.mood

    @property
    def size(self) -> tuple[float, float]:
        """Width and height of the box, CSS px."""
        return self.width_px, self.height_px

    @property
    def time_s(self) -> float:
        """Simulated time, seconds."""
        return self.clock.step * STEP_S

    @property
    def now_s(self) -> float:
        """World time up to which frames have been accounted for, seconds: the time base of inputs."""
        return self.clock.now_s

    def push(self, item: Input) -> None:
        """Queue an input; it takes effect in the step during which it happened, or in the next one."""
        if self.recorder is not None:
            self.recorder.pushed(self.clock.step, item)
        self.queue.push(item)

    def advance(self, elapsed_s: float) -> int:
        """Let a frame of `elapsed_s` seconds pass and return the number of steps made."""
        steps = self.clock.due(elapsed_s)
        for _ in range(steps):
            self.step()
        return steps

    def step(self) -> None:
        """Make one fixed step."""
        end_s = self.time_s + STEP_S
        inputs = self.queue.until(end_s)
        self.senses.update(inputs, (self.fish.x, self.fish.y), end_s, STEP_S)
        if inputs:
            self._respond(inputs)
        self._feel()
        self._change_mood()
        self._move()
        self._feed_on()
        if self.scenery:
            self._water()
        self.clock.tick()
        self._tell_trust()

    def resize(self, width_px: float, height_px: float) -> None:
        """Give the box a new size; everything keeps its relative place."""
        if self.recorder is not None:
            self.recorder.resized(self.clock.step, width_px, height_px)
        width_px, height_px = _checked_size(width_px, height_px)
        sx, sy = width_px / self.width_px, height_px / self.height_px
        self.width_px, self.height_px = width_px, height_px
        self.fish.x, self.fish.y = self.fish.x * sx, self.fish.y * sy
        self.fish.length_px = length_for(width_px, height_px)
        for piece in self.food.pieces:
            piece.start_x, piece.y = piece.start_x * sx, piece.y * sy
        for bubble in self.bubbles.all:
            bubble.x, bubble.y = bubble.x * sx, bubble.y * sy
        for ring in self.ripples.rings:
            ring.x, ring.y = ring.x * sx, ring.y * sy
        self.trail.x *= sx
        self.trail.y *= sy

    def drain_events(self) -> list[Event]:
        """Return what happened since the last call."""
        events, self._events = self._events, []
        return events

    def memory(self) -> Memory:
        """Return the memory as it is to be saved now."""
        now_ms = self.began_ms + self.time_s * 1000.0
        self._memory = self._memory.with_trust(self.trust.value).seen(now_ms)
        return self._memory

    def adopt(self, memory: Memory) -> None:
        """Take over a memory that was merged with another tab's."""
        if self.recorder is not None:
            self.recorder.adopted(self.clock.step, memory)
        self._memory = memory
        self.trust.value = trust_of(memory)
        if self.learning:
            self.learning.recall(memory, self.hour)

    def state(self) -> dict[str, float | int | str]:
        """Return how the fish is, as plain values."""
        return {
            "mood": self.mood.value,
            "reason": self.mood_state.reason,
            "trust": round(self.trust.value, 3),
            "valence": round(self.affect.valence, 4),
            "arousal": round(self.affect.arousal, 4),
            "x": round(self.fish.x, 2),
            "y": round(self.fish.y, 2),
            "food_eaten": self.food.eaten,
            "food_offered": self.food.offered,
            "complexity": self.complexity,
            "felt": self.affect.responses.felt,
            "bold": self.personality.bold,
            "lively": self.personality.lively,
            "social": self.personality.social,
            "asleep": int(self.sleep.asleep),
            "learned": explained(self._memory) if self.learning else "",
            "step": self.clock.step,
        }

    def _tell(self, name: str, /, **detail: float | str) -> None:
        self._events.append(Event(name, self.time_s, detail))

    def _respond(self, inputs: list[Input]) -> None:
        for item in inputs:
            if item.kind is InputKind.FEED:
                self._feed(item.x, item.y)
            elif item.kind is InputKind.DOWN:
                self._ring(item.x, item.y, self.look.ripple_px * tank_scale(self.size))
            if item.kind in (InputKind.DOWN, InputKind.FEED, InputKind.KEY):
                self._memory = self._memory.interacted()

    def _feed(self, x: float, y: float) -> None:
        self.food.offer(x, y, self.size)
        self._since_food_s = 0.0
        self.affect.feel(FOOD)
        self._memory = self._memory.fed_at(x / self.width_px, y / self.height_px)
        if self.learning:
            self._memory = self.learning.fed(self._memory, self.hour)

    def _feel(self) -> None:
        senses, hour = self.senses, self.hour
        self._since_food_s += STEP_S
        self._since_greeting_s += STEP_S
        self._since_milestone_s += STEP_S
        if self.learning:
            self._learn(self.learning, hour)
        self.affect.update(senses, self.trust.value, hour, STEP_S)
        if self.affect.dread > 0.01:
            self.trust.scared(self.affect.dread, STEP_S)
        near = 1.0 - smoothstep(260.0, 620.0, senses.distance_px) if senses.present else 0.0
        self.trust.company(senses.gentleness, near, STEP_S)
        if senses.present and not self._greeted:
            self._greeted = True
            self._since_greeting_s = 0.0
            self._celebrate(0.6)
        self._pass_milestones()

    def _learn(self, learning: Learning, hour: float) -> None:
        self._memory = learning.watch(self.senses, self._memory, hour, STEP_S)
        self.senses.pace = learning.pace
        self.affect.anticipation = 0.06 * max(learning.hour_match, learning.expecting)

    def _pass_milestones(self) -> None:
        for name, level in MILESTONES:
            if self.trust.value >= level and name not in self._memory.milestones:
                self._milestone(name)

    def _milestone(self, name: str) -> None:
        self._memory = self._memory.reached(name)
        self._since_milestone_s = 0.0
        self._tell("milestone", name=name, trust=round(self.trust.value, 2))
        self._celebrate(1.0)

    def _celebrate(self, strength: float) -> None:
        """Show joy: excitement, a swell of light, bubbles and a double ring."""
        self.celebration = max(self.celebration, strength)
        self.affect.nudge(0.3, 0.4)
        scale = tank_scale(self.size)
        self._breathe(self.fish.x, self.fish.y, 6)
        for delay_s in (0.0, 0.25):
            self._ring(self.fish.x, self.fish.y, 170.0 * scale, strength, delay_s)

    def _change_mood(self) -> None:
        before = self.mood_state.mood
        self.sleep.update(before, self.senses.since_input_s, self.hour, STEP_S)
        self.mood_state = next_mood(
            self.mood_state, self._context(), STEP_S, self.thresholds, LEVELS[self.complexity]
        )
        if self.mood is not before:
            self._tell(
                "moodchange",
                **{"from": before.value, "to": self.mood.value, "reason": self.mood_state.reason},
            )
        self.look.ease(self.params[self.mood], STEP_S, self.sleep.depth)

    def _context(self) -> Context:
        senses, affect = self.senses, self.affect
        return Context(
            valence=affect.valence,
            arousal=affect.arousal,
            trust=self.trust.value,
            since_food_s=self._since_food_s,
            since_fright_s=affect.since_fright_s,
            since_input_s=senses.since_input_s,
            present_s=senses.present_s,
            near=senses.distance_px < 340.0 * tank_scale(self.size) + 0.5 * self.fish.length_px,
            lively=senses.lively,
            since_greeting_s=self._since_greeting_s,
            since_milestone_s=self._since_milestone_s,
            asleep=self.sleep.asleep,
        )

    def _move(self) -> None:
        fish = self.fish
        wish = self.behaviour.wish(self._situated(), STEP_S)
        fish.look_at(wish.look, STEP_S)
        fish.swim(wish.velocity, wish.look, wish.agility, STEP_S)
        fish.keep_inside(self.size)
        if self.food.pieces or fish.mouth_open > 1e-3:
            self._open_mouth()

    def _situated(self) -> Situation:
        now, senses, learning = self._situation, self.senses, self.learning
        now.size, now.scale = self.size, tank_scale(self.size)
        now.top_px_s = self.look.speed_px_s * now.scale * self.personality.speed
        now.mood, now.food, now.asleep = self.mood, self.food.pieces, self.sleep.asleep
        now.pointer, now.present_s = senses.place, senses.present_s
        now.pointer_velocity = senses.pointer.vx, senses.pointer.vy
        now.pointer_speed_px_s = senses.pointer.speed_px_s
        now.since_fright_s, now.since_greeting_s = self.affect.since_fright_s, self._since_greeting_s
        if learning and learning.favourite:
            now.favourite = learning.favourite[0] * self.width_px, learning.favourite[1] * self.height_px
            now.expecting = learning.expecting
        return now

    def _open_mouth(self) -> None:
        fish = self.fish
        nearest = min(
            (math.hypot(p.x - fish.mouth[0], p.y - fish.mouth[1]) for p in self.food.pieces), default=NEVER_S
        )
        wanted = 1.0 - smoothstep(0.25, 0.6, nearest / fish.length_px)
        fish.mouth_open += (wanted - fish.mouth_open) * 0.16

    def _feed_on(self) -> None:
        if not self.food.pieces:
            return
        fish = self.fish
        floor_px = self.height_px - 0.06 * fish.length_px
        for x, y in self.food.update(fish.mouth, fish.length_px, floor_px, STEP_S):
            self._eat(x, y)

    def _water(self) -> None:
        fish, scale = self.fish, tank_scale(self.size)
        fish.bend(self.look.tension, STEP_S)
        self.ripples.update(STEP_S)
        self.bubbles.update(self.width_px, self.height_px, scale, STEP_S)
        self._sigh()
        body = (fish.x, fish.y, fish.vx, fish.vy)
        self.plankton.update(self.size, body, 0.75 * fish.length_px + 30.0, self.time_s, STEP_S)
        self._stir()
        tail = fish.spine.points[:, -1]
        self.trail.update(
            fish.x + float(tail[0]) * fish.length_px,
            fish.y + float(tail[1] + 0.42 * tail[2]) * fish.length_px,
            clamp(fish.speed_px_s / 220.0, 0.0, 1.0),
            STEP_S,
        )
        self.pulse = (self.pulse + self.look.pulse_hz * STEP_S) % 1.0
        self.celebration *= math.exp(-STEP_S / 1.4)

    def _stir(self) -> None:
        """Let the fish and the visitor's pointer drag the water along, and its plankton shine."""
        fish, wake = self.fish, self.wake
        wake.settle(STEP_S)
        speed = fish.speed_px_s
        reach_px = 0.34 * fish.length_px + 16.0
        light = clamp(0.22 + speed / 260.0, 0.0, 1.0) * clamp(0.4 + 0.6 * self.look.glow, 0.0, 1.0)
        wake.stir(self.size, (fish.x, fish.y), (fish.vx, fish.vy), reach_px, light, STEP_S)
        pointer = self.senses.pointer
        if (place := self.senses.place) is not None and pointer.speed_px_s > 4.0:
            light = clamp(pointer.speed_px_s / 500.0, 0.0, 0.85)
            reach_px = 26.0 + 0.03 * min(self.size)
            wake.stir(self.size, place, (pointer.vx, pointer.vy), reach_px, light, STEP_S)
        self.dust.update(self.size, wake, STEP_S)

    def _eat(self, x: float, y: float) -> None:
        if self._since_food_s > self.thresholds.excited_s:
            self._since_food_s = 0.0
        self.trust.eat()
        self.affect.feel(EATING)
        self._breathe(x, y, 3)
        for delay_s in (0.0, 0.18):
            self._ring(x, y, 0.6 * self.look.ripple_px * tank_scale(self.size), 0.7, delay_s)
        self._tell("fed", x=round(x, 1), y=round(y, 1), trust=round(self.trust.value, 2))
        if FIRST_FEED not in self._memory.milestones:
            self._milestone(FIRST_FEED)

    def _ring(
        self, x: float, y: float, radius_px: float, strength: float = 1.0, delay_s: float = 0.0
    ) -> None:
        if self.scenery:
            self.ripples.add(x, y, radius_px, strength, delay_s)

    def _breathe(self, x: float, y: float, count: int) -> None:
        if self.scenery:
            self.bubbles.breathe(x, y, count, tank_scale(self.size))

    def _sigh(self) -> None:
        """A lonely fish lets a bubble go now and then."""
        if self.mood is not Mood.LONELY:
            return
        self._sigh_s -= STEP_S
        if self._sigh_s <= 0.0:
            self._sigh_s = 7.0
            self._breathe(*self.fish.mouth, 1)

    def _tell_trust(self) -> None:
        """Tell of trust when it has moved by a whole point, at most four times a second."""
        change = self.trust.value - self._told_trust
        if abs(change) >= 1.0 and self.time_s - self._told_at_s >= TRUST_EVENT_S:
            self._told_trust, self._told_at_s = self.trust.value, self.time_s
            self._tell("trustchange", trust=round(self.trust.value, 2), change=round(change, 2))


def _checked_size(width_px: float, height_px: float) -> tuple[float, float]:
    if not (math.isfinite(width_px) and math.isfinite(height_px)):
        raise ValueError(f"size: expected finite px, got {width_px!r} × {height_px!r}")
    return clamp(width_px, MIN_SIZE_PX, MAX_SIZE_PX), clamp(height_px, MIN_SIZE_PX, MAX_SIZE_PX)
