"""The session of one fish in a page: messages in, messages out, a display list per frame.

Everything here runs natively too, so the tests push its clock by hand. `host` puts it on a real canvas.
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from candlefish.browser.frame_stats import FrameStats
from candlefish.browser.memory_sync import MemorySync, Save
from candlefish.browser.messages import Fields, MessageError, Start, inputs_in
from candlefish.browser.world_driver import WorldDriver
from candlefish.draw.governor import Governor, dpr_for
from candlefish.draw.scene import Scene
from candlefish.sim.inputs import InputKind
from candlefish.sim.ranges import ParamsError
from candlefish.sim.replay import Recorder
from candlefish.sim.tuning import default_tuning, overlaid, preset, read_tables
from candlefish.sim.world import World

if TYPE_CHECKING:
    from candlefish.browser.telemetry import Telemetry
    from candlefish.sim.memory import Memory
    from candlefish.sim.tuning import Tuning

PERF_EVERY_S = 5.0
SAVED_AT_ONCE = frozenset({"fed", "milestone"})
MOST_WAITING = 512
"""Inputs queued between two frames; older ones beyond it are dropped."""

MOST_EARLY_FOOD = 3

Timed = tuple[InputKind, float, float, float]
"""An input: kind, x and y (CSS px), epoch ms."""

Message = dict[str, Any]
Post = Callable[[Message], None]

MOST_TEXT = 65_536
"""Characters of a TOML file; the one we ship has under three thousand."""


class Tuner:
    """The tuning of a session: a preset or file, and single values over it.

    Attributes:
        base: the preset or file chosen last.
        tuning: the base with all values set since.
    """

    def __init__(self) -> None:
        """Start with the package's default."""
        self.base = self.tuning = default_tuning()

    def take(self, fields: Fields) -> Tuning:
        """Take one change: `preset` (a name), `toml` (text), or `values` (tables; null resets them all).

        Raises:
            ParamsError: a name or value is refused; nothing has changed.
            MessageError: none of the three is given.
        """
        name, text = fields.optional_text("preset"), fields.optional_text("toml")
        if name is not None:
            self.base = self.tuning = preset(name)
        elif text is not None:
            tables = read_tables(text[:MOST_TEXT], "moods.toml")
            self.base = self.tuning = overlaid(default_tuning(), tables, "moods.toml")
        else:
            values = fields.optional_object("values")
            self.tuning = self.base if values is None else overlaid(self.tuning, values, "params")
        return self.tuning


class Session:
    """A world, its picture, its memory and its clock.

    Attributes:
        running: frames are wanted: the box is visible and not paused.
        wasm_bytes: returns the size of Python's memory; set by the host.
        repaint: paints the world between two frames; set by the host.
        on_frame: called with the time of each frame (epoch ms) when the world has reached it.
        size: width and height (CSS px) and device px to draw per CSS px.
    """

    def __init__(
        self,
        start: Start,
        post: Post,
        clock_s: Callable[[], float] = time.monotonic,
        *,
        driver: WorldDriver | None = None,
        persistent: bool = True,
    ) -> None:
        """Create the world.

        Args:
            start: how it begins.
            post: takes each message for the page.
            clock_s: goes on while nothing runs, seconds.
            driver: of the world, if it is not driven by the page alone.
            persistent: the visitor's memory is read and saved.
        """
        self._clock_s, self._created_s = clock_s, clock_s()
        self._post, self._driver, self._persistent = post, driver or WorldDriver(), persistent
        self.wasm_bytes: Callable[[], int] = lambda: 0
        self.repaint: Callable[[], None] = lambda: None
        self.on_frame: Callable[[float], None] = lambda _epoch_ms: None
        self._start, self._trust_rate = start, 1.0
        self._telemetry: Telemetry | None = None
        if start.study is not None:
            self._join_experiments(start.study)
        start = self._start
        stored = (start.memory, start.pending) if persistent else (None, ())
        self._memory_sync = MemorySync(*stored, start.now_ms, start.device)
        self.size = self._drawn_size(start.width_px, start.height_px, start.dpr)
        self._start_world(self._memory_sync.memory, start.now_ms)
        self.scene = Scene(start.effects, transparent=start.transparent)
        self.frame_stats = FrameStats()
        self._governor = Governor()
        self._tuner = Tuner()
        self._visible, self._paused = False, start.paused
        self._has_run = False
        self._hidden_s = self._created_s
        self._last_ms = math.nan
        self._perf_at_ms = math.inf
        self._waiting: list[Timed] = []
        self._handlers: dict[str, Callable[[Fields], None]] = {
            "resize": self._on_resize,
            "visible": self._on_visible,
            "pause": self._on_pause,
            "reset": self._on_reset,
            "tune": self._on_tune,
            "storage": self._on_storage,
            "saved": lambda fields: self._memory_sync.mark_stored(fields.text("text"), self._now_ms()),
            "hide": self._on_hide,
            "remote": self._on_remote,
        }
        if self._memory_sync.problems:
            post({"type": "damaged", "text": start.memory, "problems": list(self._memory_sync.problems)})

    @property
    def world(self) -> World:
        """The world that is drawn."""
        return self._driver.world

    def add_handler(self, kind: str, handler: Callable[[Fields], None]) -> None:
        """Let `handler` take the control messages of one more type."""
        self._handlers[kind] = handler

    def recording(self) -> str:
        """The log of everything that entered the world; empty unless `start.record`."""
        recorder = self.world.recorder
        return recorder.text() if isinstance(recorder, Recorder) else ""

    @property
    def running(self) -> bool:
        """Whether frames are wanted."""
        return self._visible and not self._paused

    def receive(self, text: str) -> None:
        """Take a control message (JSON).

        Raises:
            MessageError: it does not have the agreed shape; nothing has changed.
        """
        fields = Fields(text)
        handler = self._handlers.get(fields.type)
        if handler is None:
            raise MessageError(f"message: unknown type {fields.type!r:.40}")
        handler(fields)

    def take_inputs(self, values: Sequence[float]) -> None:
        """Take a flat array of inputs.

        They are dropped while nothing runs. From before the first frame only food and the last place of the
        pointer are taken: its whole way, in one step, would startle the fish.

        Raises:
            MessageError: the array does not have the agreed shape; nothing has changed.
        """
        inputs = list(inputs_in(values))
        if self.running:
            self._waiting = (self._waiting + inputs)[-MOST_WAITING:]
        elif not self._has_run:
            self._waiting = _food_and_place(self._waiting + inputs)

    def advance(self, epoch_ms: float) -> float:
        """Advance the world to a frame at `epoch_ms`; return the interval in ms, 0 after a pause."""
        interval_ms = 0.0 if math.isnan(self._last_ms) else max(0.0, epoch_ms - self._last_ms)
        self._push(interval_ms)
        self._driver.advance(interval_ms / 1000.0)
        self._last_ms = epoch_ms
        events = self.world.drain_events()
        for event in events:
            self._post({"type": "event", "name": event.name, "detail": event.detail})
        if self._telemetry is not None and (events or interval_ms > 0.0):
            self._telemetry.report_events(events, self.world, epoch_ms)
        if any(event.name in SAVED_AT_ONCE for event in events):
            self._save(self._memory_sync.save(self.world.memory()))
        elif interval_ms > 0.0:  # the memory of a world that stands still does not change
            self._save(self._memory_sync.due(self.world.memory, epoch_ms / 1000.0))
        self.on_frame(epoch_ms)
        return interval_ms

    def render(self) -> int:
        """Draw the world into `scene.buffer`; return the number of floats used."""
        return self.scene.render(self.world)

    def count_frame(self, interval_ms: float, work_ms: float) -> None:
        """Count a frame that took `work_ms`, and post the frame statistics every `PERF_EVERY_S`."""
        self.scene.detail = self._governor.beat(interval_ms, work_ms)
        self.frame_stats.add(interval_ms, work_ms, self._governor.display.ms)
        self.world.scenery.dust.limit(self.scene.dust)
        self._perf_at_ms = min(self._perf_at_ms, self._last_ms + PERF_EVERY_S * 1000.0)
        if self._last_ms >= self._perf_at_ms:
            self._perf_at_ms = math.inf
            summary = self.frame_stats.summary()
            self._post({"type": "perf", **summary})
            if self._telemetry is not None:
                self._telemetry.report_frames(summary, self._memory_mb(), self.world, self._last_ms)

    def state(self) -> dict[str, float | int | str | bool]:
        """The world's state, with the frames drawn."""
        frames = {
            "frames": self.frame_stats.frames,
            "fps": round(self.frame_stats.fps(), 2),
            "running": self.running,
        }
        return {
            **self.world.state(),
            **frames,
            "effects": self._start.effects,
            "detail": round(self.scene.detail, 3),
        }

    def _start_world(self, memory: Memory, now_ms: float) -> None:
        self._driver.start(lambda: self._create_world(memory, now_ms))

    def _create_world(self, memory: Memory, now_ms: float) -> World:
        start, (width_px, height_px, _) = self._start, self.size
        world = World(
            width_px,
            height_px,
            seed=start.seed,
            memory=memory,
            now_ms=now_ms,
            complexity=start.complexity,
            trust_rate=self._trust_rate,
        )
        if start.record:
            world.recorder = Recorder(world, memory)
        return world

    def _now_ms(self) -> float:
        """The visitor's local time, which goes on in a hidden tab."""
        return self._start.now_ms + (self._clock_s() - self._created_s) * 1000.0

    def _push(self, interval_ms: float) -> None:
        waiting, self._waiting = self._waiting, []
        for kind, x, y, epoch_ms in waiting:
            late_ms = min(max(0.0, epoch_ms - self._last_ms), interval_ms) if interval_ms else 0.0
            self._driver.push(kind, x, y, late_ms / 1000.0)
            if self._telemetry is not None:
                self._telemetry.count_input(kind, x, y, self.world)

    def _join_experiments(self, text: str) -> None:
        """Apply the visitor's variants and start telemetry; loaded only for those who take part."""
        from candlefish.browser import experiments, telemetry  # noqa: PLC0415

        participant = experiments.parse_participant(text)
        assignment = experiments.assign_visitor(participant, self._start)
        self._start, self._trust_rate = assignment.start, assignment.trust_rate
        self._telemetry = telemetry.Telemetry(participant, assignment, self._post)
        self._post(self._telemetry.assignment())

    def _memory_mb(self) -> float:
        """WebAssembly and canvas, MB."""
        width_px, height_px, dpr = self.size
        return (self.wasm_bytes() + 4.0 * width_px * height_px * dpr * dpr) / 1e6

    def _push_now(self, kind: InputKind) -> None:
        self._driver.push(kind, math.nan, math.nan, 0.0)

    def _save(self, save: Save | None) -> None:
        if save is not None and self._persistent:
            self._post({"type": "save", "text": save.text, "base": save.base})

    def _on_resize(self, fields: Fields) -> None:
        width_px, height_px = fields.number("width", 0, 65536), fields.number("height", 0, 65536)
        self.size = self._drawn_size(width_px, height_px, fields.number("dpr", 0.1, 8))
        self._driver.resize(width_px, height_px)

    @staticmethod
    def _drawn_size(width_px: float, height_px: float, dpr: float) -> tuple[float, float, float]:
        return width_px, height_px, dpr_for((width_px, height_px), dpr)

    def _on_visible(self, fields: Fields) -> None:
        on = fields.flag("on")
        if on != self._visible:
            self._visible = on
            if on and self._has_run:
                self._driver.skip_hidden_time(self._clock_s() - self._hidden_s)
            self._hidden_s = self._clock_s()
            self._push_now(InputKind.SHOW if on else InputKind.HIDE)
            self._break()

    def _on_pause(self, fields: Fields) -> None:
        self._paused = fields.flag("on")
        self._break()

    def _break(self) -> None:
        """Start a new sequence of frames; the pointer's place is unknown until it moves."""
        self._last_ms = math.nan
        if self.running:
            self._has_run = True
        elif self._has_run:
            self._waiting = []
            self._push_now(InputKind.LEAVE)

    def _on_reset(self, fields: Fields) -> None:
        forgotten = self._memory_sync.forget(self.world.memory(), fields.text("device"))
        self._start_world(forgotten, self._now_ms())
        self.world.tune(self._tuner.tuning)
        self._save(self._memory_sync.save(self.world.memory()))

    def _on_tune(self, fields: Fields) -> None:
        """Answer a change of parameters; a refused one changes nothing and is answered with its problem."""
        ident, problem = fields.number("id", 0, 2**53), None
        try:
            self.world.tune(self._tuner.take(fields))
        except ParamsError as error:
            problem = str(error)
        self._post({"type": "tuned", "id": ident, "problem": problem})

    def _on_hide(self, _fields: Fields) -> None:
        self._save(self._memory_sync.save(self.world.memory()))
        if self._telemetry is not None:
            self._telemetry.end_session()

    def _on_remote(self, fields: Fields) -> None:
        joined = self._memory_sync.remote(fields.text("text"), self.world.memory(), self._now_ms())
        if joined is not None:
            self.world.adopt(joined)
            self._save(self._memory_sync.save(self.world.memory()))

    def _on_storage(self, fields: Fields) -> None:
        if not self._persistent:
            return
        merged = self._memory_sync.merge(fields.optional_text("text"), self.world.memory(), self._now_ms())
        self.world.adopt(merged)
        self._save(self._memory_sync.save(self.world.memory()))


def _food_and_place(inputs: list[Timed]) -> list[Timed]:
    """The last few pieces of food, and the last place of the pointer."""
    food = [item for item in inputs if item[0] is InputKind.FEED][-MOST_EARLY_FOOD:]
    pointer = [item for item in inputs if item[0] in {InputKind.MOVE, InputKind.LEAVE}][-1:]
    return food + pointer
