"""Sessions of the studio: the fish that is tuned, and the same fish by the saved file, for comparison."""

from __future__ import annotations

import math
from bisect import bisect_right
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from candlefish.browser.session import Session
from candlefish.browser.world_driver import WorldDriver
from candlefish.sim.clock import STEP_S
from candlefish.sim.replay import apply
from candlefish.studio.history import History, copy_world
from candlefish.studio.insight import StimulusStrengths, insight

if TYPE_CHECKING:
    from collections.abc import Callable

    from candlefish.browser.messages import Start
    from candlefish.browser.session import Post
    from candlefish.sim.inputs import Input, InputKind
    from candlefish.sim.replay import InputLog
    from candlefish.sim.tuning import Tuning
    from candlefish.sim.world import World
    from candlefish.simulate.visitor import SimulatedVisitor

INSIGHT_EVERY_MS = 100.0
MOST_BEHIND_STEPS = 30
"""Steps a comparison makes up for in one frame."""
EASED_S = 10.0
"""While time stands still a change cannot be eased in: it is shown as after so long."""


class RecordedVisit:
    """Replays an input log step by step.

    Attributes:
        world: as it was when the recording began.
        steps: how many it has.
    """

    def __init__(self, log: InputLog) -> None:
        """Start at the beginning."""
        self.world = log.world()
        self.steps = log.steps
        self._entries = log.entries
        self._entry_steps = [entry.step for entry in log.entries]
        self._applied = 0

    def step(self, world: World) -> bool:
        """Make the next step in `world`; False, and no step, when the recording is over."""
        if world.clock.step >= self.steps:
            return False
        due = bisect_right(self._entry_steps, world.clock.step)
        for entry in self._entries[self._applied : due]:
            apply(world, entry)
        self._applied = due
        world.step()
        return True

    def continue_from(self, world: World) -> None:
        """Continue from an earlier moment; all entries up to it have been applied to `world`."""
        self._applied = bisect_right(self._entry_steps, world.clock.step)


class StudioSession(WorldDriver):
    """The fish that is tuned: drives the world of its session, and posts an insight ten times a second.

    Attributes:
        session: what the host runs; it neither reads nor writes the visitor's memory.
        pace: world seconds in a second of the clock; 0 stands still.
        history: the world's last minute.
        visitor: plays a persona; None for the person at the page.
        visit: the recorded visit that is replayed, if any; other inputs are ignored meanwhile.
        comparisons: the same fish by other parameters; they get its inputs.
        calls_per_frame: calls between Python and JavaScript a frame, by the number of frames drawn so far.
    """

    def __init__(self, start: Start, post: Post) -> None:
        """Create the session and its world."""
        self.pace = 1.0
        self.visitor: SimulatedVisitor | None = None
        self.visit: RecordedVisit | None = None
        self.comparisons: list[ComparisonSession] = []
        self.calls_per_frame: Callable[[int], float] = lambda _frames: 0.0
        self._past: World | None = None
        self._strengths = StimulusStrengths()
        self._post, self._posted_ms = post, math.nan
        self.session = Session(replace(start, study=None), post, driver=self, persistent=False)
        self.session.on_frame = self._post_insight

    def start(self, create: Callable[[], World]) -> None:
        """Begin with a new world and an empty history."""
        super().start(create)
        self._record()

    def advance(self, elapsed_s: float) -> None:
        """Advance by a frame at the session's own pace."""
        paced_s, before_s = self.pace * elapsed_s, self.world.time_s
        if self.visitor is not None and self._past is None and self.pace:
            self.visitor.act(self.world, self.world.now_s + paced_s)
        self._make_steps(self.world.clock.due(paced_s))
        self._observe(self.world.time_s - before_s)

    def push(self, kind: InputKind, x: float, y: float, late_s: float) -> None:
        """Queue an input, unless a recorded visit is replayed."""
        if self.visit is None:
            super().push(kind, x, y, self.pace * late_s)

    def resize(self, width_px: float, height_px: float) -> None:
        """Give the box another size; that of a recorded visit stays."""
        if self.visit is None:
            super().resize(width_px, height_px)

    def skip_hidden_time(self, seconds: float) -> None:
        """Skip hidden time, unless a recorded visit is replayed."""
        if self.visit is None:
            super().skip_hidden_time(seconds)

    def step(self, count: int) -> None:
        """Make single steps, for a fish whose time stands still."""
        self._make_steps(count)
        self._observe(count * STEP_S)

    def replay(self, log: InputLog) -> None:
        """Replay a recorded visit from its beginning."""
        self.visitor, self.visit = None, RecordedVisit(log)
        self.world = self.visit.world
        self._record()
        self._strengths = StimulusStrengths()

    def end_visit(self) -> None:
        """End a recorded visit: the fish lives on in the page's own box."""
        if self.visit is not None:
            self.visit = None
            self.world.resize(*self.session.size[:2])

    def change(self, change: Callable[[World], None]) -> None:
        """Change the world; recorded, unless a moment of the past is shown."""
        if self._past is None:
            self.history.change(change)
        else:
            change(self.world)

    def tune(self, tuning: Tuning) -> None:
        """Use other parameters from the next step on, or at once while time stands still."""
        self.world.tune(tuning)
        if self.pace == 0.0 or not self.session.running:
            self.change(_finish_easing)

    def seek(self, step: int) -> int:
        """Show the world before a step, or the nearest that is kept; return the step shown."""
        self._past = self.world = self.history.at(min(self.history.last, max(self.history.first, step)))
        return self.world.clock.step

    def resume(self, *, here: bool) -> None:
        """Continue from the moment shown (`here`), or from where it was left."""
        if self._past is None:
            return
        if here:
            self.history.continue_from(self._past)
            if self.visit is not None:
                self.visit.continue_from(self._past)
        else:
            self.world = self.history.world
        self._past = None

    def _record(self) -> None:
        self.history, self._past = History(self.world, self._mirror), None

    def _mirror(self, item: Input) -> None:
        for each in self.comparisons:
            each.world.push(item)

    def _make_steps(self, count: int) -> None:
        for _ in range(count):
            if self.visit is None or self._past is not None:
                self.world.step()
            elif not self.visit.step(self.world):
                self.end_visit()

    def _observe(self, elapsed_s: float) -> None:
        if self._past is None:
            self.history.update()
        self._strengths.update(self.world, elapsed_s)

    def _post_insight(self, epoch_ms: float) -> None:
        if epoch_ms - self._posted_ms < INSIGHT_EVERY_MS:
            return
        self._posted_ms = epoch_ms
        session, stats = self.session, self.session.frame_stats
        detail: dict[str, Any] = insight(self.world, self._strengths)
        detail |= {"first": self.history.first, "last": self.history.last}
        detail |= {"fps": round(stats.fps(), 1), **stats.summary(), "pace": self.pace}
        detail["visit"] = [self.visit.steps, *self.world.size] if self.visit else None
        detail["crossings"] = round(self.calls_per_frame(stats.frames), 1)
        detail |= {"wasm_bytes": session.wasm_bytes(), "detail": round(session.scene.detail, 3)}
        self._post({"type": "event", "name": "insight", "detail": detail})


class ComparisonSession(WorldDriver):
    """The same fish by other parameters: its world follows the first one's, input by input and step by step.

    Attributes:
        session: what the host runs.
    """

    def __init__(self, start: Start, post: Post, first: StudioSession) -> None:
        """Begin where the first is now."""
        self._first = first
        self._box = start.width_px, start.height_px
        self.session = Session(replace(start, study=None), post, driver=self, persistent=False)
        first.comparisons.append(self)

    def start(self, create: Callable[[], World]) -> None:  # noqa: ARG002 - a copy takes its place
        """Begin with a copy of the first one's world, in a box of its own size."""
        self._copy_first()

    def advance(self, elapsed_s: float) -> None:  # noqa: ARG002 - the first one's time counts
        """Advance to where the first is."""
        clock = self._first.world.clock
        for _ in range(min(MOST_BEHIND_STEPS, clock.step - self.world.clock.step)):
            self.world.step()
        self.world.clock.accumulator_s = clock.accumulator_s
        self.world.drain_events()

    def push(self, kind: InputKind, x: float, y: float, late_s: float) -> None:
        """Ignore an input: those of the first are mirrored."""

    def resize(self, width_px: float, height_px: float) -> None:
        """Give the box another size, CSS px."""
        self._box = width_px, height_px
        super().resize(width_px, height_px)

    def tune(self, tuning: Tuning) -> None:
        """Use other parameters; at once while time stands still."""
        self.world.tune(tuning)
        if self._first.pace == 0.0:
            _finish_easing(self.world)

    def follow(self, tuning: Tuning) -> None:
        """Jump to where the first is now, by these parameters."""
        self._copy_first()
        self.world.tune(tuning)
        _finish_easing(self.world)

    def close(self) -> None:
        """Stop following the first."""
        self._first.comparisons.remove(self)

    def _copy_first(self) -> None:
        self.world = copy_world(self._first.world)
        self.world.resize(*self._box)


def _finish_easing(world: World) -> None:
    world.appearance.ease(world.mood, world.params[world.mood], EASED_S, world.mind.sleep.depth)
