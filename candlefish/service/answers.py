"""Answers of the API: JSON, the headers they all carry, and errors that say what is wrong."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import msgspec
from starlette.responses import Response

from candlefish.service.policy import content_security_policy

if TYPE_CHECKING:
    from collections.abc import Mapping

JSON: Final = "application/json"
HEADERS: Final = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
    "Cross-Origin-Resource-Policy": "cross-origin",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
}
"""Of every answer of the API. It may be read across origins where CORS allows it, and framed nowhere."""
RAW_HEADERS: Final = [(name.lower().encode(), value.encode()) for name, value in HEADERS.items()]


class Refusal(Exception):  # noqa: N818  # an answer, not a fault
    """A request is refused with this status; `code` is for programs, the message for people."""

    def __init__(
        self, status: int, code: str, message: str, *, wait_s: float = 0, allow: str = "", **more: object
    ) -> None:
        super().__init__(message)
        self.status = status
        self.wait_s = wait_s
        self.allow = allow
        self.body: dict[str, object] = {"error": code, "message": message, **more}

    def answer(self) -> Response:
        """The refusal as it is sent."""
        return answer(self.body, self.status, self.headers())

    def headers(self) -> dict[str, str]:
        """Retry-After, where waiting helps; Allow, where another method does."""
        wait = {"Retry-After": str(max(1, round(self.wait_s + 0.5)))} if self.wait_s else {}
        return wait | ({"Allow": self.allow} if self.allow else {})


def answer(content: Any, status: int = 200, headers: Mapping[str, str] | None = None) -> Response:
    """An answer in JSON."""
    body = msgspec.json.encode(content)
    return Response(body, status, headers={**HEADERS, **(headers or {})}, media_type=JSON)


def page(text: str, style_sources: tuple[str, ...] = (), connect_sources: tuple[str, ...] = ()) -> Response:
    """A page of the service itself, which may load only from here, and connect to what is named besides."""
    policy = content_security_policy(style_sources, connect_sources=connect_sources)
    policy = policy.replace("'wasm-unsafe-eval'", "").replace("  ", " ")
    headers = {**HEADERS, "Content-Security-Policy": policy, "Cross-Origin-Opener-Policy": "same-origin"}
    return Response(text, headers=headers, media_type="text/html")
