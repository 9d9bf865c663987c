"""Counter of calls between Python and JavaScript, and a stage that counts its own."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from candlefish.browser.stage import Stage


class FfiCallCounter:
    """Counts calls between Python and JavaScript, in either direction."""

    def __init__(self) -> None:
        """Start from none."""
        self._calls = self._frames = 0

    def count(self) -> None:
        """Count one call."""
        self._calls += 1

    def counted(self, function: Callable[[str], None]) -> Callable[[str], None]:
        """Return a JavaScript function of one text with its calls counted."""

        def call(text: str) -> None:
            self.count()
            function(text)

        return call

    def per_frame(self, frames: int) -> float:
        """Return the calls a frame since the last time, now that `frames` are drawn; 0 if no new one is."""
        drawn, calls = frames - self._frames, self._calls
        if drawn <= 0:
            return 0.0
        self._frames, self._calls = frames, 0
        return calls / drawn


class CountedStage:
    """A stage of `web/runtime/stage.js` with its calls counted."""

    def __init__(self, stage: Stage, calls: FfiCallCounter) -> None:
        """Pass everything on to `stage`."""
        self._stage, self._calls = stage, calls

    @property
    def frame(self) -> object:
        """The function that the stage calls at each frame."""
        return self._stage.frame

    @frame.setter
    def frame(self, function: object) -> None:
        self._calls.count()
        self._stage.frame = function

    def resize(self, width_px: float, height_px: float, dpr: float) -> None:
        """Size the canvas; clears it."""
        self._calls.count()
        self._stage.resize(width_px, height_px, dpr)

    def paint(self, ops: object, count: int) -> bool:
        """Paint; false when `ops` is a stale view."""
        self._calls.count()
        return self._stage.paint(ops, count)

    def request(self) -> None:
        """Ask for one frame."""
        self._calls.count()
        self._stage.request()

    def cancel(self) -> None:
        """Take the request back."""
        self._calls.count()
        self._stage.cancel()

    def now(self) -> float:
        """Epoch ms on the clock of the frames."""
        self._calls.count()
        return self._stage.now()
