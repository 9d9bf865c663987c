"""HTTP of the API: request bodies, JSON responses and errors, rate limits and bearer tokens."""

from __future__ import annotations

import hashlib
import hmac
import ipaddress
import os
import re
import time
from collections import OrderedDict
from typing import TYPE_CHECKING, Any, Final

import msgspec
from starlette.responses import Response

from candlefish.events.schema import ID_PATTERN
from candlefish.service.assets import content_security_policy

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from starlette.types import Receive, Scope

    from candlefish.service.settings import Rate, Settings

BODY_BYTES_MAX: Final = 65_536
BUCKETS_MAX: Final = 100_000
_ID: Final = re.compile(ID_PATTERN.removesuffix("$") + r"\Z")
JSON: Final = "application/json"
HEADERS: Final = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
    "Cross-Origin-Resource-Policy": "cross-origin",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
}
"""Headers of every API response: readable across origins where CORS allows it, never framed."""
RAW_HEADERS: Final = [(name.lower().encode(), value.encode()) for name, value in HEADERS.items()]


class ApiError(Exception):
    """Error answer of the API: an HTTP status, `code` for programs, the message for people."""

    def __init__(
        self, status: int, code: str, message: str, *, wait_s: float = 0, allow: str = "", **more: object
    ) -> None:
        super().__init__(message)
        self.status = status
        self.wait_s = wait_s
        self.allow = allow
        self.body: dict[str, object] = {"error": code, "message": message, **more}

    def response(self) -> Response:
        """The error as a JSON response."""
        return json_response(self.body, self.status, self.headers())

    def headers(self) -> dict[str, str]:
        """Retry-After, if waiting helps; Allow, if another method does."""
        wait = {"Retry-After": str(max(1, round(self.wait_s + 0.5)))} if self.wait_s else {}
        return wait | ({"Allow": self.allow} if self.allow else {})


class ClientDisconnectedError(Exception):
    """The client disconnected before its request was complete."""


def header(scope: Scope, name: bytes) -> str | None:
    """The value of a header, by its lower-case name."""
    for key, value in scope["headers"]:
        if key == name:
            return str(value.decode("latin-1"))
    return None


async def read_body(scope: Scope, receive: Receive, most: int = BODY_BYTES_MAX) -> bytes:
    """The whole body.

    Raises:
        ApiError: it is larger than `most` bytes (413), or compressed (415).
        ClientDisconnectedError: the client disconnected.
    """
    declared = header(scope, b"content-length")
    if declared is not None and declared.isdecimal() and int(declared) > most:
        raise _too_large(most)
    if (header(scope, b"content-encoding") or "identity").lower() != "identity":
        raise ApiError(415, "compressed", "send the body as it is, without a content coding")
    body = b""
    more = True
    while more:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise ClientDisconnectedError
        body += message.get("body", b"")
        if len(body) > most:
            raise _too_large(most)
        more = message.get("more_body", False)
    return body


def _too_large(most: int) -> ApiError:
    return ApiError(413, "too_large", f"the body is larger than {most} bytes")


def json_response(content: Any, status: int = 200, headers: Mapping[str, str] | None = None) -> Response:
    """A JSON response."""
    body = msgspec.json.encode(content)
    return Response(body, status, headers={**HEADERS, **(headers or {})}, media_type=JSON)


def page_response(
    text: str, style_sources: tuple[str, ...] = (), connect_sources: tuple[str, ...] = ()
) -> Response:
    """An HTML page of the service; it may load only from here, and also connect to `connect_sources`."""
    policy = content_security_policy(style_sources, connect_sources=connect_sources)
    policy = policy.replace("'wasm-unsafe-eval'", "").replace("  ", " ")
    headers = {**HEADERS, "Content-Security-Policy": policy, "Cross-Origin-Opener-Policy": "same-origin"}
    return Response(text, headers=headers, media_type="text/html")


class RateLimiter:
    """Token buckets by keyed hash, without a list of addresses; full buckets are forgotten.

    The hash key is made anew by each process and never leaves it. `clock_s` is monotonic.
    """

    def __init__(self, rate: Rate, clock_s: Callable[[], float], *, buckets_max: int = BUCKETS_MAX) -> None:
        self._rate = rate
        self._clock_s = clock_s
        self._buckets_max = buckets_max
        self._key = os.urandom(16)
        self._buckets: OrderedDict[bytes, tuple[float, float]] = OrderedDict()

    def __len__(self) -> int:
        """Number of buckets."""
        return len(self._buckets)

    def wait_s(self, who: str) -> float:
        """0 if one more request is allowed (and counted), else the time to wait, s."""
        name = hashlib.blake2b(who.encode(), digest_size=8, key=self._key).digest()
        now_s = self._clock_s()
        tokens, then_s = self._buckets.pop(name, (self._rate.burst, now_s))
        tokens = min(self._rate.burst, tokens + (now_s - then_s) * self._rate.per_s)
        allowed = tokens >= 1
        self._buckets[name] = (tokens - 1 if allowed else tokens, now_s)
        if len(self._buckets) > self._buckets_max:
            self._buckets.popitem(last=False)
        return 0.0 if allowed else (1 - tokens) / self._rate.per_s


class AccessControl:
    """Access control of one service: the admin token, and rate limits by address. Keeps no address."""

    def __init__(self, settings: Settings) -> None:
        self._token = settings.admin_token.encode()
        self._addresses = RateLimiter(settings.address_rate, time.monotonic)
        self._pairings = RateLimiter(settings.pairing_rate, time.monotonic)

    def limit(self, scope: Scope) -> None:
        """Count a request of this address. Raises `ApiError` (429) if there are too many."""
        _check_rate(self._addresses, address_of(scope))

    def limit_pairing(self, scope: Scope) -> None:
        """Count an attempt at a pairing code, limited for this machine too. Raises `ApiError` (429)."""
        _check_rate(self._pairings, address_of(scope) or "local")

    def is_admin(self, token: str) -> bool:
        """Whether this is the admin token, in constant time."""
        return hmac.compare_digest(token.encode(), self._token)

    def require_admin(self, scope: Scope) -> None:
        """Raises `ApiError` (401) unless the request carries the admin token."""
        if not self.is_admin(bearer(scope) or ""):
            raise ApiError(401, "unauthorized", "this needs the admin token as a bearer token")


def bearer(scope: Scope) -> str | None:
    """The token of an Authorization header."""
    kind, _, token = (header(scope, b"authorization") or "").partition(" ")
    return token.strip() if kind.lower() == "bearer" else None


def require_id(scope: Scope, what: str) -> str:
    """The random id in the Authorization header: to know it is to own it. Raises `ApiError` (401)."""
    token = bearer(scope)
    if token is None or not _ID.match(token):
        raise ApiError(
            401, "unauthorized", f"this needs the {what} as a bearer token: 16–64 of A–Z a–z 0–9 _ -"
        )
    return token


def address_of(scope: Scope) -> str | None:
    """The unit of rate limits: an IPv4 address or an IPv6 /64; None for this machine itself."""
    host = (scope.get("client") or ("",))[0]
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return host or None
    if address.is_loopback:
        return None
    if address.version == 6:
        return str(ipaddress.ip_network((host, 64), strict=False))
    return host


def _check_rate(limiter: RateLimiter, who: str | None) -> None:
    wait_s = limiter.wait_s(who) if who is not None else 0.0
    if wait_s:
        raise ApiError(429, "too_many", "too many requests", wait_s=wait_s)
