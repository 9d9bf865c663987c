"""HTTP client of a site: one connection, kept open, every header as it came."""

from __future__ import annotations

import http.client
import json
import ssl
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlsplit

from candlefish.ops.errors import OpsError

if TYPE_CHECKING:
    from collections.abc import Mapping

TIMEOUT_S: Final = 15.0
AGENT: Final = "candlefish-verify"


@dataclass(frozen=True, slots=True)
class SiteResponse:
    """An answer; header names are in small letters, and one that came twice is there with both values."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    def json(self) -> Any:
        """The body as JSON. Raises ValueError."""
        return json.loads(self.body)


class SiteClient:
    """A site at an address, its requests sent one after the other."""

    def __init__(self, address: str) -> None:
        parts = urlsplit(address)
        if parts.scheme not in {"http", "https"} or not parts.hostname:
            raise OpsError(f"{address!r} is not the address of a site")
        self.address = address.rstrip("/")
        self.secure = parts.scheme == "https"
        self.host, self.port = parts.hostname, parts.port or (443 if self.secure else 80)
        self._connection: http.client.HTTPConnection | None = None

    def get(self, path: str, **headers: str) -> SiteResponse:
        """GET; `accept_encoding="br"` is sent as Accept-Encoding."""
        return self.ask("GET", path, None, **headers)

    def ask(self, method: str, path: str, body: Any, **headers: str) -> SiteResponse:
        """Any request; a `body` that is not bytes is sent as JSON.

        Raises:
            OpsError: there is no answer.
        """
        sent = {name.replace("_", "-"): value for name, value in headers.items()} | {"User-Agent": AGENT}
        if body is not None and not isinstance(body, bytes):
            body = json.dumps(body).encode()
            sent.setdefault("Content-Type", "application/json")
        try:
            return self._asked(method, path, body, sent)
        except (http.client.RemoteDisconnected, ConnectionResetError, BrokenPipeError):
            # A server may close a connection that rests (RFC 9112, 9.3.1): ask again on a new one.
            self.close()
        except (OSError, http.client.HTTPException) as error:
            self.close()
            raise OpsError(f"{self.address}{path}: {str(error) or type(error).__name__}") from error
        try:
            return self._asked(method, path, body, sent)
        except (OSError, http.client.HTTPException) as error:
            self.close()
            raise OpsError(f"{self.address}{path}: {str(error) or type(error).__name__}") from error

    def close(self) -> None:
        """Close the connection."""
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    def _asked(self, method: str, path: str, body: bytes | None, headers: Mapping[str, str]) -> SiteResponse:
        if self._connection is None:
            self._connection = self._connect()
        self._connection.request(method, path, body=body, headers=dict(headers))
        answer = self._connection.getresponse()
        found: dict[str, str] = {}
        for name, value in answer.getheaders():
            key = name.lower()
            found[key] = f"{found[key]}, {value}" if key in found else value
        return SiteResponse(answer.status, found, answer.read())

    def _connect(self) -> http.client.HTTPConnection:
        if self.secure:
            context = ssl.create_default_context()
            return http.client.HTTPSConnection(self.host, self.port, timeout=TIMEOUT_S, context=context)
        return http.client.HTTPConnection(self.host, self.port, timeout=TIMEOUT_S)
