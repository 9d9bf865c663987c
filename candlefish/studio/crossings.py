"""Calls over the boundary between Python and JavaScript, counted where they are made."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from candlefish.browser.stage import Stage


class Crossings:
    """Counts calls, and tells how many there were a frame since it was last asked."""

    def __init__(self) -> None:
        """Start from none."""
        self._calls = self._frames = 0

    def count(self) -> None:
        """A call went over."""
        self._calls += 1

    def counted(self, function: Callable[[str], None]) -> Callable[[str], None]:
        """Return a JavaScript function of one text with its calls counted."""

        def call(text: str) -> None:
            self.count()
            function(text)

        return call

    def a_frame(self, frames: int) -> float:
        """Return the calls a frame since the last time, now that `frames` are drawn; 0 if no new one is."""
        drawn, calls = frames - self._frames, self._calls
        if drawn <= 0:
            return 0.0
        self._frames, self._calls = frames, 0
        return calls / drawn


class CountedStage:
    """A stage of `web/runtime/stage.js`, every call of which is counted."""

    def __init__(self, stage: Stage, crossings: Crossings) -> None:
        """Pass everything on to `stage`."""
        self._stage, self._crossings = stage, crossings

    @property
    def frame(self) -> object:
        """What the stage calls at each frame."""
        return self._stage.frame

    @frame.setter
    def frame(self, call: object) -> None:
        self._crossings.count()
        self._stage.frame = call

    def resize(self, width_px: float, height_px: float, dpr: float) -> None:
        """Size the canvas; clears it."""
        self._crossings.count()
        self._stage.resize(width_px, height_px, dpr)

    def paint(self, ops: object, count: int) -> bool:
        """Paint; false when `ops` is a stale view."""
        self._crossings.count()
        return self._stage.paint(ops, count)

    def request(self) -> None:
        """Ask for one frame."""
        self._crossings.count()
        self._stage.request()

    def cancel(self) -> None:
        """Take the request back."""
        self._crossings.count()
        self._stage.cancel()

    def now(self) -> float:
        """Epoch ms on the clock of the frames."""
        self._crossings.count()
        return self._stage.now()
