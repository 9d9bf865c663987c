"""The studio's fish on their canvases: what `web/runtime/worker.js` starts in place of `browser.host`."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from candlefish.browser.host import Host
from candlefish.browser.messages import Fields, parse_start
from candlefish.studio.crossings import CountedStage, Crossings
from candlefish.studio.session import StudioSession
from candlefish.studio.studio import Studio

if TYPE_CHECKING:
    from collections.abc import Callable

    from candlefish.browser.messages import Start
    from candlefish.browser.session import Message, Post, Session
    from candlefish.browser.stage import Stage


class StudioHost(Host):
    """The host of one of the studio's fish; it answers `studio` messages besides."""

    def __init__(self, text: str, stage: Stage, post: Callable[[str], None], studio: Studio) -> None:
        """Start from the `init` message."""
        self._studio, self._crossings = studio, Crossings()
        super().__init__(text, CountedStage(stage, self._crossings), post, self._open)

    def frame(self, epoch_ms: float) -> None:
        """Live and draw one frame."""
        self._crossings.count()
        super().frame(epoch_ms)

    def input(self, events: Any) -> None:
        """Take inputs."""
        self._crossings.count()
        super().input(events)

    def receive(self, text: str) -> None:
        """Take a control message."""
        self._crossings.count()
        super().receive(text)

    def close(self) -> None:
        """Stop and give everything back to JavaScript."""
        if not self._closed:
            self._studio.close_session(self._session)
        super().close()

    def _open(self, start: Start, post: Post) -> Session:
        session = self._studio.open_session(start, post)
        if isinstance(session, StudioSession):
            session.crossings = self._crossings
            self._studio.on_tuned = self._show  # at once: a frame sooner than the next one would show it
        return session

    def _show(self) -> None:
        if not self._closed:
            self._paint()

    def _post(self, message: Message) -> None:
        self._crossings.count()
        super()._post(message)

    def _handle(self, text: str) -> None:
        fields = Fields(text)
        if fields.type != "studio":
            super()._handle(text)
            return
        answer = self._studio.answer(json.loads(text))
        self._post({**answer, "type": "studio", "id": fields.number("id", 0, 2**53)})
        if not self._session.running:
            self._paint()


_STUDIO = Studio()


def start(text: str, stage: Stage, post: Callable[[str], None]) -> StudioHost:
    """Start a fish; called by `web/runtime/engine-host.js` with the `init` message.

    Raises:
        MessageError: the message does not have the agreed shape.
    """
    parse_start(text)
    return StudioHost(text, stage, post, _STUDIO)
