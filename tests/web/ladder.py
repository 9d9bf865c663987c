"""The fallback ladder: each way to fail, what the visitor then sees, and the event that says so.

The tests break each rung as its row says; `docs/fallbacks.md` is written from the same rows:
``.venv/bin/python -m tests.web.ladder > docs/fallbacks.md``.
"""

from __future__ import annotations

import sys
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal

from tests.web import faults

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from tests.web.visit import Visit

Sight = Literal["picture", "fish", "fish on the page"]

SIGHTS: Mapping[Sight, str] = {
    "picture": "the still picture",
    "fish": "the living fish",
    "fish on the page": "the living fish, drawn by the page’s own thread",
}


@dataclass(frozen=True)
class Rung:
    """One way to fail.

    Attributes:
        name: short, for the test.
        cause: what is wrong, as a site owner would say it.
        sees: what the visitor sees in the end.
        event: the event that tells (without its prefix), "" for none.
        reason: its `reason`; "" where the event has none.
        arrange: breaks it before the page is opened.
        act: breaks it once the fish lives; then the fish must have lived first.
        error: part of the `message` of the `error` event that comes before.
        context: of the browser, as for Playwright.
        console: what the browser itself writes into its console.
    """

    name: str
    cause: str
    sees: Sight
    event: str
    reason: str = ""
    arrange: Callable[[Visit, Path], object] = faults.nothing
    act: Callable[[Visit], None] | None = None
    error: str = ""
    context: Mapping[str, Any] = field(default_factory=dict)
    console: tuple[str, ...] = ()


LADDER = (
    Rung("scripts off", "JavaScript is off", "picture", "", context={"java_script_enabled": False}),
    Rung(
        "element missing",
        "`candle-fish.js` does not come",
        "picture",
        "",
        arrange=faults.missing("**/candle-fish.js"),
        console=("404",),
    ),
    Rung(
        "reduced motion",
        "the visitor prefers reduced motion",
        "picture",
        "fallback",
        "reduced-motion",
        context={"reduced_motion": "reduce"},
    ),
    Rung(
        "reduced motion later",
        "the visitor asks for reduced motion while it swims",
        "picture",
        "fallback",
        "reduced-motion",
        act=faults.want_less_motion,
    ),
    Rung(
        "save data",
        "the visitor saves data",
        "picture",
        "fallback",
        "save-data",
        arrange=faults.script(faults.SAVE_DATA),
    ),
    Rung(
        "no webassembly",
        "the browser has no WebAssembly",
        "picture",
        "fallback",
        "no-webassembly",
        arrange=faults.script("delete globalThis.WebAssembly"),
    ),
    Rung(
        "webassembly forbidden",
        "the content security policy lacks `'wasm-unsafe-eval'`",
        "picture",
        "fallback",
        "load",
        arrange=faults.no_wasm_in_policy,
        error="WebAssembly",
        console=("WebAssembly", "wasm"),
    ),
    Rung(
        "no module workers",
        "the browser has no module workers",
        "picture",
        "fallback",
        "error",
        arrange=faults.script(faults.CLASSIC_WORKERS),
        error="import",
    ),
    Rung(
        "worker refused",
        "the page refuses the worker: it is from another origin, or Trusted Types lack `candlefish`",
        "picture",
        "fallback",
        "engine",
        arrange=faults.script(faults.REFUSED_WORKERS),
        error="SecurityError",
    ),
    Rung(
        "no offscreencanvas",
        "the browser has no OffscreenCanvas",
        "fish on the page",
        "ready",
        arrange=faults.script("delete globalThis.OffscreenCanvas"),
    ),
    Rung(
        "load stands still",
        "a file never comes: no progress for 15 s",
        "picture",
        "fallback",
        "timeout",
        arrange=faults.stalled("**/pyodide.asm.js"),
        error="no progress for 15 s",
    ),
    Rung(
        "worker missing",
        "the worker’s script does not come",
        "picture",
        "fallback",
        "error",
        arrange=faults.missing("**/worker.js"),
        error="could not be loaded",
        console=("404",),
    ),
    Rung(
        "python cannot be imported",
        "Python raises an exception at import",
        "picture",
        "fallback",
        "load",
        arrange=faults.python("candlefish.sim.world", "import no_such_module\n"),
        error="no_such_module",
    ),
    Rung(
        "exception in a step",
        "Python raises an exception in a step of the model",
        "picture",
        "fallback",
        "error",
        arrange=faults.python("candlefish.sim.world", faults.RAISE_IN_STEP),
        error="ZeroDivisionError: the thirtieth step",
    ),
    Rung(
        "exception in drawing",
        "Python raises an exception while it draws",
        "picture",
        "fallback",
        "error",
        arrange=faults.python("candlefish.draw.scene", faults.RAISE_IN_DRAW),
        error="ValueError: a drawing that fails",
    ),
    Rung(
        "exception at an input",
        "Python raises an exception when it handles input",
        "picture",
        "fallback",
        "error",
        arrange=faults.python("candlefish.browser.session", faults.RAISE_IN_INPUT),
        act=faults.move,
        error="KeyError: 'an input that fails'",
    ),
    Rung(
        "python hangs",
        "Python never comes back: no answer for 15 s",
        "picture",
        "fallback",
        "timeout",
        arrange=faults.both(
            faults.pushed_clock, faults.python("candlefish.browser.host", faults.NEVER_RETURN)
        ),
        act=faults.hang,
        error="no answer for 15 s",
    ),
    Rung(
        "worker killed",
        "the browser ends the worker: no answer for 15 s",
        "picture",
        "fallback",
        "timeout",
        arrange=faults.pushed_clock,
        act=faults.kill_worker,
        error="no answer for 15 s",
    ),
    Rung(
        "no memory at the start",
        "there is no memory for WebAssembly",
        "picture",
        "fallback",
        "load",
        arrange=faults.worker(faults.NO_MEMORY),
        error="could not allocate memory",
    ),
    Rung(
        "out of memory",
        "Python runs out of memory",
        "picture",
        "fallback",
        "error",
        arrange=faults.python("candlefish.sim.world", faults.ASK_TOO_MUCH),
        error="MemoryError",
    ),
    Rung(
        "canvas lost",
        "the canvas context is lost",
        "picture",
        "fallback",
        "error",
        arrange=faults.worker(faults.KEEP_CANVASES),
        act=faults.lose_canvas,
        error="canvas context was lost",
    ),
    Rung(
        "storage denied",
        "storage is denied",
        "fish",
        "storage",
        "denied",
        arrange=faults.script(faults.STORAGE_DENIED),
        act=faults.feed,
    ),
    Rung(
        "storage absent",
        "the browser has no storage",
        "fish",
        "storage",
        "denied",
        arrange=faults.script(faults.STORAGE_ABSENT),
        act=faults.feed,
    ),
    Rung(
        "storage full",
        "storage is full",
        "fish",
        "storage",
        "full",
        arrange=faults.script(faults.STORAGE_FULL),
        act=faults.feed,
    ),
    Rung(
        "storage tampered with",
        "what is stored is damaged or not ours",
        "fish",
        "storage",
        "damaged",
        arrange=faults.script(faults.STORAGE_TAMPERED),
    ),
    Rung(
        "forced colours",
        "the visitor’s colours are forced (high contrast)",
        "fish",
        "ready",
        context={"forced_colors": "active"},
    ),
    Rung("print", "the page is printed", "picture", "", act=faults.to_paper),
)

INTRODUCTION = """\
# When it cannot swim

The fish never leaves a blank box behind. The picture in the page is there at first paint; the living fish
fades in over it, and when anything fails the picture comes back and one event says why. Nothing is left
running: no worker, no canvas.

Each row below is a test: it is made to fail in a real browser, and this page is written from the table
the tests run on.

| what is wrong | what the visitor sees | event | reason |
|---|---|---|---|
"""
CONCLUSION = """
Before `candlefish:fallback` with the reason `load`, `error` or `timeout` there is a `candlefish:error` whose
`detail` has `message`, `where` and, from Python, `traceback`.

**Files.** Every file that the page asks for on the way to the living fish is also, one after the other,
answered with 404 and with rubbish. Each time the visitor has the picture, or the fish where it can do
without the file.

**Storage.** Where nothing can be saved the fish lives on, and `getState()` says `memory_saved: false`.
What is damaged is set aside under `candlefish_memory.damaged`, and what can be read of it is kept.
"""


def row(rung: Rung) -> str:
    """A line of the table in the docs."""
    event = f"`candlefish:{rung.event}`" if rung.event else "–"
    reason = f"`{rung.reason}`" if rung.reason else "–"
    return f"| {rung.cause} | {SIGHTS[rung.sees]} | {event} | {reason} |"


def page() -> str:
    """`docs/fallbacks.md`."""
    return INTRODUCTION + "".join(row(rung) + "\n" for rung in LADDER) + CONCLUSION


if __name__ == "__main__":
    sys.stdout.write(page())
