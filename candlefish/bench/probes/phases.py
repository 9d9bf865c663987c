"""Runs beside the fish inside Pyodide, brought there by the bench: times the phases, and profiles.

The bench executes this file's text in a namespace of its own; nothing of it is part of the built site.
"""

import json
import sys
import time
from array import array
from collections.abc import Callable
from typing import Any

from candlefish.draw.scene import Scene
from candlefish.sim.world import World

step_ms = array("f")
list_ms = array("f")


def timed(call: Callable[..., Any], into: "array[float]") -> Callable[..., Any]:
    """The same call, each of its durations put into an array, ms."""

    def measured(*given: Any, **named: Any) -> Any:
        began_s = time.perf_counter()
        try:
            return call(*given, **named)
        finally:
            into.append((time.perf_counter() - began_s) * 1000.0)

    return measured


World.advance = timed(World.advance, step_ms)  # type: ignore[method-assign]
Scene.render = timed(Scene.render, list_ms)  # type: ignore[method-assign]


def start() -> None:
    """Clear the record."""
    del step_ms[:], list_ms[:]


def read() -> Any:
    """What was measured since the start, as a JavaScript array of two Float32Arrays.

    Copied outside Python's heap: a long window's times as text once made WebAssembly memory grow.
    """
    return sys.modules["pyodide.ffi"].to_js([step_ms, list_ms])


def memory() -> str:
    """The top of Python's heap in WebAssembly memory and the number of its live blocks, JSON."""
    module = sys.modules["pyodide_js"]._module  # noqa: SLF001
    return json.dumps({"python_bytes": module._sbrk(0), "python_blocks": sys.getallocatedblocks()})  # noqa: SLF001


# Since Python 3.12; the type checker looks at this file as the oldest Python we support.
monitoring: Any = vars(sys)["monitoring"]


class Profiler:
    """Every Python call as a tree of stacks, by ``sys.monitoring`` (PEP 669)."""

    TOOL = monitoring.PROFILER_ID

    def __init__(self) -> None:
        self.stacks: dict[tuple[str, ...], list[float]] = {}
        self._open: list[tuple[str, float]] = []

    def begin(self) -> None:
        """Listen to every call and return."""
        monitoring.use_tool_id(self.TOOL, "candlefish bench")
        events = monitoring.events
        for event in (events.PY_START, events.PY_RESUME, events.PY_THROW):
            monitoring.register_callback(self.TOOL, event, self._enter)
        for event in (events.PY_RETURN, events.PY_YIELD, events.PY_UNWIND):
            monitoring.register_callback(self.TOOL, event, self._leave)
        wanted = events.PY_START | events.PY_RESUME | events.PY_THROW
        wanted |= events.PY_RETURN | events.PY_YIELD | events.PY_UNWIND
        monitoring.set_events(self.TOOL, wanted)

    def end(self) -> list[tuple[list[str], float, int]]:
        """Stop; each stack with its inclusive time in ms and its calls."""
        monitoring.set_events(self.TOOL, 0)
        monitoring.free_tool_id(self.TOOL)
        return [(list(stack), ms, int(calls)) for stack, (ms, calls) in self.stacks.items()]

    def _enter(self, code: Any, _offset: int, *_thrown: object) -> None:
        path = code.co_filename.rpartition("site-packages/")[2].removesuffix(".py").removesuffix(".pyc")
        name = f"{path}:{code.co_qualname}"
        self._open.append((name, time.perf_counter()))

    def _leave(self, _code: Any, _offset: int, _value: object) -> None:
        if not self._open:
            return
        stack = tuple(name for name, _ in self._open)
        _, began_s = self._open.pop()
        total = self.stacks.setdefault(stack, [0.0, 0])
        total[0] += (time.perf_counter() - began_s) * 1000.0
        total[1] += 1


profilers: list[Profiler] = []


def profile(on: bool) -> str:
    """Begin to profile, or stop and give the stacks as JSON."""
    if on:
        profilers.append(Profiler())
        profilers[-1].begin()
        return ""
    return json.dumps(profilers.pop().end())
