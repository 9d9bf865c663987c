"""A visitor's browser, as the tests drive it."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from candlefish.bench.fish_page import FishPage

if TYPE_CHECKING:
    from playwright.sync_api import Browser, BrowserContext, Page

EMPTY = "<!doctype html><title>nothing here</title><link rel='icon' href='data:,'>"
ISOLATED = {
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Embedder-Policy": "require-corp",
}


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
        """Errors in the consoles that no test expects."""
        return [text for visit in self._visits for text in visit.errors if not visit.expects(text)]


class Visit(FishPage):
    """One tab of a test, which may expect errors in its console."""

    def __init__(self, page: Page, address: str) -> None:
        super().__init__(page, address)
        self._expected: list[str] = []

    def expect(self, part: str) -> None:
        """Console errors that contain `part` belong to this test."""
        self._expected.append(part)

    def expects(self, text: str) -> bool:
        """Whether a console error belongs to this test."""
        return any(part in text for part in self._expected)

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

    def distance_to(self, x: float, y: float) -> float:
        """From the fish to a place, px."""
        state = self.state()
        return math.hypot(state["x"] - x, state["y"] - y)

    def python_threads(self) -> int:
        """The number of workers that are alive."""
        return len(self.page.workers)

    def wait_threads(self, count: int) -> None:
        """Wait until so many workers are alive: the browser ends one in its own time."""
        self.wait_until(lambda: self.python_threads() == count, f"{count} workers")


def line(start: tuple[float, float], end: tuple[float, float], steps: int) -> list[tuple[float, float]]:
    """Points on the way from `start` to `end`, both included."""
    shares = [i / steps for i in range(steps + 1)]
    return [(start[0] + (end[0] - start[0]) * s, start[1] + (end[1] - start[1]) * s) for s in shares]
