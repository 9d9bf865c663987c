"""The swarm on a canvas: the host of `web/swarm.html`, a fish's host without a fish."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pyodide.ffi import create_proxy

from candlefish.browser.host import BufferView
from candlefish.draw.swarm import Swarm

if TYPE_CHECKING:
    from collections.abc import Callable

    from candlefish.browser.host import Stage
    from candlefish.browser.messages import Fields

LONGEST_S = 0.05
MOST = 200_000
FRAMES_TOLD = 10


class SwarmHost:
    """Draws a swarm on a canvas of its own size, which the page enlarges; counts frames aloud."""

    def __init__(self, fields: Fields, stage: Stage, post: Callable[[str], None]) -> None:
        """Start from the `swarm` message: width and height (CSS px), count."""
        width_px, height_px = fields.number("width", 16, 16384), fields.number("height", 16, 16384)
        self._swarm = Swarm(width_px, height_px, int(fields.number("count", 1, MOST)))
        self._stage, self._post = stage, post
        self._view = BufferView(self._swarm.list.buffer)
        self._proxy = create_proxy(self.frame)
        self._last_ms: float | None = None
        self._drawn, self._told = 0, False
        stage.resize(*self._swarm.size, 1.0)
        stage.frame = self._proxy
        stage.request()

    def frame(self, epoch_ms: float) -> None:
        """Draw one frame and ask for the next."""
        if self._last_ms is not None:
            self._swarm.advance(min(LONGEST_S, max(0.0, (epoch_ms - self._last_ms) / 1000.0)))
        self._last_ms = epoch_ms
        count = self._swarm.render()
        if not self._stage.paint(self._view.data, count):
            self._view.renew()
            self._stage.paint(self._view.data, count)
        self._tell()
        self._stage.request()

    def _tell(self) -> None:
        """Tell of the first frame at once, then of ten at a time."""
        self._drawn += 1
        if self._drawn == FRAMES_TOLD or not self._told:
            self._told = True
            self._post(str(self._drawn))
            self._drawn = 0

    def close(self) -> None:
        """Stop and give everything back to JavaScript."""
        self._stage.cancel()
        self._stage.frame = None
        self._view.release()
        self._proxy.destroy()
