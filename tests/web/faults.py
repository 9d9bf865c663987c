"""Ways to break a visit, one for each rung of the ladder: before the page opens, or once the fish lives."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.web.visit import ISOLATED
from tests.web.wheels import serve_with_code_added

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from playwright.sync_api import Route

    from tests.web.visit import Visit

    Fault = Callable[[Visit, Path], object]

KEEP_CANVASES = """
self.canvases = [];
const { getContext } = OffscreenCanvas.prototype;
OffscreenCanvas.prototype.getContext = function (...how) {
  canvases.push(this);
  return getContext.apply(this, how);
};
"""
LOSE_CANVASES = "() => canvases.forEach((one) => one.dispatchEvent(new Event('contextlost')))"
CLASSIC_WORKERS = """
window.Worker = class extends Worker {
  constructor(url, options) { super(url, { name: options?.name }); }
};
"""
REFUSED_WORKERS = """
window.Worker = class { constructor() { throw new DOMException("not from this origin", "SecurityError"); } };
"""
NO_MEMORY = """
WebAssembly.Memory = function () { throw new RangeError("WebAssembly.Memory(): could not allocate memory"); };
"""
RAISE_IN_STEP = """
_advance = World.advance

def _advance_and_raise(self, elapsed_s):
    if self.clock.step >= 30:
        raise ZeroDivisionError("the thirtieth step")
    return _advance(self, elapsed_s)

World.advance = _advance_and_raise
"""
RAISE_IN_DRAW = """
_render = Scene.render

def _render_and_raise(self, world):
    if world.clock.step >= 30:
        raise ValueError("a drawing that fails")
    return _render(self, world)

Scene.render = _render_and_raise
"""
RAISE_IN_INPUT = """
_take_inputs = Session.take_inputs

def _take_inputs_and_raise(self, values):
    raise KeyError("an input that fails")

Session.take_inputs = _take_inputs_and_raise
"""
ASK_TOO_MUCH = """
import numpy

_advance = World.advance

def _advance_and_allocate(self, elapsed_s):
    if self.clock.step >= 30:
        [numpy.empty(2**30, numpy.uint8) for _ in range(5)]  # never touched: costs the machine nothing
    return _advance(self, elapsed_s)

World.advance = _advance_and_allocate
"""
NEVER_RETURN = """
def _never_return(self, values):
    while True:
        pass

from candlefish.browser.session import Session
Session.take_inputs = _never_return
"""
STORAGE_DENIED = """
Object.defineProperty(window, "localStorage", {
  get() { throw new DOMException("no", "SecurityError"); },
});
"""
STORAGE_ABSENT = "Object.defineProperty(window, 'localStorage', { value: undefined });"
STORAGE_FULL = """
Storage.prototype.setItem = () => { throw new DOMException("full", "QuotaExceededError"); };
"""
STORAGE_TAMPERED = """
localStorage.setItem("candlefish_memory", '{"version": 1, "trust": "<img src=x onerror=alert(1)>"');
"""
SAVE_DATA = "Object.defineProperty(navigator, 'connection', { value: { saveData: true } });"


def nothing(visit: Visit, dist: Path) -> None:
    """Break nothing."""


def script(code: str) -> Fault:
    """Run JavaScript in the page before any other."""
    return lambda visit, _dist: visit.page.add_init_script(code)


def python(module: str, code: str) -> Fault:
    """Let a module of the fish's Python end with `code`."""
    return lambda visit, dist: serve_with_code_added(visit, dist, module, code)


def worker(code: str) -> Fault:
    """Run JavaScript in the worker before Python starts there."""
    return lambda visit, dist: before_worker(visit, dist, code)


def before_worker(visit: Visit, dist: Path, code: str) -> None:
    """Serve worker.js with `code` in front; its imports still come first."""
    body = code + next(dist.glob("app-*/worker.js")).read_text(encoding="utf-8")
    visit.page.context.route(
        "**/worker.js",
        lambda route: route.fulfill(body=body, content_type="text/javascript", headers=ISOLATED),
    )


def missing(pattern: str) -> Fault:
    """Answer 404 for the files that match."""
    return lambda visit, _dist: visit.page.context.route(
        pattern, lambda route: route.fulfill(status=404, body="gone")
    )


def stalled(pattern: str) -> Fault:
    """Never answer for the files that match, in a page whose clock the test pushes."""

    def arrange(visit: Visit, _dist: Path) -> None:
        visit.page.clock.install()
        visit.page.context.route(pattern, lambda _route: None)

    return arrange


def pushed_clock(visit: Visit, _dist: Path) -> None:
    """Let the test push the page's clock."""
    visit.page.clock.install()


def both(first: Fault, second: Fault) -> Fault:
    """One fault and then another."""

    def arrange(visit: Visit, dist: Path) -> None:
        first(visit, dist)
        second(visit, dist)

    return arrange


def no_wasm_in_policy(visit: Visit, _dist: Path) -> None:
    """A content security policy, of page and worker, that forbids to compile WebAssembly."""

    def stricter(route: Route) -> None:
        answer = route.fetch()
        policy = answer.headers["content-security-policy"].replace("'wasm-unsafe-eval'", "")
        route.fulfill(response=answer, headers={**answer.headers, "content-security-policy": policy})

    for path in (f"{visit.address}/", "**/worker.js"):
        visit.page.context.route(path, stricter)


def kill_worker(visit: Visit) -> None:
    """End the worker without a word, as a browser short of memory does, and let half a minute pass."""
    visit.page.workers[0].evaluate("() => void setTimeout(() => self.close())")
    visit.page.wait_for_timeout(200)
    wait_half_a_minute(visit)


def wait_half_a_minute(visit: Visit) -> None:
    """Push the page's clock."""
    visit.page.clock.run_for(30_000)


def hang(visit: Visit) -> None:
    """Let Python meet an input, and half a minute pass."""
    move(visit)
    wait_half_a_minute(visit)


def move(visit: Visit) -> None:
    """Move the pointer over the fish."""
    visit.page.mouse.move(700, 300)
    visit.page.mouse.move(720, 310)
    visit.page.wait_for_timeout(200)


def feed(visit: Visit) -> None:
    """Offer food, so that there is something to remember."""
    visit.page.mouse.click(700, 300)
    visit.wait_event("fed")


def lose_canvas(visit: Visit) -> None:
    """Lose the canvas context in the worker."""
    visit.page.workers[0].evaluate(LOSE_CANVASES)


def want_less_motion(visit: Visit) -> None:
    """Set the visitor's preference while the fish swims."""
    visit.page.emulate_media(reduced_motion="reduce")


def to_paper(visit: Visit) -> None:
    """Show the page as it would be printed."""
    visit.page.wait_for_timeout(800)
    visit.page.emulate_media(media="print")
