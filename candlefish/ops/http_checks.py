"""Checks of a site and its API over HTTP."""

from __future__ import annotations

import gzip
import hashlib
import http.client
import json
import posixpath
import re
import secrets
import ssl
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlsplit

from candlefish.ops import OpsError, edge
from candlefish.ops.checks import (
    TRUST,
    Check,
    CheckFailedError,
    CheckInconclusiveError,
    CheckSkippedError,
    check,
    friend,
    trust_of,
)
from candlefish.service.assets import MANIFEST

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from candlefish.ops.environments import Limits

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
        received: dict[str, str] = {}
        for name, value in answer.getheaders():
            key = name.lower()
            received[key] = f"{received[key]}, {value}" if key in received else value
        return SiteResponse(answer.status, received, answer.read())

    def _connect(self) -> http.client.HTTPConnection:
        if self.secure:
            context = ssl.create_default_context()
            return http.client.HTTPSConnection(self.host, self.port, timeout=TIMEOUT_S, context=context)
        return http.client.HTTPConnection(self.host, self.port, timeout=TIMEOUT_S)


ASKED: Final = 60
ALLOCATION: Final = 10_000
_OWN_MODULE: Final = re.compile(r"(app-[0-9a-f]{12}/)?[^/]+\.js\Z")
_IMPORT: Final = re.compile(r"""^(?:import|export)\b[^'"]*?["'](\.{1,2}/[^"']+)["'];?$""", re.MULTILINE)
_HASHED: Final = re.compile(edge.HASHED)


class SiteChecks:
    """HTTP checks of one site; `release`: its expected name, None for any."""

    def __init__(self, site: SiteClient, limits: Limits, release: str | None, token: str | None) -> None:
        self._site, self._limits, self._release, self._token = site, limits, release, token

    def all(self, *, writing: bool = True) -> list[Check]:
        """Every check; without `writing`, those that store nothing."""
        checks: dict[str, Callable[[], str]] = {
            "transport": self.transport,
            "health": self.health,
            "release": self.release,
            "assets": self.assets,
            "compression": self.compression,
            "headers": self.headers,
            "experiments": self.experiments,
            "refusals": self.refusals,
            "metrics": self.metrics,
        }
        if writing:
            checks |= {"memory": self.memory, "privacy": self.privacy}
        checks["api-latency"] = self.latency
        return [check(name, look) for name, look in checks.items()]

    def transport(self) -> str:
        """Over TLS, and plain HTTP leads there."""
        if not self._site.secure:
            if self._site.host in {"127.0.0.1", "localhost", "::1"}:
                raise CheckSkippedError("plain HTTP on this machine alone")
            raise CheckFailedError("the site is not served over TLS")
        value = self._site.get("/").headers.get("strict-transport-security", "")
        _require("max-age=" in value, f"Strict-Transport-Security is {value!r}")
        return "TLS with a certificate this machine trusts; HSTS"

    def health(self) -> str:
        """The service and its dependencies."""
        answer = self._site.get("/health")
        _require(answer.status == 200, f"/health answers {answer.status}: {answer.body[:200]!r}")
        health = answer.json()
        bad = [name for name, part in health["checks"].items() if not part["ok"]]
        _require(not bad, f"not well: {', '.join(bad)}")
        return f"version {health['version']}, {', '.join(health['checks'])} well"

    def release(self) -> str:
        """The release that answers is the one that should."""
        served = self._site.get("/").headers.get(edge.RELEASE_HEADER, "")
        if self._release is None:
            return served or "no release header"
        _require(served == self._release, f"{served or 'no release'} answers where {self._release} should")
        return served

    def assets(self) -> str:
        """Every file of the site is there, is what the manifest says, and is cached as it should be."""
        files = self._manifest()
        for name, entry in files.items():
            answer = self._site.get(f"/{name}")
            _require(answer.status == 200, f"/{name} answers {answer.status}")
            digest = hashlib.sha256(answer.body).hexdigest()
            _require(digest == entry["sha256"], f"/{name} is not what the manifest says")
            expected = edge.IMMUTABLE if _HASHED.match(f"/{name}") else edge.REVALIDATE
            value = answer.headers.get("cache-control")
            _require(value == expected, f"/{name}: Cache-Control is {value!r}")
            lost = [path for path in imported(name, answer.body) if path not in files]
            _require(not lost, f"/{name} imports {', '.join(lost)}, which is not there")
        return f"{len(files)} files, {sum(entry['bytes'] for entry in files.values()) / 1e6:.1f} MB"

    def compression(self) -> str:
        """Compressed forms come where they exist, with the same contents."""
        codings = {"gzip": "gz", "br": "br"}
        seen = dict.fromkeys(codings, 0)
        for name, entry in list(self._manifest().items())[:40]:
            for coding, form in codings.items():
                answer = self._site.get(f"/{name}", accept_encoding=coding)
                value = answer.headers.get("content-encoding")
                if entry[form] is None:
                    _require(value is None, f"/{name} comes as {value} though there is no such form")
                elif value == coding:
                    _require("accept-encoding" in answer.headers.get("vary", "").lower(), f"/{name}: no Vary")
                    _require(_same(answer, coding, entry), f"/{name} as {coding} is something else")
                    seen[coding] += 1
        _require(seen["gzip"] > 0, "nothing comes compressed")
        if not seen["br"]:
            raise CheckInconclusiveError("gzip only: this server has no Brotli")
        return f"{seen['br']} with Brotli, {seen['gzip']} with gzip of the first 40"

    def headers(self) -> str:
        """Security headers on pages, files, the API, and on errors of each."""
        missing = "/no-such-page-" + secrets.token_hex(4)
        paths = ("/", "/candle-fish.js", missing, f"/app-000000000000{missing}", "/health", "/api/none")
        for path in paths:
            headers = self._site.get(path).headers
            for name in ("content-security-policy", *(name.lower() for name in edge.HEADERS)):
                _require(bool(headers.get(name)), f"{path} has no {name}")
                _require("," not in headers[name] or "permissions" in name, f"{path} has {name} twice")
            wanted = (
                "script-src 'self' 'wasm-unsafe-eval'" if path in {"/", missing} else "default-src 'none'"
            )
            _require(wanted in headers["content-security-policy"], f"{path}: not the policy it should have")
        lost = self._site.get(f"/app-000000000000{missing}")
        _require(lost.status == 404, f"a file that is not there answers {lost.status}")
        _require("immutable" not in lost.headers.get("cache-control", ""), "an error is cached for ever")
        return f"{2 + len(edge.HEADERS) - 1} headers on {len(paths)} kinds of answer"

    def experiments(self) -> str:
        """The configuration of experiments: whole, and answered from a cache."""
        answer = self._site.get("/api/ab-config")
        _require(answer.status == 200, f"/api/ab-config answers {answer.status}")
        for experiment in answer.json()["experiments"]:
            total = sum(variant["share"] for variant in experiment["variants"])
            _require(total == ALLOCATION, f"{experiment['name']}: shares sum to {total / 100:g} %")
        again = self._site.get("/api/ab-config", if_none_match=answer.headers["etag"])
        _require(again.status == 304, f"asked again it answers {again.status}")
        return f"{len(answer.json()['experiments'])} experiments, each 100 %"

    def refusals(self) -> str:
        """Wrong requests are refused, in JSON, and privacy signals are honoured."""
        bad = self._site.ask("POST", "/api/analytics", {"v": 99})
        _require(bad.status == 400 and "error" in bad.json(), f"a bad batch answers {bad.status}")
        quiet = self._site.ask("POST", "/api/analytics", {}, sec_gpc="1")
        _require(quiet.json().get("opted_out") is True, "Global Privacy Control is not honoured")
        closed = self._site.get("/metrics")
        _require(closed.status == 401, f"/metrics without a token answers {closed.status}")
        return "bad batches, privacy signals and closed doors"

    def metrics(self) -> str:
        """The metrics that monitoring reads."""
        if self._token is None:
            raise CheckSkippedError("no admin token here (CANDLEFISH_ADMIN_TOKEN)")
        answer = self._site.get("/metrics", authorization=f"Bearer {self._token}")
        _require(answer.status == 200, f"/metrics answers {answer.status}")
        _require(b"candlefish_visitor_fps_bucket" in answer.body, "/metrics tells nothing of visitors")
        return f"{answer.body.count(chr(10).encode())} lines"

    def memory(self) -> str:
        """A memory is stored, remembered and removed; an old shape keeps its trust."""
        owner = {"authorization": f"Bearer verify-{secrets.token_urlsafe(16)}"}
        put = self._site.ask("PUT", "/api/memory", friend(), **owner)
        _require(put.status == 200, f"a memory cannot be stored: {put.status} {put.body[:200]!r}")
        try:
            got = self._site.get("/api/memory", **owner)
            _require(got.status == 200, f"a memory is not remembered: {got.status}")
            trust = _trust(got)
            _require(abs(trust - TRUST) < 0.5, f"trust {TRUST:g} was stored, {trust:.1f} is remembered")
        finally:
            gone = self._site.ask("DELETE", "/api/memory", None, **owner)
        _require(gone.status == 204, f"a memory cannot be removed: {gone.status}")
        return f"trust {trust:.1f} of {TRUST:g} remembered"

    def privacy(self) -> str:
        """A batch is stored, exported and erased."""
        client, session = (f"verify-{secrets.token_urlsafe(16)}" for _ in range(2))
        now_ms = time.time_ns() // 1_000_000
        event = {"type": "milestone", "seq": 0, "at_ms": now_ms, "name": "first_feed", "trust": 23.5}
        batch = {"v": 1, "client": client, "session": session, "sent_ms": now_ms, "events": [event]}
        sent = self._site.ask("POST", "/api/analytics", batch)
        _require(sent.status == 200 and sent.json()["accepted"] == 1, f"a batch answers {sent.status}")
        again = self._site.ask("POST", "/api/analytics", batch)
        _require(again.json()["duplicates"] == 1, "a batch that is sent twice counts twice")
        owner = {"authorization": f"Bearer {client}"}
        export = self._site.get("/api/privacy/export", **owner)
        _require(b"first_feed" in export.body, "an event that was stored is not exported")
        erased = self._site.ask("DELETE", "/api/privacy", None, **owner)
        _require(erased.json()["batches"] == 1, f"erased: {erased.body[:200]!r}")
        return "stored once, exported, erased"

    def latency(self) -> str:
        """The 95th percentile of the API's answers."""
        took_ms = []
        for number in range(ASKED):
            began_s = time.perf_counter()
            answer = self._site.get("/api/ab-config" if number % 2 else "/health")
            took_ms.append((time.perf_counter() - began_s) * 1000.0)
            _require(answer.status == 200, f"it answers {answer.status}")
        p95_ms = sorted(took_ms)[int(0.95 * ASKED) - 1]
        most_ms = self._limits.latency_max_ms
        _require(p95_ms <= most_ms, f"p95 {p95_ms:.0f} ms; at most {most_ms:g}")
        return f"p95 {p95_ms:.1f} ms of {ASKED}"

    def _manifest(self) -> dict[str, Any]:
        answer = self._site.get(f"/{MANIFEST}")
        _require(answer.status == 200, f"/{MANIFEST} answers {answer.status}")
        files: dict[str, Any] = answer.json()["files"]
        return files


def imported(name: str, body: bytes) -> list[str]:
    """The files of the site that one of its own modules imports, by their names."""
    if not _OWN_MODULE.match(name):
        return []
    place = posixpath.dirname(name)
    return [posixpath.normpath(posixpath.join(place, path)) for path in _IMPORT.findall(body.decode())]


def _require(condition: bool, otherwise: str) -> None:
    if not condition:
        raise CheckFailedError(otherwise)


def _trust(answer: SiteResponse) -> float:
    return trust_of(json.dumps(answer.json()["memory"]))


def _same(answer: SiteResponse, coding: str, entry: Mapping[str, Any]) -> bool:
    """Whether the compressed form holds the file; Brotli's is judged by its length."""
    if coding == "gzip":
        return bool(hashlib.sha256(gzip.decompress(answer.body)).hexdigest() == entry["sha256"])
    return bool(len(answer.body) == entry["br"])
