"""The browser engines behind one interface: Chromium by Playwright, Firefox by BiDi, WebKit by WebDriver."""

from __future__ import annotations

import json
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Protocol

from candlefish.bench.fish_page import PATIENCE_S

if TYPE_CHECKING:
    from collections.abc import Iterator
    from contextlib import AbstractContextManager

    from playwright.sync_api import Browser, BrowserContext, Page


class Engine(Protocol):
    """One browser with one profile, and the window in it that the tests look at."""

    name: str

    def renew(self) -> None:
        """Begin anew where a session does not last for many pages."""

    def open(self, address: str) -> None:
        """Go there, and wait until it is loaded."""

    def evaluate(self, expression: str) -> Any:
        """The value of a JavaScript expression, a promise awaited, by way of JSON."""

    def click(self, x: int, y: int) -> None:
        """Move the pointer there and click."""

    def tap(self, x: int, y: int) -> None:
        """Touch with a finger and lift it."""

    def press(self, key: str) -> None:
        """Press and release a key, given as its character in the WebDriver standard."""

    def second_window(self) -> AbstractContextManager[None]:
        """Do what follows in another window of the same profile."""

    def print_pdf(self) -> bytes | None:
        """The page as it is printed; None where the driver cannot print."""


def wait(engine: Engine, expression: str, wait_s: float = PATIENCE_S) -> Any:
    """Evaluate until it is true; return the value."""
    deadline_s = time.monotonic() + wait_s
    while not (value := engine.evaluate(expression)):
        assert time.monotonic() < deadline_s, f"still not so after {wait_s} s: {expression}"
        time.sleep(0.05)
    return value


KEYS = {"\ue004": "Tab", "\ue007": "Enter", "\ue00c": "Escape", "\ue014": "ArrowRight"}


class Chromium:
    """A fresh profile of a Chromium."""

    name = "Chromium"

    def __init__(self, browser: Browser, **context: Any) -> None:
        """Make the profile; `context` as for Playwright's new_context."""
        self._context: BrowserContext = browser.new_context(
            viewport={"width": 1280, "height": 720}, has_touch=True, **context
        )
        self._page: Page = self._context.new_page()

    def renew(self) -> None:
        """Go on: one profile lasts for all tests."""

    def open(self, address: str) -> None:
        """Go there, and wait until it is loaded."""
        self._page.goto(address)

    def evaluate(self, expression: str) -> Any:
        """The value of a JavaScript expression, a promise awaited, by way of JSON."""
        text = self._page.evaluate(
            f"Promise.resolve({expression}).then((value) => JSON.stringify(value ?? null))"
        )
        return json.loads(text)

    def click(self, x: int, y: int) -> None:
        """Move the pointer there and click."""
        self._page.mouse.click(x, y)

    def tap(self, x: int, y: int) -> None:
        """Touch with a finger and lift it."""
        self._page.touchscreen.tap(x, y)

    def press(self, key: str) -> None:
        """Press and release a key, given as its character in the WebDriver standard."""
        self._page.keyboard.press(KEYS.get(key, key))

    @contextmanager
    def second_window(self) -> Iterator[None]:
        """Do what follows in another window of the same profile."""
        first, self._page = self._page, self._context.new_page()
        yield
        self._page.close()
        self._page = first

    def print_pdf(self) -> bytes | None:
        """The page as it is printed."""
        return self._page.pdf()

    def close(self) -> None:
        """End the profile."""
        self._context.close()
