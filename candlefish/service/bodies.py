"""Reading a request's body, within a limit."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from candlefish.service.answers import Refusal

if TYPE_CHECKING:
    from starlette.types import Receive, Scope

BODY_BYTES_MAX: Final = 65_536


class Disconnected(Exception):  # noqa: N818  # nobody is left to be told of a fault
    """The client went away before its request was whole."""


def header(scope: Scope, name: bytes) -> str | None:
    """The value of a header, by its lower-case name."""
    for key, value in scope["headers"]:
        if key == name:
            return str(value.decode("latin-1"))
    return None


async def read_body(scope: Scope, receive: Receive, most: int = BODY_BYTES_MAX) -> bytes:
    """The whole body.

    Raises:
        Refusal: it is larger than `most` bytes (413), or compressed (415).
        Disconnected: the client went away.
    """
    declared = header(scope, b"content-length")
    if declared is not None and declared.isdecimal() and int(declared) > most:
        raise _too_large(most)
    if (header(scope, b"content-encoding") or "identity").lower() != "identity":
        raise Refusal(415, "compressed", "send the body as it is, without a content coding")
    body = b""
    more = True
    while more:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise Disconnected
        body += message.get("body", b"")
        if len(body) > most:
            raise _too_large(most)
        more = message.get("more_body", False)
    return body


def _too_large(most: int) -> Refusal:
    return Refusal(413, "too_large", f"the body is larger than {most} bytes")
