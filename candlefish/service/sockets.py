"""`WS /api/live`: the first message shows the admin token and says what is wanted, then messages come.

→ {"token": "…", "topics": ["metrics", "moods"]}
← {"topic": "metrics", "data": {…}}          a heartbeat where nothing else is to say
"""

from __future__ import annotations

import asyncio
from contextlib import suppress
from typing import TYPE_CHECKING, Annotated, Final

import anyio
import msgspec
from starlette.websockets import WebSocketDisconnect

from candlefish.service.live import TOPICS, Subscriber

if TYPE_CHECKING:
    from starlette.websockets import WebSocket

    from candlefish.service.access import Access
    from candlefish.service.live import Hub

PATIENCE_S: Final = 5.0
HEARTBEAT_S: Final = 15.0
HEARTBEAT: Final = '{"topic":"heartbeat","data":null}'
BAD_REQUEST: Final = 4400
UNAUTHORIZED: Final = 4401
FULL: Final = 4503
"""Close codes: HTTP's, plus 4000."""


class Hello(msgspec.Struct, forbid_unknown_fields=True):
    """The first message of a client."""

    token: str
    topics: Annotated[list[str], msgspec.Meta(max_length=len(TOPICS))] = msgspec.field(
        default_factory=lambda: list(TOPICS)
    )


class Refused(Exception):  # noqa: N818 - an answer, not a fault
    """A client is not greeted; `code` is the close code."""

    def __init__(self, code: int, reason: str) -> None:
        super().__init__(reason)
        self.code, self.reason = code, reason


def greeting(message: str, access: Access) -> Hello:
    """The first message of a client. Raises `Refused`."""
    try:
        hello = _DECODE(message)
    except (msgspec.DecodeError, RecursionError):
        raise Refused(BAD_REQUEST, EXPECTED) from None
    if not access.is_admin(hello.token):
        raise Refused(UNAUTHORIZED, "wrong token")
    if unknown := sorted(set(hello.topics) - set(TOPICS)):
        raise Refused(BAD_REQUEST, f"unknown topic {unknown[0][:40]!a}")
    return hello


_DECODE: Final = msgspec.json.Decoder(Hello).decode
EXPECTED: Final = 'expected {"token": "…", "topics": […]}'


class Live:
    """The endpoint."""

    def __init__(self, hub: Hub, access: Access) -> None:
        self._hub = hub
        self._access = access

    async def serve(self, socket: WebSocket) -> None:
        """Serve one client until it leaves."""
        await socket.accept()
        hello = await self._greeted(socket)
        if hello is None:
            return
        subscriber = Subscriber(hello.topics)
        self._hub.join(subscriber)
        try:
            async with anyio.create_task_group() as tasks:
                tasks.start_soon(_send, socket, subscriber)
                await _until_gone(socket)
                tasks.cancel_scope.cancel()
        finally:
            self._hub.leave(subscriber)

    async def _greeted(self, socket: WebSocket) -> Hello | None:
        """The client's first message; None if it was refused."""
        try:
            async with asyncio.timeout(PATIENCE_S):
                message = await socket.receive_text()
            hello = greeting(message, self._access)
            if self._hub.full:
                raise Refused(FULL, "too many clients")
        except WebSocketDisconnect:
            return None
        except (TimeoutError, KeyError):
            await socket.close(BAD_REQUEST, EXPECTED)
        except Refused as refused:
            await socket.close(refused.code, refused.reason)
        else:
            return hello
        return None


async def _send(socket: WebSocket, subscriber: Subscriber) -> None:
    """Send what comes until the connection is gone."""
    with suppress(WebSocketDisconnect):
        while True:
            await socket.send_text(await subscriber.next(HEARTBEAT_S) or HEARTBEAT)


async def _until_gone(socket: WebSocket) -> None:
    """Read, and pay no attention, so that a client's leaving is seen."""
    while (await socket.receive())["type"] != "websocket.disconnect":
        pass
