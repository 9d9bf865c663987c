"""The host of the studio's fish, which `web/runtime/worker.js` starts in place of `browser.host`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from candlefish.browser.host import Host
from candlefish.browser.messages import parse_start
from candlefish.studio.ffi_calls import CountedStage, FfiCallCounter
from candlefish.studio.studio import Studio

if TYPE_CHECKING:
    from collections.abc import Callable

    from candlefish.browser.messages import Start
    from candlefish.browser.session import Post, Session
    from candlefish.browser.stage import Stage


class StudioHost(Host):
    """Runs one of the studio's sessions on a stage, and counts the calls between Python and JavaScript."""

    def __init__(self, text: str, stage: Stage, post: Callable[[str], None], studio: Studio) -> None:
        """Start from the `init` message."""
        self._studio, self._calls = studio, FfiCallCounter()
        self._opened: Session | None = None
        super().__init__(text, CountedStage(stage, self._calls), self._calls.counted(post), self._open)

    def frame(self, epoch_ms: float) -> None:
        """Advance to a frame and draw it."""
        self._calls.count()
        super().frame(epoch_ms)

    def input(self, events: Any) -> None:
        """Take inputs."""
        self._calls.count()
        super().input(events)

    def receive(self, text: str) -> None:
        """Take a control message."""
        self._calls.count()
        super().receive(text)

    def close(self) -> None:
        """Stop and give everything back to JavaScript."""
        if self._opened is not None:
            self._studio.close_session(self._opened)
            self._opened = None
        super().close()

    def _open(self, start: Start, post: Post) -> Session:
        self._opened = self._studio.open_session(start, post, self._calls.per_frame)
        return self._opened


_STUDIO = Studio()


def start(text: str, stage: Stage, post: Callable[[str], None]) -> StudioHost:
    """Start a fish; called by `web/runtime/engine-host.js` with the `init` message.

    Raises:
        MessageError: the message does not have the agreed shape.
    """
    parse_start(text)
    return StudioHost(text, stage, post, _STUDIO)
