"""Replay: a log of everything that entered a world, its recorder, its parser, and the same run again.

A log is lines of JSON. The first says how the world began; each other one says what entered before which
step:

    {"candlefish": "input log", "version": 1, "seed": 7, "width_px": 1280.0, "height_px": 720.0, …}
    {"step": 12, "kind": "MOVE", "x": 640.0, "y": 360.0, "at_s": 0.2}
    {"step": 90, "resize": [800.0, 600.0]}
    {"step": 95, "adopt": "{…a memory…}"}
    {"step": 99, "away_s": 600.0}
    {"step": 120, "tune": {"shy": {"glow": 0.4, …}, …, "thresholds": {…}}}
    {"step": 3600, "end": true}

Nothing personal is in it. Python writes and reads a float without loss, so a replay on the same platform is
the same world bit for bit; on another, sine and exponential may differ in the last bit, moods and trust do
not.
"""

from __future__ import annotations

import json
import math
import zlib
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING

import numpy as np

from candlefish.sim.clock import STEP_S
from candlefish.sim.inputs import Input, InputKind
from candlefish.sim.memory import Memory, memory_text, parse_memory
from candlefish.sim.ranges import ParamsError
from candlefish.sim.tuning import THRESHOLDS, Tuning, default_tuning, overlaid, written
from candlefish.sim.world import World

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

VERSION = 1
MOST_LINES = 500_000
"""A recorder that has written this many lines stops, and says so in its end."""
MOST_STEPS = 60 * 60 * 60 * 24
_START = ("seed", "width_px", "height_px", "now_ms", "complexity", "trust_rate", "memory", "device")


class LogError(ValueError):
    """A log was refused; the message says which line, what was expected and what it got."""


@dataclass(frozen=True, slots=True)
class HiddenTime:
    """Time in which the page was hidden, seconds."""

    seconds: float


What = Input | tuple[float, float] | Memory | HiddenTime | Tuning


@dataclass(frozen=True, slots=True)
class Entry:
    """An entry, applied before step `step`: an input, a size (px), a memory, hidden time or a tuning."""

    step: int
    what: What


class Recorder:
    """Writes the log of one world from its beginning. Give it to `World.recorder` before the first step."""

    def __init__(self, world: World, memory: Memory | None) -> None:
        """Note how the world began; `memory` is the one it was made with.

        Raises:
            ValueError: the world has already lived.
        """
        if world.clock.step:
            raise ValueError(f"recorder: expected a world at step 0, got one at step {world.clock.step}")
        self._world = world
        self._lines = [_dump({"candlefish": "input log", "version": VERSION, **_beginning(world, memory)})]
        self.full = False

    def on_input(self, step: int, item: Input) -> None:
        """Log an input."""
        place = {"x": item.x, "y": item.y} if math.isfinite(item.x) and math.isfinite(item.y) else {}
        self._write({"step": step, "kind": item.kind.name, **place, "at_s": item.at_s})

    def on_resize(self, step: int, width_px: float, height_px: float) -> None:
        """Log another size of the box."""
        self._write({"step": step, "resize": [width_px, height_px]})

    def on_adopt(self, step: int, memory: Memory) -> None:
        """Log a merged memory."""
        self._write({"step": step, "adopt": memory_text(memory)})

    def on_hidden(self, step: int, seconds: float) -> None:
        """Log hidden time, seconds."""
        self._write({"step": step, "away_s": seconds})

    def on_tune(self, step: int, tuning: Tuning) -> None:
        """Log other parameters."""
        tables: dict[str, object] = {mood.value: written(params) for mood, params in tuning.moods.items()}
        self._write({"step": step, "tune": {**tables, THRESHOLDS: asdict(tuning.thresholds)}})

    def text(self) -> str:
        """The log up to now."""
        end: dict[str, object] = {"step": self._world.clock.step, "end": True}
        if self.full:
            end["full"] = True
        return "\n".join([*self._lines, _dump(end)]) + "\n"

    def _write(self, line: dict[str, object]) -> None:
        if len(self._lines) >= MOST_LINES:
            self.full = True
        else:
            self._lines.append(_dump(line))


@dataclass(frozen=True, slots=True)
class InputLog:
    """A parsed log: the start of the world, its entries, and the number of steps."""

    start: dict[str, object]
    entries: tuple[Entry, ...]
    steps: int

    def world(self, *, scenery: bool = True) -> World:
        """Make the world as it was at the beginning."""
        start = self.start
        text = start["memory"]
        now_ms = _number(start, "now_ms", "line 1")
        memory = (
            parse_memory(str(text), now_ms=now_ms, device=str(start["device"])).memory
            if text is not None
            else None
        )
        return World(
            _number(start, "width_px", "line 1"),
            _number(start, "height_px", "line 1"),
            seed=int(_number(start, "seed", "line 1")),
            memory=memory,
            now_ms=now_ms,
            complexity=str(start["complexity"]),
            trust_rate=_number(start, "trust_rate", "line 1"),
            scenery=scenery,
        )

    def replay(self, *, scenery: bool = True) -> Iterator[World]:
        """Replay it: yields the world before the first and after each step."""
        world = self.world(scenery=scenery)
        yield world
        waiting = iter(self.entries)
        entry = next(waiting, None)
        while world.clock.step < self.steps:
            while entry is not None and entry.step <= world.clock.step:
                apply(world, entry)
                entry = next(waiting, None)
            world.step()
            yield world


def fingerprint(world: World) -> str:
    """Return a digest of a world, 16 hexadecimal digits: worlds that differ in one bit have another."""
    fish, scenery = world.fish, world.scenery
    state = {name: value for name, value in world.state().items() if name != "step"}
    exact = (
        fish.x,
        fish.y,
        fish.vx,
        fish.vy,
        fish.yaw,
        fish.pitch,
        world.mind.trust.value,
        world.mind.affect.valence,
    )
    floating = [(b.x, b.y) for b in scenery.bubbles.all] + [(p.x, p.y) for p in world.food.pieces]
    parts = [repr((world.clock.step, state, exact, floating, scenery.pulse)).encode()]
    for owner in (scenery.plankton, scenery.trail, fish.spine):
        arrays = ((name, value) for name, value in vars(owner).items() if isinstance(value, np.ndarray))
        parts += [value.tobytes() for _, value in sorted(arrays, key=lambda item: item[0])]
    whole = b"".join(parts)
    return f"{zlib.crc32(whole):08x}{zlib.adler32(whole):08x}"


def apply(world: World, entry: Entry) -> None:
    """Apply an entry to a world."""
    if isinstance(entry.what, Input):
        world.push(entry.what)
    elif isinstance(entry.what, Memory):
        world.adopt(entry.what)
    elif isinstance(entry.what, HiddenTime):
        world.skip_hidden_time(entry.what.seconds)
    elif isinstance(entry.what, Tuning):
        world.tune(entry.what)
    else:
        world.resize(*entry.what)


def parse_log(lines: Iterable[str]) -> InputLog:
    """Read a log.

    Raises:
        LogError: it is not one, or a line of it is wrong; it is accepted or refused as a whole.
    """
    numbered = ((f"line {number}", line) for number, line in enumerate(lines, 1) if line.strip())
    where, first = next(numbered, ("line 1", ""))
    start = _object(first, where)
    _check_start(start, where)
    now_ms = _number(start, "now_ms", where)
    entries: list[Entry] = []
    step = 0
    for where, line in numbered:
        record = _object(line, where)
        step = _step(record, step, where)
        if "end" in record:
            return InputLog(start, tuple(entries), step)
        entries.append(Entry(step, _entry(record, now_ms + step * STEP_S * 1000.0, where)))
    return InputLog(start, tuple(entries), step + 1 if entries else 0)


def _beginning(world: World, memory: Memory | None) -> dict[str, object]:
    return {
        "seed": world.seed,
        "width_px": world.width_px,
        "height_px": world.height_px,
        "now_ms": world.began_ms,
        "complexity": world.complexity,
        "trust_rate": world.mind.trust.rate,
        "device": memory.device if memory else "unsaved",
        "memory": memory_text(memory) if memory else None,
    }


def _dump(line: dict[str, object]) -> str:
    return json.dumps(line, separators=(",", ":"), allow_nan=False)


def _object(line: str, where: str) -> dict[str, object]:
    try:
        record = json.loads(line)
    except ValueError as error:
        raise LogError(f"{where}: not JSON: {error}") from error
    if not isinstance(record, dict):
        raise LogError(f"{where}: expected an object, got {record!r:.60}")
    return record


def _number(record: dict[str, object], key: str, where: str) -> float:
    value = record.get(key)
    if isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value):
        return float(value)
    raise LogError(f"{where}: {key}: expected a finite number, got {value!r:.60}")


def _check_start(start: dict[str, object], where: str) -> None:
    if start.get("candlefish") != "input log":
        raise LogError(f'{where}: expected an input log: {{"candlefish": "input log", …}}')
    if start.get("version") != VERSION:
        raise LogError(f"{where}: version: expected {VERSION}, got {start.get('version')!r:.60}")
    for key in _START:
        if key not in start:
            raise LogError(f"{where}: {key}: missing")
    for key in ("seed", "width_px", "height_px", "now_ms", "trust_rate"):
        _number(start, key, where)
    if not (start["memory"] is None or isinstance(start["memory"], str)):
        raise LogError(f"{where}: memory: expected a text or null, got {start['memory']!r:.60}")
    try:
        InputLog(start, (), 0).world(scenery=False)
    except ValueError as error:
        raise LogError(f"{where}: {error}") from error


def _step(record: dict[str, object], least: int, where: str) -> int:
    value = record.get("step")
    if isinstance(value, int) and not isinstance(value, bool) and least <= value <= MOST_STEPS:
        return value
    raise LogError(f"{where}: step: expected a whole number from {least} to {MOST_STEPS}, got {value!r:.60}")


def _entry(record: dict[str, object], now_ms: float, where: str) -> What:
    if "resize" in record:
        return _size(record["resize"], where)
    if "adopt" in record:
        if not isinstance(record["adopt"], str):
            raise LogError(f"{where}: adopt: expected a text, got {record['adopt']!r:.60}")
        return parse_memory(record["adopt"], now_ms=now_ms, device="replay").memory
    if "away_s" in record:
        return _away(record, where)
    if "tune" in record:
        return _tuning(record["tune"], where)
    kind = record.get("kind")
    if not isinstance(kind, str) or kind not in InputKind.__members__:
        raise LogError(f"{where}: kind: expected one of {', '.join(InputKind.__members__)}, got {kind!r:.60}")
    x, y = (_number(record, axis, where) if axis in record else math.nan for axis in "xy")
    try:
        return Input(InputKind[kind], x, y, _number(record, "at_s", where))
    except LogError:
        raise
    except ValueError as error:
        raise LogError(f"{where}: {error}") from error


def _away(record: dict[str, object], where: str) -> HiddenTime:
    seconds = _number(record, "away_s", where)
    if seconds < 0.0:
        raise LogError(f"{where}: away_s: expected at least 0 s, got {seconds!r}")
    return HiddenTime(seconds)


def _tuning(value: object, where: str) -> Tuning:
    try:
        return overlaid(default_tuning(), value, f"{where}: tune")
    except ParamsError as error:
        raise LogError(str(error)) from error


def _size(value: object, where: str) -> tuple[float, float]:
    if isinstance(value, list) and len(value) == 2:
        both = dict(zip(("width", "height"), value, strict=True))
        return _number(both, "width", where), _number(both, "height", where)
    raise LogError(f"{where}: resize: expected [width, height] in px, got {value!r:.60}")
