"""Who may do what: bearer tokens, and rate limits by address that keep no address."""

from __future__ import annotations

import hmac
import ipaddress
import re
import time
from typing import TYPE_CHECKING, Final

from candlefish.events.schema import ID_PATTERN
from candlefish.service.answers import Refusal
from candlefish.service.bodies import header
from candlefish.service.limits import Limiter

if TYPE_CHECKING:
    from starlette.types import Scope

    from candlefish.service.settings import Settings

_ID: Final = re.compile(ID_PATTERN.removesuffix("$") + r"\Z")


class Access:
    """The guards of one service."""

    def __init__(self, settings: Settings) -> None:
        self._token = settings.admin_token.encode()
        self._addresses = Limiter(settings.address_rate, time.monotonic)
        self._pairings = Limiter(settings.pairing_rate, time.monotonic)

    def limit(self, scope: Scope) -> None:
        """Count a request of this address. Raises `Refusal` (429) when there are too many."""
        _limited(self._addresses, address_of(scope))

    def limit_pairing(self, scope: Scope) -> None:
        """Count a try at a pairing code; these are limited from everywhere."""
        _limited(self._pairings, address_of(scope) or "local")

    def is_admin(self, token: str) -> bool:
        """Whether this is the admin token, in constant time."""
        return hmac.compare_digest(token.encode(), self._token)

    def require_admin(self, scope: Scope) -> None:
        """Raises `Refusal` (401) unless the request carries the admin token."""
        if not self.is_admin(bearer(scope) or ""):
            raise Refusal(401, "unauthorized", "this needs the admin token as a bearer token")


def bearer(scope: Scope) -> str | None:
    """The token of an Authorization header."""
    kind, _, token = (header(scope, b"authorization") or "").partition(" ")
    return token.strip() if kind.lower() == "bearer" else None


def require_id(scope: Scope, what: str) -> str:
    """The random id in the Authorization header: to know it is to own it. Raises `Refusal` (401)."""
    token = bearer(scope)
    if token is None or not _ID.match(token):
        raise Refusal(
            401, "unauthorized", f"this needs the {what} as a bearer token: 16–64 of A–Z a–z 0–9 _ -"
        )
    return token


def address_of(scope: Scope) -> str | None:
    """What is limited together: an IPv4 address, an IPv6 /64; None for this machine itself."""
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


def _limited(limiter: Limiter, who: str | None) -> None:
    wait_s = limiter.wait_s(who) if who is not None else 0.0
    if wait_s:
        raise Refusal(429, "too_many", "too many requests", wait_s=wait_s)
