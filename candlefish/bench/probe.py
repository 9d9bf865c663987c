"""Brings the watching code (``probes/``) into a page and its workers, and reads what it saw.

Nothing of it is in the built site: it comes as init scripts, and through the workers' own modules.
"""

from __future__ import annotations

import json
import time
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any

from candlefish.bench.errors import BenchError

if TYPE_CHECKING:
    from playwright.sync_api import Page, Worker

    from candlefish.bench.faults import Fault
    from candlefish.bench.report.flame import Stacks
    from candlefish.bench.scenario import Scenario

FRAMES_A_SECOND = 150
"""Room for this many; a display that is faster fills it before the window ends, and that is an error."""
AWAKE_S = 60.0
FLAGGED = "globalThis.__ready ? performance.now() : null"
"""A page without the element (a swarm) says with this flag that it draws."""


@cache
def source(name: str) -> str:
    """The text of a file in ``probes/``."""
    return (files("candlefish.bench") / "probes" / name).read_text(encoding="utf-8")


def install(page: Page, scenario: Scenario, *, watch_drawing: bool, fault: Fault | None = None) -> None:
    """Let every document of a page be watched from its first moment, and its drawing too if wanted.

    A load is measured without ``watch_drawing``: that would take part in it.
    """
    frames = int((scenario.duration_s + scenario.warm_up_s) * FRAMES_A_SECOND)
    given = {
        "drawing": source("drawing.js"),
        "config": {"frames": frames, "pythonProbe": source("phases.py")},
        "workers": watch_drawing,
        "faults": {"page": fault.page_js if fault else "", "worker": fault.worker_js if fault else ""},
    }
    visitor = {"seed": scenario.seed, "trust": scenario.trust}
    page.add_init_script(f"({source('visitor.js')})({json.dumps(visitor)});")
    page.add_init_script(f"({source('page.js')})({json.dumps(given)});")


def seen(page: Page) -> dict[str, Any]:
    """What the page has seen so far: paints, shifts, long tasks, interactions, events of the fish."""
    found: dict[str, Any] = page.evaluate("candlefishPage")
    return found


def wait_awake(page: Page, fish: int = 1, wait_s: float = AWAKE_S) -> float:
    """Wait until so many fish are awake; return when the last one woke, ms after the navigation's start.

    Raises:
        BenchError: one could not wake, or they take too long; says why.
    """
    deadline_s = time.monotonic() + wait_s
    while True:
        events, flagged_ms = seen(page)["events"], page.evaluate(FLAGGED)
        ready = [event["at_ms"] for event in events if event["name"] == "ready"]
        if not ready and flagged_ms is not None:
            ready = [flagged_ms]
        if len(ready) >= fish:
            return float(ready[fish - 1])
        failed = [event["detail"] for event in events if event["name"] in {"error", "fallback"}]
        if failed:
            raise BenchError(f"{page.url}: the fish does not wake: {json.dumps(failed[0])}")
        if time.monotonic() > deadline_s:
            raise BenchError(
                f"{page.url}: no Python frame within {wait_s:g} s ({len(ready)} of {fish} fish awake)"
            )
        page.wait_for_timeout(20)


class Drawing:
    """The threads of a page that draw: its workers, or the page itself."""

    def __init__(self, page: Page) -> None:
        """Look at what draws there now."""
        self._places: list[Page | Worker] = [*page.workers, page]
        self._profiled: Page | Worker | None = None

    def start(self) -> None:
        """Begin a window: forget what was seen before."""
        for place in self._places:
            place.evaluate("globalThis.candlefishDrawing?.start()")

    def read(self) -> list[dict[str, Any]]:
        """What each thread with at least three frames has seen, the one with most frames first.

        Where Python draws, a thread without it (the page, which asks for frames to gather input) is left out:
        it would stand in for a fish that hardly draws.

        Raises:
            BenchError: none drew, or the room for frames is full.
        """
        read = [place.evaluate("globalThis.candlefishDrawing?.read() ?? null") for place in self._places]
        found = [one for one in read if one]
        drew = [one for one in found if one["python"]] or found
        drew = [one for one in drew if len(one["frame_at_ms"]) >= 3]
        if not drew:
            raise BenchError("nothing was drawn in the window")
        if any(one["full"] for one in drew):
            raise BenchError(f"more than {FRAMES_A_SECOND} frames a second: no room to note them")
        return sorted(drew, key=lambda one: -len(one["frame_at_ms"]))

    def memory(self) -> dict[str, float]:
        """Bytes of WebAssembly memories, Python's heap, canvases and our own notes, over all threads."""
        found = [place.evaluate("globalThis.candlefishDrawing?.memory() ?? null") for place in self._places]
        names = ("wasm_bytes", "python_bytes", "canvas_bytes", "probe_bytes")
        return {name: sum(float(one.get(name, 0.0)) for one in found if one) for name in names}

    def profile_start(self) -> None:
        """Profile Python in the first thread that has one.

        Raises:
            BenchError: no thread has a Python to profile.
        """
        self._profiled = next(
            (
                one
                for one in self._places
                if one.evaluate("globalThis.candlefishDrawing?.profile(true) ?? null") is not None
            ),
            None,
        )
        if self._profiled is None:
            raise BenchError("no Python was found to profile")

    def profile_stop(self) -> Stacks:
        """End the profile; the stacks of Python calls."""
        text = self._profiled.evaluate("candlefishDrawing.profile(false)") if self._profiled else "[]"
        stacks: Stacks = json.loads(text)
        return stacks
