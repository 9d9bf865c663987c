"""A fish's life on the designer's terms: faster or slower, held in a mood, gone back to, and compared."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from candlefish.browser.session import Session
from candlefish.sim.clock import STEP_S
from candlefish.studio.crossings import Crossings
from candlefish.studio.insight import Strengths, insight
from candlefish.studio.tape import Tape, copy_of
from candlefish.studio.visit import Visit

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from candlefish.browser.memory_sync import Save
    from candlefish.browser.messages import Fields, Start
    from candlefish.browser.session import Post
    from candlefish.sim.inputs import Input, InputKind
    from candlefish.sim.memory import Memory
    from candlefish.sim.replay import InputLog
    from candlefish.sim.tuning import Tuning
    from candlefish.sim.world import World
    from candlefish.simulate.visitor import SimulatedVisitor

TOLD_EVERY_MS = 100.0
MOST_BEHIND = 30
"""Steps a double makes up for in one frame."""
SHOWN_AT_ONCE_S = 10.0
"""While time stands still a change cannot be eased in: it is shown as after so long."""


class StudioSession(Session):
    """The fish that is tuned. It neither reads nor writes the visitor's memory.

    Attributes:
        pace: seconds of its life in a second of the clock; 0 stands still.
        tape: its last minute.
        actor: who plays a visitor, if anyone.
        visit: the recorded visit it lives again, if any; nobody else is heard meanwhile.
        crossings: the calls between Python and JavaScript.
    """

    def __init__(self, start: Start, post: Post) -> None:
        """Wake the fish."""
        self.pace = 1.0
        self.actor: SimulatedVisitor | None = None
        self.visit: Visit | None = None
        self.crossings = Crossings()
        self._past: World | None = None
        self._strengths = Strengths()
        self._real_ms = self._told_ms = math.nan
        super().__init__(replace(start, memory=None, pending=(), study=None), post)

    def advance(self, epoch_ms: float) -> float:
        """Live up to a frame at `epoch_ms`, at its own pace; return the interval by the clock in ms."""
        began = not math.isnan(self._last_ms)
        real_ms = max(0.0, epoch_ms - self._real_ms) if began else 0.0
        self._real_ms = epoch_ms
        before_s = self.world.time_s
        if self.actor is not None and self._past is None and self.pace:
            self.actor.act(self.world, self.world.now_s + self.pace * real_ms / 1000.0)
        super().advance(self._last_ms + self.pace * real_ms if began else epoch_ms)
        self._look(self.world.time_s - before_s)
        return real_ms

    def step(self, count: int) -> None:
        """Make a few steps while time stands still."""
        self._steps(count)
        self._look(count * STEP_S)

    def relive(self, log: InputLog) -> None:
        """Live a recorded visit again, from its beginning."""
        self.actor, self.visit, self._past = None, Visit(log), None
        self.world = self.visit.world
        self.tape = Tape(self.world)
        self._strengths = Strengths()

    def end_visit(self) -> None:
        """Let the fish live on in the studio's own box."""
        if self.visit is not None:
            self.visit = None
            self.world.resize(*self.size[:2])

    def do(self, deed: Callable[[World], None]) -> None:
        """Do something to the fish's world."""
        if self._past is None:
            self.tape.do(deed)
        else:
            deed(self.world)

    def tune(self, tuning: Tuning) -> None:
        """Live by other parameters from the next step on, or at once while time stands still."""
        self.world.tune(tuning)
        if self.pace == 0.0 or not self.running:
            self.do(_show_at_once)

    def seek(self, step: int) -> int:
        """Show how it was before step `step`, or as near as is kept; return the step shown."""
        self._past = self.world = self.tape.at(min(self.tape.last, max(self.tape.first, step)))
        return self.world.clock.step

    def go_on(self, *, here: bool) -> None:
        """Go on living from the moment shown (`here`), or come back to where it was left."""
        if self._past is None:
            return
        if here:
            self.tape.go_on(self._past)
            if self.visit is not None:
                self.visit.go_on(self._past)
        else:
            self.world = self.tape.world
        self._past = None

    def take_inputs(self, values: Sequence[float]) -> None:
        """Hear who sits there, but for the time of a recorded visit."""
        if self.visit is None:
            super().take_inputs(values)

    def _live(self, elapsed_s: float) -> None:
        self._steps(self.world.clock.due(elapsed_s))

    def _steps(self, count: int) -> None:
        for _ in range(count):
            if self.visit is None or self._past is not None:
                self.world.step()
            elif not self.visit.step(self.world):
                self.end_visit()

    def _on_resize(self, fields: Fields) -> None:
        if self.visit is None:
            super()._on_resize(fields)
        else:
            width_px, height_px = fields.number("width", 0, 65536), fields.number("height", 0, 65536)
            self.size = self._drawn_size(width_px, height_px, fields.number("dpr", 0.1, 8))

    def _push_now(self, kind: InputKind) -> None:
        if self.visit is None:
            super()._push_now(kind)

    def _skip_hidden_time(self, seconds: float) -> None:
        if self.visit is None:
            super()._skip_hidden_time(seconds)

    def _look(self, elapsed_s: float) -> None:
        if self._past is None:
            self.tape.turn()
        self._strengths.look(self.world, elapsed_s)
        if not self._real_ms - self._told_ms < TOLD_EVERY_MS:
            self._told_ms = self._real_ms
            told: dict[str, Any] = insight(self.world, self._strengths)
            told |= {"first": self.tape.first, "last": self.tape.last}
            told |= {"fps": round(self.frame_stats.fps(), 1), **self.frame_stats.summary(), "pace": self.pace}
            told["visit"] = [self.visit.steps, *self.world.size] if self.visit else None
            told["crossings"] = round(self.crossings.a_frame(self.frame_stats.frames), 1)
            told |= {"wasm_bytes": self.wasm_bytes(), "detail": round(self.scene.detail, 3)}
            self._post({"type": "event", "name": "insight", "detail": told})

    def _create_world(self, memory: Memory, now_ms: float) -> World:
        world = super()._create_world(memory, now_ms)
        self.tape, self._past = Tape(world), None
        return world

    def _save(self, save: Save | None) -> None:
        """Nothing is remembered of what happens in the studio."""

    def _on_storage(self, _fields: Fields) -> None:
        """What other tabs remember is no matter here."""


class Double(Session):
    """The same fish by other parameters: its life is the first one's, input by input and step by step."""

    def __init__(self, start: Start, post: Post, first: StudioSession) -> None:
        """Wake beside the first."""
        self._first = first
        super().__init__(replace(start, memory=None, pending=(), study=None), post)
        first.tape.mirrors.append(self._mirror)

    def advance(self, epoch_ms: float) -> float:
        """Live up to where the first is; return the interval by the clock in ms."""
        interval_ms = 0.0 if math.isnan(self._last_ms) else max(0.0, epoch_ms - self._last_ms)
        self._last_ms = epoch_ms
        clock = self._first.world.clock
        for _ in range(min(MOST_BEHIND, clock.step - self.world.clock.step)):
            self.world.step()
        self.world.clock.accumulator_s = clock.accumulator_s
        self.world.drain_events()
        return interval_ms

    def tune(self, tuning: Tuning) -> None:
        """Live by other parameters; at once while time stands still."""
        self.world.tune(tuning)
        if self._first.pace == 0.0:
            _show_at_once(self.world)

    def follow(self, tuning: Tuning) -> None:
        """Be where the first is now, by these parameters."""
        self.world = self._create_world(self.world.memory(), 0.0)
        self.world.tune(tuning)
        _show_at_once(self.world)

    def leave(self) -> None:
        """Hear no more of the first."""
        self._first.tape.mirrors.remove(self._mirror)

    def take_inputs(self, values: Sequence[float]) -> None:
        """It is the first that is visited."""

    def _mirror(self, item: Input) -> None:
        self.world.push(item)

    def _create_world(self, _memory: Memory, _now_ms: float) -> World:
        world = copy_of(self._first.world)
        world.resize(*self.size[:2])
        return world

    def _push_now(self, kind: InputKind) -> None:
        """That it is shown or hidden is no matter to it."""

    def _save(self, save: Save | None) -> None:
        """Nothing is remembered of it."""

    def _on_storage(self, _fields: Fields) -> None:
        """What other tabs remember is no matter to it."""


def _show_at_once(world: World) -> None:
    world.appearance.ease(world.mood, world.params[world.mood], SHOWN_AT_ONCE_S, world.mind.sleep.depth)
