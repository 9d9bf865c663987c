"""The host of `web/swarm.html`: a swarm on a canvas."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pyodide.ffi import create_proxy

from candlefish.browser.messages import Fields
from candlefish.browser.stage import BufferView
from candlefish.draw.swarm import Swarm

if TYPE_CHECKING:
    from collections.abc import Callable

    from candlefish.browser.stage import Stage

LONGEST_S = 0.05
MOST = 200_000
POST_EVERY_FRAMES = 10


class SwarmHost:
    """Draws a swarm on a canvas of its own size, which the page enlarges; posts the number of frames drawn.

    Messages of the page: `swarm` to start with, then `resize`, `pause` and `resume`.
    """

    def __init__(self, fields: Fields, stage: Stage, post: Callable[[str], None]) -> None:
        """Start from the `swarm` message: width and height (CSS px), count."""
        self._swarm = Swarm(*_box(fields), int(fields.number("count", 1, MOST)))
        self._stage, self._post = stage, post
        self._view = BufferView(self._swarm.list.buffer)
        self._proxy = create_proxy(self.frame)
        self._last_ms: float | None = None
        self._drawn, self._posted, self._paused = 0, False, False
        stage.resize(*self._swarm.size, 1.0)
        stage.frame = self._proxy
        stage.request()

    def frame(self, epoch_ms: float) -> None:
        """Draw one frame and ask for the next."""
        if self._last_ms is not None:
            self._swarm.advance(min(LONGEST_S, max(0.0, (epoch_ms - self._last_ms) / 1000.0)))
        self._last_ms = epoch_ms
        self._draw()
        self._post_frames()
        if not self._paused:
            self._stage.request()

    def receive(self, text: str) -> None:
        """Take a later message.

        Raises:
            MessageError: it does not have the agreed shape.
        """
        fields = Fields(text)
        match fields.choice("type", ("resize", "pause", "resume")):
            case "resize":
                self._resize(*_box(fields))
            case "pause":
                self._paused = True
            case _:
                self._paused, self._last_ms = False, None
                self._stage.request()

    def _resize(self, width_px: float, height_px: float) -> None:
        """Draw at once: a canvas of another size is empty."""
        self._swarm.resize(width_px, height_px)
        self._view.release()
        self._view = BufferView(self._swarm.list.buffer)
        self._stage.resize(*self._swarm.size, 1.0)
        self._draw()

    def _draw(self) -> None:
        count = self._swarm.render()
        if not self._stage.paint(self._view.data, count):
            self._view.renew()
            self._stage.paint(self._view.data, count)

    def _post_frames(self) -> None:
        """Post the first frame at once, then ten at a time."""
        self._drawn += 1
        if self._drawn == POST_EVERY_FRAMES or not self._posted:
            self._posted = True
            self._post(str(self._drawn))
            self._drawn = 0

    def close(self) -> None:
        """Stop and give everything back to JavaScript."""
        self._stage.cancel()
        self._stage.frame = None
        self._view.release()
        self._proxy.destroy()


def _box(fields: Fields) -> tuple[float, float]:
    """Width and height of a message, CSS px."""
    return fields.number("width", 16, 16384), fields.number("height", 16, 16384)
