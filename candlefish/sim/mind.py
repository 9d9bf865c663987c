"""The mind: from percepts to affect, trust, mood, sleep, and the memory of the visitor."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Protocol

from candlefish.sim.affect import Affect
from candlefish.sim.easing import approach, clamp, smoothstep
from candlefish.sim.inputs import InputKind
from candlefish.sim.learning import Learning
from candlefish.sim.memory import best_of, day_of, trust_of
from candlefish.sim.moods import LEVELS, Mood, MoodContext, MoodMachine, MoodState
from candlefish.sim.personality import draw_personality
from candlefish.sim.senses import Senses
from candlefish.sim.stimuli import EATING, FOOD
from candlefish.sim.trust import DAILY_BONUS, MILESTONES, Trust, after_absence

if TYPE_CHECKING:
    from collections.abc import Sequence

    from candlefish.sim.inputs import Input
    from candlefish.sim.memory import Memory
    from candlefish.sim.moods import Thresholds
    from candlefish.sim.rng import Streams
    from candlefish.sim.steering import Vector

FRIEND_TRUST = 30.0
"""Above this, someone who comes back is greeted."""
MISSED_S = 120.0
"""Someone who comes back within a visit is greeted after this long without a sign of them."""


def meet(memory: Memory, now_ms: float, trust_rate: float) -> tuple[Memory, Trust, bool]:
    """Take up a memory at `now_ms`; return it with this visit in it, the trust, and whether a friend returns.

    The first visit of a day earns the daily bonus, except for someone never met.
    """
    known = memory.interactions > 0 or len(memory.visit_days) > 0
    before, today = trust_of(memory), day_of(now_ms)
    days_away = today - day_of(memory.last_seen_ms) if known else 0
    trust = Trust(after_absence(before, best_of(memory), days_away), trust_rate)
    if known and today not in memory.visit_days:
        trust.earn(DAILY_BONUS)
    return memory.with_trust(trust.value).visit(now_ms), trust, known and before >= FRIEND_TRUST


SLEEP_BY_DAY_S = 150.0
SLEEP_AT_NIGHT_S = 90.0
"""Alone for this long, it falls asleep."""
FALLING_TAU_S = 3.0
WAKING_TAU_S = 0.5


class Sleep:
    """Depth of sleep: a fish left alone for long falls asleep, sooner at night.

    Attributes:
        depth: 0 awake … 1 fast asleep; eased.
    """

    def __init__(self) -> None:
        """Be awake."""
        self.depth = 0.0

    @property
    def asleep(self) -> bool:
        """Whether it sleeps."""
        return self.depth > 0.5

    def update(self, mood: Mood, alone_s: float, hour: float, dt_s: float) -> None:
        """Let `dt_s` seconds pass, the visitor having done nothing for `alone_s`."""
        drowsy = mood is Mood.LONELY and alone_s > (SLEEP_AT_NIGHT_S if is_night(hour) else SLEEP_BY_DAY_S)
        if drowsy or self.depth > 1e-4:
            wanted, tau_s = (1.0, FALLING_TAU_S) if drowsy else (0.0, WAKING_TAU_S)
            self.depth += (wanted - self.depth) * approach(tau_s, dt_s)


def is_night(hour: float) -> bool:
    """Say whether people sleep at this hour."""
    return hour >= 22.0 or hour < 6.0


AFTER_EATING_S = 1.0
PATIENCE = 1.5
LONGEST_WAIT_S = 8.0
"""Fed twice within this time, the fish waits for more: `PATIENCE` times as long as it did the last time."""


class Excitement:
    """Times since food, greeting and milestone, and whether more food is to be expected.

    Attributes:
        since_food_s: since food was last offered. since_greeting_s: since it greeted a returning friend.
        since_milestone_s: since a milestone of trust. All `inf` for never.
    """

    def __init__(self) -> None:
        """Nothing has happened yet."""
        self.since_food_s = self.since_greeting_s = self.since_milestone_s = math.inf
        self._since_eaten_s = math.inf
        self._wait_s = 0.0

    def pass_by(self, dt_s: float) -> None:
        """Let `dt_s` seconds pass."""
        self.since_food_s += dt_s
        self.since_greeting_s += dt_s
        self.since_milestone_s += dt_s
        self._since_eaten_s += dt_s

    def on_food_offered(self) -> None:
        """Food was offered."""
        gap_s = self.since_food_s
        self._wait_s = clamp(PATIENCE * gap_s, 0.0, LONGEST_WAIT_S) if gap_s < LONGEST_WAIT_S else 0.0
        self.since_food_s = 0.0

    def on_food_eaten(self) -> None:
        """A piece was eaten."""
        self._since_eaten_s = 0.0

    def eager(self, *, food_left: bool) -> bool:
        """Say whether it still hunts, has only just eaten, or is fed so often that it waits for more."""
        return food_left or self._since_eaten_s < AFTER_EATING_S or self.since_food_s < self._wait_s


INTERACTIONS = frozenset({InputKind.DOWN, InputKind.FEED, InputKind.KEY})
COMPANY_FROM_PX, COMPANY_TO_PX = 260.0, 620.0
"""Company counts wholly up to the first distance, and a third of it beyond the second."""
GREETING_JOY, MILESTONE_JOY = 0.6, 1.0
ANTICIPATION = 0.06
HELD = "held"
"""The reason of a mood that is held."""


class MindListener(Protocol):
    """The world as its mind knows it: where it reports events and joy."""

    def emit(self, name: str, /, **detail: float | str) -> None:
        """Report an event."""

    def celebrate(self, strength: float) -> None:
        """Show joy, 0…1."""


class Mind:
    """Affect, trust, mood, sleep, senses and memory of one fish.

    Attributes:
        memory: what it remembers of the visitor; trust is written to it when it is asked for.
        returning: whether a friend has come back to it with this visit.
        mood_state: the mood, why, and for how long.
        learning: what it learns, at the advanced level only.
    """

    def __init__(
        self,
        memory: Memory,
        listener: MindListener,
        streams: Streams,
        *,
        now_ms: float,
        hour: float,
        complexity: str,
        trust_rate: float,
        thresholds: Thresholds,
    ) -> None:
        """Begin at `now_ms` (epoch, local time), hour 0…24, with a memory."""
        self.memory, self.trust, self.returning = meet(memory, now_ms, trust_rate)
        self._listener = listener
        self._thresholds, self._moods = thresholds, LEVELS[complexity]
        self._machine = MoodMachine(thresholds, self._moods)
        self.personality = draw_personality(streams[f"personality:{self.memory.nature}"])
        self.affect = Affect(self.trust.value, hour, self.personality)
        self.learning = Learning(self.memory, hour) if complexity == "advanced" else None
        self.senses = Senses(self.learning.pace if self.learning else 1.0)
        self.sleep = Sleep()
        self.excitement = Excitement()
        self.mood_state = MoodState(reason="glad to see you again" if self.returning else "new here")
        self._held: Mood | None = None
        self._to_greet = self.returning
        self._context = MoodContext()

    def tune(self, thresholds: Thresholds) -> None:
        """Go on with other thresholds."""
        if thresholds is not self._thresholds:
            self._thresholds, self._machine = thresholds, MoodMachine(thresholds, self._moods)

    @property
    def context(self) -> MoodContext:
        """What the change of mood depended on in the last step; not to be changed."""
        return self._context

    def hold(self, mood: Mood | None) -> None:
        """Stay in one mood whatever happens, to look at it; None lets the table decide again."""
        self._held = mood

    def sense(self, inputs: Sequence[Input], fish: Vector, now_s: float, dt_s: float) -> None:
        """Take in what the visitor did in the `dt_s` seconds up to `now_s`; `fish` is where the fish is."""
        self.senses.update(inputs, fish, now_s, dt_s)
        for item in inputs:
            if item.kind in INTERACTIONS:
                self.memory = self.memory.interacted()

    def on_food_offered(self, x: float, y: float, hour: float) -> None:
        """Food was offered, at a place 0…1 of the box."""
        self.excitement.on_food_offered()
        self.affect.feel(FOOD)
        self.memory = self.memory.fed_at(x, y)
        if self.learning:
            self.memory = self.learning.on_fed(self.memory, hour)

    def on_food_eaten(self) -> None:
        """A piece of food was eaten."""
        self.excitement.on_food_eaten()
        self.trust.eat()
        self.affect.feel(EATING)

    def feel(self, hour: float, dt_s: float) -> None:
        """Let `dt_s` seconds act on affect and trust."""
        senses, affect, trust = self.senses, self.affect, self.trust
        self.excitement.pass_by(dt_s)
        if self.learning:
            self._learn(self.learning, hour, dt_s)
        affect.update(senses, trust.value, hour, dt_s)
        if affect.dread > 0.01:
            trust.scared(affect.dread, dt_s)
        near = 1.0 - smoothstep(COMPANY_FROM_PX, COMPANY_TO_PX, senses.distance_px) if senses.present else 0.0
        trust.company(senses.gentleness, near, dt_s)
        self._greet()
        for name, level in MILESTONES:
            if trust.value >= level:
                self.reach(name)

    def change_mood(self, hour: float, reach_px: float, *, food_left: bool, dt_s: float) -> None:
        """Let `dt_s` seconds act on the mood; up to `reach_px` the pointer is near."""
        before = self.mood_state.mood
        self.sleep.update(before, self.senses.since_input_s, hour, dt_s)
        context = self._now(reach_px, food_left=food_left)
        if self._held is None:
            self.mood_state = self._machine.next(self.mood_state, context, dt_s)
        elif self._held is not before:
            self.mood_state = MoodState(self._held, HELD)
        if self.mood_state.mood is not before:
            after, reason = self.mood_state.mood.value, self.mood_state.reason
            self._listener.emit("moodchange", **{"from": before.value, "to": after, "reason": reason})

    def reach(self, name: str) -> None:
        """Come to a milestone: once in the life of a memory, and with joy."""
        if name not in self.memory.milestones:
            self.memory = self.memory.reached(name)
            self.excitement.since_milestone_s = 0.0
            self._listener.emit("milestone", name=name, trust=round(self.trust.value, 2))
            self._rejoice(MILESTONE_JOY)

    def memory_at(self, now_ms: float) -> Memory:
        """Return the memory as it is to be saved at `now_ms`."""
        self.memory = self.memory.with_trust(self.trust.value).seen(now_ms)
        return self.memory

    def adopt(self, memory: Memory, hour: float) -> None:
        """Take over a memory that was merged with another tab's."""
        self.memory = memory
        self.trust.value = trust_of(memory)
        if self.learning:
            self.learning.recall(memory, hour)

    def _learn(self, learning: Learning, hour: float, dt_s: float) -> None:
        self.memory = learning.watch(self.senses, self.memory, hour, dt_s)
        self.senses.pace = learning.pace
        self.affect.anticipation = ANTICIPATION * max(learning.hour_match, learning.expecting)

    def _greet(self) -> None:
        """Greet a friend whose pointer is here, once each time they come back."""
        senses = self.senses
        if senses.returned and senses.away_s > MISSED_S and self.trust.value >= FRIEND_TRUST:
            self._to_greet = True
        if self._to_greet and senses.present:
            self._to_greet = False
            self.excitement.since_greeting_s = 0.0
            self._rejoice(GREETING_JOY)

    def _rejoice(self, strength: float) -> None:
        self.affect.nudge(0.3, 0.4)
        self._listener.celebrate(strength)

    def _now(self, reach_px: float, *, food_left: bool) -> MoodContext:
        now, senses, affect, excitement = self._context, self.senses, self.affect, self.excitement
        now.valence, now.arousal, now.trust = affect.valence, affect.arousal, self.trust.value
        now.since_food_s, now.eager = excitement.since_food_s, excitement.eager(food_left=food_left)
        now.since_greeting_s = excitement.since_greeting_s
        now.since_milestone_s = excitement.since_milestone_s
        now.since_fright_s, now.since_input_s = affect.since_fright_s, senses.since_input_s
        now.present_s, now.lively = senses.present_s, senses.lively
        now.near = senses.distance_px < reach_px
        now.asleep = self.sleep.asleep
        return now
