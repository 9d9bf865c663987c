"""Page driver: opens a page with a fish, waits for its events, and asks for its state and its memory."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

from candlefish.bench import BenchError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from playwright.sync_api import ConsoleMessage, Page, Response

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
ARRIVED = """([name, after]) => {
  const count = (name) => recorded.filter((event) => event.name === name).length;
  return count(name) > after || (name !== "error" && count("fallback") > count("ready"));
}"""
PATIENCE_S = 90
"""How long to wait for what must come: on a busy machine frames are clamped, and life is in slow motion."""
POLL_MS = 60.0
MEMORY_KEY = "candlefish_memory"

State = dict[str, Any]
Place = tuple[float, float]


class FishPage:
    """One tab, and the fish in it.

    Attributes:
        errors: what its console showed as error, and uncaught exceptions.
        requests: the addresses it asked for.
        missing: the addresses that were answered with an error.
    """

    def __init__(self, page: Page, address: str = "") -> None:
        """Record the fish's events in every document of the page; `address` is the site's."""
        self.page, self.address = page, address
        self.errors: list[str] = []
        self.requests: list[str] = []
        self.missing: list[str] = []
        page.on("console", self._on_console)
        page.on("pageerror", lambda error: self.errors.append(f"uncaught: {error}"))
        page.on("request", lambda request: self.requests.append(request.url))
        page.on("response", self._on_response)
        page.add_init_script(RECORDER)

    def open(self, path: str = "/") -> None:
        """Go to a page of the site."""
        self.page.goto(self.address + path)

    def wait_awake(self, wait_s: float = PATIENCE_S) -> dict[str, Any]:
        """Wait for Python's first frame; return the detail of `ready`. Raises like `wait_event`."""
        return self.wait_event("ready", wait_s)

    def wait_event(self, name: str, wait_s: float = PATIENCE_S, after: int = 0) -> dict[str, Any]:
        """Wait for an event beyond the first `after` of that name; return its detail.

        Raises:
            BenchError: it does not come, or the fish could not start and that is not what is waited for.
        """
        from playwright.sync_api import TimeoutError as Late  # noqa: PLC0415 - an extra

        try:
            self.page.wait_for_function(ARRIVED, arg=[name, after], timeout=wait_s * 1000)
        except Late as error:
            raise BenchError(f"{self.page.url}: no event {name} within {wait_s:g} s") from error
        events = self.events(name)
        if len(events) <= after:
            problems = [*self.events("error"), *self.events("fallback")]
            raise BenchError(f"{self.page.url}: no event {name}, but {problems}")
        return events[after]

    def recorded(self, name: str) -> list[dict[str, Any]]:
        """All events of a name so far: `at_ms` on the page's clock, `detail`, and `from`, an element's id."""
        events: list[dict[str, Any]] = self.page.evaluate(
            "(name) => recorded.filter((event) => event.name === name)", name
        )
        return events

    def events(self, name: str) -> list[dict[str, Any]]:
        """The details of all events of a name so far."""
        return [event["detail"] for event in self.recorded(name)]

    def state(self, selector: str = "candle-fish") -> State:
        """The answer of getState()."""
        state: State = self.page.evaluate(
            "(selector) => document.querySelector(selector).getState()", selector
        )
        return state

    def wait_state(self, holds: Callable[[State], bool], wait_s: float = PATIENCE_S) -> State:
        """Ask for the state until `holds` is true of it. Raises `BenchError`."""
        deadline_s = time.monotonic() + wait_s
        while not holds(state := self.state()):
            if time.monotonic() > deadline_s:
                raise BenchError(f"still not so after {wait_s:g} s: {state}")
            self.page.wait_for_timeout(POLL_MS)
        return state

    def wait_until(self, holds: Callable[[], bool], what: str, wait_s: float = PATIENCE_S) -> None:
        """Let the page run until `holds` is true. Raises `BenchError` with `what`."""
        deadline_s = time.monotonic() + wait_s
        while not holds():
            if time.monotonic() > deadline_s:
                raise BenchError(f"not within {wait_s:g} s: {what}")
            self.page.wait_for_timeout(POLL_MS)

    def stored(self, key: str = MEMORY_KEY) -> str | None:
        """The text that localStorage holds."""
        text: str | None = self.page.evaluate("(key) => localStorage.getItem(key)", key)
        return text

    def glide(self, path: Iterable[Place], step_ms: int = 16) -> None:
        """Move the pointer along points at an even pace."""
        for x, y in path:
            self.page.mouse.move(x, y)
            self.page.wait_for_timeout(step_ms)

    def feed(self, x: float, y: float) -> None:
        """Drop food: move the pointer there and click."""
        self.page.mouse.move(x, y)
        self.page.mouse.click(x, y)

    def _on_console(self, message: ConsoleMessage) -> None:
        if message.type in {"error", "assert"}:
            self.errors.append(f"{message.text} ({message.location.get('url', '')})")

    def _on_response(self, response: Response) -> None:
        if response.status >= 400:
            self.missing.append(response.url)
