"""A visitor's browser, as the tests drive it."""

from __future__ import annotations

import math
import time
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable

    from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page

EVENTS = (
    "ready",
    "moodchange",
    "trustchange",
    "milestone",
    "fed",
    "error",
    "fallback",
    "perf",
    "storage",
)
# Every event of every fish in the page, with the time it came, page ms.
RECORDER = f"""
window.recorded = [];
for (const name of {list(EVENTS)})
  addEventListener("candlefish:" + name, (event) =>
    window.recorded.push({{ name, at_ms: performance.now(), detail: event.detail, from: event.target.id }}));
"""
EMPTY = "<!doctype html><title>nothing here</title><link rel='icon' href='data:,'>"
ISOLATED = {
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Embedder-Policy": "require-corp",
}
PATIENCE_S = 90
"""How long to wait for what must come: on a busy machine frames are clamped, and life is in slow motion."""

State = dict[str, Any]


class Visits:
    """Pages of one test, all in fresh profiles unless they share one."""

    def __init__(self, browser: Browser, address: str) -> None:
        self._browser, self.address = browser, address
        self._contexts: list[BrowserContext] = []
        self._visits: list[Visit] = []

    def new(self, **context: Any) -> Visit:
        """A page in a new profile, without a service worker; `context` as for Playwright's new_context."""
        options = {"viewport": {"width": 1280, "height": 720}, "service_workers": "block", **context}
        self._contexts.append(self._browser.new_context(**options))
        return self.beside(self._contexts[-1])

    def beside(self, context: BrowserContext) -> Visit:
        """A further tab in a profile."""
        self._visits.append(Visit(context.new_page(), self.address))
        return self._visits[-1]

    def close(self) -> None:
        """Close every profile."""
        for context in self._contexts:
            context.close()

    def unexpected(self) -> list[str]:
        """What the consoles showed that no test asked for."""
        return [text for visit in self._visits for text in visit.errors if not visit.expects(text)]


class Visit:
    """One tab. `errors` holds what its console showed as error, and uncaught exceptions."""

    def __init__(self, page: Page, address: str) -> None:
        self.page, self.address = page, address
        self.errors: list[str] = []
        self.requests: list[str] = []
        self._expected: list[str] = []
        page.on("console", self._hear)
        page.on("pageerror", lambda error: self.errors.append(f"uncaught: {error}"))
        page.on("request", lambda request: self.requests.append(request.url))
        page.add_init_script(RECORDER)

    def expect(self, part: str) -> None:
        """Console errors that contain `part` belong to this test."""
        self._expected.append(part)

    def expects(self, text: str) -> bool:
        """Whether a console error belongs to this test."""
        return any(part in text for part in self._expected)

    def _hear(self, message: ConsoleMessage) -> None:
        if message.type in {"error", "assert"}:
            self.errors.append(f"{message.text} ({message.location.get('url', '')})")

    def open(self, path: str = "/") -> None:
        """Go to a page of the site."""
        self.page.goto(self.address + path)

    def serve(self, path: str, html: str) -> None:
        """Let the site have one more page."""
        self.page.route(
            self.address + path,
            lambda route: route.fulfill(body=html, headers=ISOLATED, content_type="text/html"),
        )

    def leave(self) -> None:
        """Go to an empty page of the site."""
        self.serve("/empty.html", EMPTY)
        self.open("/empty.html")

    def wait_awake(self) -> dict[str, Any]:
        """Wait for Python's first frame; return the detail of `ready`."""
        return self.wait_event("ready")

    def wait_event(self, name: str, wait_s: float = PATIENCE_S, after: int = 0) -> dict[str, Any]:
        """Wait for an event beyond the first `after` of that name; return its detail.

        Ends at once when the fish could not start and nobody waits for that.
        """
        self.page.wait_for_function(
            """([name, after]) => {
              const count = (name) => recorded.filter((event) => event.name === name).length;
              return count(name) > after || (name !== "error" && count("fallback") > count("ready"));
            }""",
            arg=[name, after],
            timeout=wait_s * 1000,
        )
        found = self.events(name)
        assert len(found) > after, f"no {name}, but {self.events('error')} and {self.events('fallback')}"
        return found[after]

    def events(self, name: str) -> list[dict[str, Any]]:
        """The details of all events of a name so far."""
        found = self.page.evaluate("(name) => recorded.filter((event) => event.name === name)", name)
        return [event["detail"] for event in found]

    def state(self, selector: str = "candle-fish") -> State:
        """What getState() resolves to."""
        state: State = self.page.evaluate(
            "(selector) => document.querySelector(selector).getState()", selector
        )
        return state

    def wait_state(self, holds: Callable[[State], bool], wait_s: float = PATIENCE_S) -> State:
        """Ask for the state until `holds` is true of it."""
        deadline_s = time.monotonic() + wait_s
        while not holds(state := self.state()):
            assert time.monotonic() < deadline_s, f"still not so after {wait_s} s: {state}"
            self.page.wait_for_timeout(60)
        return state

    def wait_until(self, holds: Callable[[], bool], what: str, wait_s: float = PATIENCE_S) -> None:
        """Let the page live until `holds` is true; fail with `what` when it does not become so."""
        deadline_s = time.monotonic() + wait_s
        while not holds():
            assert time.monotonic() < deadline_s, f"not within {wait_s} s: {what}"
            self.page.wait_for_timeout(60)

    def distance_to(self, x: float, y: float) -> float:
        """From the fish to a place, px."""
        state = self.state()
        return math.hypot(state["x"] - x, state["y"] - y)

    def stored(self, key: str = "candlefish_memory") -> str | None:
        """What localStorage holds."""
        text: str | None = self.page.evaluate("(key) => localStorage.getItem(key)", key)
        return text

    def python_threads(self) -> int:
        """Workers that are alive."""
        return len(self.page.workers)

    def wait_threads(self, count: int) -> None:
        """Wait until so many workers are alive: the browser ends one in its own time."""
        self.wait_until(lambda: self.python_threads() == count, f"{count} workers")

    def glide(self, path: list[tuple[float, float]], step_ms: int = 16) -> None:
        """Move the pointer along points at an even pace."""
        for x, y in path:
            self.page.mouse.move(x, y)
            self.page.wait_for_timeout(step_ms)


def line(start: tuple[float, float], end: tuple[float, float], steps: int) -> list[tuple[float, float]]:
    """Points on the way from `start` to `end`, both included."""
    shares = [i / steps for i in range(steps + 1)]
    return [(start[0] + (end[0] - start[0]) * s, start[1] + (end[1] - start[1]) * s) for s in shares]
