"""When frames really reached the display: Chromium's own trace of it, with nothing else traced."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from playwright.sync_api import Browser

CATEGORY = "disabled-by-default-display.framedisplayed"
EVENT = "Display::FrameDisplayed"


class Presented:
    """Notes each frame the compositor displays, from ``start`` to ``stop``."""

    def __init__(self, browser: Browser) -> None:
        self._browser = browser

    def start(self) -> None:
        """Begin to trace."""
        self._browser.start_tracing(categories=["-*", CATEGORY])

    def stop(self) -> list[float]:
        """End; the times at which frames were displayed, ms on a clock of the browser's."""
        return displayed_ms(json.loads(self._browser.stop_tracing()))


def displayed_ms(trace: dict[str, Any]) -> list[float]:
    """The times of the displayed frames in a trace, in order, ms."""
    events = trace.get("traceEvents", [])
    return sorted(event["ts"] / 1000.0 for event in events if event.get("name") == EVENT)
