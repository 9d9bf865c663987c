"""Probes (``probes/``) in a page and its workers, planted faults, screenshots, and the display trace.

The built site holds none of it: probes come as init scripts, and through the workers' own modules.
"""

from __future__ import annotations

import base64
import json
import time
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any

from candlefish.bench import BenchError

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page, Worker

    from candlefish.bench.scenario import Scenario

PLANTED_PATH = "/candlefish-bench-planted.bin"
FRAMES_A_SECOND = 150
"""Room for this many; a display that is faster fills it before the window ends, and that is an error."""
AWAKE_S = 60.0
FLAGGED = "globalThis.__ready ? performance.now() : null"
"""A page without the element (a swarm) says with this flag that it draws."""
DISPLAY_CATEGORY = "disabled-by-default-display.framedisplayed"
DISPLAY_EVENT = "Display::FrameDisplayed"
Stacks = list[tuple[list[str], float, int]]
"""Stacks of names with their inclusive time (ms) and calls."""


@dataclass(frozen=True, slots=True)
class Fault:
    """A planted fault: code that makes a page worse, its scenario, and measures of which one must break."""

    name: str
    title: str
    scenario: str
    seconds: float
    caught_by: frozenset[str]
    page_js: str = ""
    worker_js: str = ""
    extra_bytes: int = 0


@cache
def source(name: str) -> str:
    """The text of a file in ``probes/``; that of a script is an expression, so without its semicolon."""
    text = (files("candlefish.bench") / "probes" / name).read_text(encoding="utf-8")
    return text.rstrip().removesuffix(";")


def install(page: Page, scenario: Scenario, *, watch_drawing: bool, fault: Fault | None = None) -> None:
    """Install the probes in every document of a page from its first moment, with ``fault`` if there is one.

    A load is measured without ``watch_drawing``, which would be part of what is measured.
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


def read_page(page: Page) -> dict[str, Any]:
    """The page probe's record so far: paints, shifts, long tasks, interactions, events of the fish."""
    record: dict[str, Any] = page.evaluate("candlefishPage")
    return record


def wait_awake(page: Page, fish: int = 1, wait_s: float = AWAKE_S) -> float:
    """Wait until so many fish are awake; return when the last one woke, ms after the navigation's start.

    Raises:
        BenchError: one could not wake, or they take too long; says why.
    """
    deadline_s = time.monotonic() + wait_s
    while True:
        events, flagged_ms = read_page(page)["events"], page.evaluate(FLAGGED)
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


class DrawingProbe:
    """Frame probes of the threads that draw: a page's workers, or the page itself."""

    def __init__(self, page: Page) -> None:
        """Find the threads that the page has now."""
        self._places: list[Page | Worker] = [*page.workers, page]
        self._profiled: Page | Worker | None = None

    def start(self) -> None:
        """Begin a window: drop earlier records."""
        for place in self._places:
            place.evaluate("globalThis.candlefishDrawing?.start()")

    def read(self) -> list[dict[str, Any]]:
        """The record of each thread with at least three frames, the one with most frames first.

        Where Python draws, a thread without it (the page, which asks for frames to gather input) is left out:
        it would stand in for a fish that hardly draws.

        Raises:
            BenchError: none drew, or the room for frames is full.
        """
        read = [place.evaluate("globalThis.candlefishDrawing?.read() ?? null") for place in self._places]
        records = [one for one in read if one]
        drew = [one for one in records if one["python"]] or records
        drew = [one for one in drew if len(one["frame_at_ms"]) >= 3]
        if not drew:
            raise BenchError("nothing was drawn in the window")
        if any(one["full"] for one in drew):
            raise BenchError(f"more than {FRAMES_A_SECOND} frames a second: no room to note them")
        return sorted(drew, key=lambda one: -len(one["frame_at_ms"]))

    def memory(self) -> dict[str, float]:
        """Bytes of WebAssembly memories, Python's heap, canvases and our own notes, over all threads."""
        answers = [place.evaluate("globalThis.candlefishDrawing?.memory() ?? null") for place in self._places]
        names = ("wasm_bytes", "python_bytes", "canvas_bytes", "probe_bytes")
        return {name: sum(float(one.get(name, 0.0)) for one in answers if one) for name in names}

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


class Screenshots:
    """Screenshots outside the window (one takes longer than a frame), as data for the report."""

    def __init__(self, page: Page, wanted: bool) -> None:
        self._page, self._wanted = page, wanted
        self.shots: list[dict[str, str]] = []

    def take(self, caption: str) -> None:
        """Take one, if screenshots are wanted."""
        if self._wanted:
            image = base64.b64encode(self._page.screenshot(type="jpeg", quality=45)).decode()
            self.shots.append({"caption": caption, "jpeg": image})


class DisplayTrace:
    """Times of the frames that the compositor displays, from Chromium's own trace, which has nothing else."""

    def __init__(self, browser: Browser) -> None:
        self._browser = browser

    def start(self) -> None:
        """Start tracing."""
        self._browser.start_tracing(categories=["-*", DISPLAY_CATEGORY])

    def stop(self) -> list[float]:
        """Stop tracing; the times of displayed frames, ms on a clock of the browser's."""
        return displayed_ms(json.loads(self._browser.stop_tracing()))


def displayed_ms(trace: dict[str, Any]) -> list[float]:
    """The times of the displayed frames in a trace, in order, ms."""
    events = trace.get("traceEvents", [])
    return sorted(event["ts"] / 1000.0 for event in events if event.get("name") == DISPLAY_EVENT)
