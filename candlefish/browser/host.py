"""The host of a session on a real canvas. Python owns the frame loop.

Each animation frame crosses the boundary three times: JavaScript calls `frame`, Python has the display list
painted, Python asks for the next frame. The display list is one float32 buffer JavaScript reads in place.
"""

from __future__ import annotations

import json
import time
from collections import deque
from typing import TYPE_CHECKING, Any, TypeVar

from pyodide.ffi import create_proxy

from candlefish.browser.messages import Fields, MessageError, parse_start
from candlefish.browser.session import Message, Session
from candlefish.browser.stage import BufferView
from candlefish.sim.replay import LogError, fingerprint, parse_log

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from candlefish.browser.messages import Start
    from candlefish.browser.session import Post
    from candlefish.browser.stage import Stage
    from candlefish.browser.swarm import SwarmHost


_T = TypeVar("_T")


class Host:
    """Runs a session on a stage; the object JavaScript talks to.

    An exception in a frame or message is posted to the page as an `error` message, and the loop ends.
    """

    def __init__(
        self,
        text: str,
        stage: Stage,
        post: Callable[[str], None],
        open_session: Callable[[Start, Post], Session] = Session,
    ) -> None:
        """Start from the `init` message; `post` takes each message for the page as JSON text."""
        self._post_text = post
        self._stage = stage
        start = parse_start(text)
        self._session = open_session(start, self._post)
        self._view = BufferView(self._session.scene.buffer)
        self._session.wasm_bytes, self._session.repaint = self._view.memory_bytes, self._paint
        self._frame_proxy = create_proxy(self.frame)
        self._closed = False
        self._sized: tuple[float, float, float] | None = None
        stage.frame = self._frame_proxy
        self._draw(stage.now())
        self._post({"type": "ready"})
        self._post({"type": "frame1"})

    def frame(self, epoch_ms: float) -> None:
        """Advance to a frame and draw it."""
        self._guard("frame", self._draw_frame, epoch_ms)

    def input(self, events: Any) -> None:
        """Take inputs: a Float64Array of kind, x, y, epoch ms."""
        self._guard("input", self._take, events)

    def receive(self, text: str) -> None:
        """Take a control message (JSON)."""
        self._guard("message", self._handle, text)

    def close(self) -> None:
        """Stop and give everything back to JavaScript."""
        if not self._closed:
            self._closed = True
            self._stage.cancel()
            self._stage.frame = None
            self._view.release()
            self._frame_proxy.destroy()

    def _guard(self, where: str, act: Callable[[_T], None], argument: _T) -> None:
        try:
            act(argument)
        except MessageError as error:
            self._post({"type": "error", "message": str(error), "where": where, "fatal": False})
        except Exception as error:  # noqa: BLE001 - after any failure the picture must come back
            self._fail(error, where)

    def _fail(self, error: Exception, where: str) -> None:
        import traceback  # noqa: PLC0415 - costs memory, and is needed once at most

        message = f"{type(error).__name__}: {error}"
        trace = "".join(traceback.format_exception(error))
        self.close()
        self._post({"type": "error", "message": message, "where": where, "traceback": trace, "fatal": True})

    def _draw_frame(self, epoch_ms: float) -> None:
        if self._session.running:
            self._draw(epoch_ms)
            self._stage.request()

    def _draw(self, epoch_ms: float) -> None:
        began_s = time.perf_counter()
        interval_ms = self._session.advance(epoch_ms)
        self._paint()
        self._session.count_frame(interval_ms, (time.perf_counter() - began_s) * 1000.0)

    def _paint(self) -> None:
        if self._sized != self._session.size:
            self._sized = self._session.size
            self._stage.resize(*self._sized)
        count = self._session.render()
        if not self._stage.paint(self._view.data, count):
            self._view.renew()
            self._stage.paint(self._view.data, count)

    def _take(self, events: Any) -> None:
        values: Sequence[float] = events.to_py().tolist()
        self._session.take_inputs(values)

    def _handle(self, text: str) -> None:
        fields = Fields(text)
        if fields.type in ("state", "record", "replay"):
            self._answer(fields)
            return
        self._session.receive(text)
        if self._session.running:
            self._stage.request()
        else:
            self._stage.cancel()
            self._paint()

    def _answer(self, fields: Fields) -> None:
        answer: Message = {"type": fields.type, "id": fields.number("id", 0, 2**53)}
        if fields.type == "state":
            self._post({**answer, "state": self._state()})
        elif fields.type == "record":
            self._post(
                {**answer, "text": self._session.recording(), "world": fingerprint(self._session.world)}
            )
        else:
            self._post({**answer, **replay(fields.text("text"))})

    def _state(self) -> Message:
        return {**self._session.state(), "wasm_bytes": self._view.memory_bytes()}

    def _post(self, message: Message) -> None:
        self._post_text(json.dumps(message, allow_nan=False, default=float))


def replay(text: str) -> Message:
    """Replay a recording without drawing; return its fingerprint and final state, or its problem."""
    try:
        world = deque(parse_log(text.splitlines()).replay(), maxlen=1).pop()
    except LogError as error:
        return {"problem": str(error)}
    return {"world": fingerprint(world), "state": world.state()}


def start(text: str, stage: Stage, post: Callable[[str], None]) -> Host | SwarmHost:
    """Start a fish for `runtime/engine-host.js`, by its `init` message; a swarm for `runtime/worker.js`.

    Raises:
        MessageError: the message does not have the agreed shape.
    """
    fields = Fields(text)
    if fields.type == "swarm":
        from candlefish.browser.swarm import SwarmHost  # noqa: PLC0415 - no fish needs it

        return SwarmHost(fields, stage, post)
    return Host(text, stage, post)
