"""The routes of the API, besides ingestion: each reads its request, calls a part, and answers."""

from __future__ import annotations

import asyncio
import json
from typing import TYPE_CHECKING, Final

from starlette.concurrency import iterate_in_threadpool
from starlette.responses import Response, StreamingResponse
from starlette.routing import Route

from candlefish import __version__
from candlefish.service import configuration, overview, personal, results
from candlefish.service.access import Access, require_id
from candlefish.service.answers import HEADERS, JSON, Refusal, answer
from candlefish.service.bodies import header, read_body
from candlefish.service.memories import Kept, Memories
from candlefish.service.metrics import CONTENT_TYPE
from candlefish.service.negotiation import matches
from candlefish.service.openapi import description
from candlefish.service.pairing import LIFE_MS, Pairings
from candlefish.service.store.base import StoreError

if TYPE_CHECKING:
    from starlette.requests import Request

    from candlefish.service.state import State

MEMORY_BYTES_MAX: Final = 16_384
VAULT_HEADER: Final = b"candlefish-vault"
HOURS_MAX: Final = 24 * 90


class Routes:
    """The endpoints of one service."""

    def __init__(self, state: State, access: Access) -> None:
        self._state = state
        self._access = access
        secret = state.settings.secret
        self._memories = Memories(state.store, state.keys, secret, state.clock)
        self._pairings = Pairings(state.store, secret, state.clock)

    def all(self) -> list[Route]:
        """The routes, as the router takes them."""
        return [
            Route("/health", self.health, methods=["GET"]),
            Route("/metrics", self.metrics, methods=["GET"]),
            Route("/api/openapi.json", self.openapi, methods=["GET"]),
            Route("/api/ab-config", self.ab_config, methods=["GET"]),
            Route("/api/memory", self.get_memory, methods=["GET"]),
            Route("/api/memory", self.put_memory, methods=["PUT"]),
            Route("/api/memory", self.delete_memory, methods=["DELETE"]),
            Route("/api/memory/pairing", self.offer_pairing, methods=["POST"]),
            Route("/api/memory/pairing/{code}", self.revoke_pairing, methods=["DELETE"]),
            Route("/api/memory/join", self.join, methods=["POST"]),
            Route("/api/privacy/export", self.export, methods=["GET"]),
            Route("/api/privacy", self.erase, methods=["DELETE"]),
            Route("/api/overview", self.overview, methods=["GET"]),
            Route("/api/experiments", self.experiments, methods=["GET"]),
        ]

    async def health(self, _request: Request) -> Response:
        """Whether the service works, and what it depends on."""
        state = self._state
        checks: dict[str, object] = {"writer": {"ok": True, "in_flight": state.writer.in_flight}}
        status = 200
        try:
            await asyncio.to_thread(state.store.check)
            checks["store"] = {"ok": True, "kind": type(state.store).__name__}
        except StoreError as error:
            state.log.error("health", error=str(error))
            checks["store"] = {"ok": False, "kind": type(state.store).__name__}
            status = 503
        text = "ok" if status == 200 else "failing"
        return answer({"status": text, "version": __version__, "checks": checks}, status)

    async def metrics(self, request: Request) -> Response:
        """Everything the service counts of itself, for Prometheus."""
        self._access.require_admin(request.scope)
        return Response(self._state.metrics.text(), headers=HEADERS, media_type=CONTENT_TYPE)

    async def openapi(self, _request: Request) -> Response:
        """The description of this API."""
        return answer(description())

    async def ab_config(self, request: Request) -> Response:
        """The experiments, as browsers assign them."""
        body, etag = configuration.document(self._state.experiments)
        headers = {**HEADERS, "ETag": etag, "Cache-Control": f"public, max-age={configuration.MAX_AGE_S}"}
        if matches(request.headers.get("if-none-match"), etag):
            return Response(status_code=304, headers=headers)
        return Response(body, headers=headers, media_type=JSON)

    async def get_memory(self, request: Request) -> Response:
        """The memory of a vault."""
        kept = await asyncio.to_thread(self._memories.get, require_id(request.scope, "vault"))
        if kept is None:
            raise Refusal(404, "memory", "nothing is kept here")
        if matches(request.headers.get("if-none-match"), kept.etag):
            return Response(status_code=304, headers={**HEADERS, "ETag": kept.etag})
        return _memory(kept)

    async def put_memory(self, request: Request) -> Response:
        """Merge a memory into a vault's."""
        vault = require_id(request.scope, "vault")
        text = _text(await read_body(request.scope, request.receive, MEMORY_BYTES_MAX))
        if_match = request.headers.get("if-match")
        return _memory(await asyncio.to_thread(self._memories.put, vault, text, if_match))

    async def delete_memory(self, request: Request) -> Response:
        """Remove the memory of a vault."""
        vaults = self._state.keys.pseudonyms("vault", require_id(request.scope, "vault"))
        await asyncio.to_thread(self._state.store.erase, [], vaults)
        return Response(status_code=204, headers=HEADERS)

    async def offer_pairing(self, request: Request) -> Response:
        """A short code for another device."""
        vault = require_id(request.scope, "vault")
        self._access.limit_pairing(request.scope)
        code = await asyncio.to_thread(self._pairings.offer, vault)
        return answer({"code": code, "expires_s": LIFE_MS // 1000}, 201)

    async def revoke_pairing(self, request: Request) -> Response:
        """Make a code useless."""
        vault = require_id(request.scope, "vault")
        self._access.limit_pairing(request.scope)
        if await asyncio.to_thread(self._pairings.take, request.path_params["code"]) != vault:
            raise Refusal(404, "code", "this code is unknown, used or too old")
        return Response(status_code=204, headers=HEADERS)

    async def join(self, request: Request) -> Response:
        """The vault a code stands for."""
        self._access.limit_pairing(request.scope)
        text = _text(await read_body(request.scope, request.receive, 1_024))
        try:
            code = json.loads(text)["code"]
        except (ValueError, LookupError, TypeError) as error:
            raise Refusal(400, "malformed", 'expected {"code": "…"}') from error
        if not isinstance(code, str) or len(code) > 32:
            raise Refusal(400, "malformed", "code: expected a short text")
        return answer({"vault": await asyncio.to_thread(self._pairings.take, code)})

    async def export(self, request: Request) -> Response:
        """All that is kept of a client."""
        state = self._state
        client, vault = require_id(request.scope, "client id"), header(request.scope, VAULT_HEADER)
        pieces = personal.export(state.store, state.keys, state.experiments, client, vault)
        headers = {**HEADERS, "Content-Disposition": 'attachment; filename="candlefish.json"'}
        return StreamingResponse(iterate_in_threadpool(pieces), headers=headers, media_type=JSON)

    async def erase(self, request: Request) -> Response:
        """Remove all that is kept of a client."""
        state = self._state
        client, vault = require_id(request.scope, "client id"), header(request.scope, VAULT_HEADER)
        removed = await asyncio.to_thread(personal.erase, state.store, state.keys, client, vault)
        return answer({"batches": removed.batches, "memories": removed.memories, "units": removed.units})

    async def overview(self, request: Request) -> Response:
        """What the dashboard shows of the last hours."""
        self._access.require_admin(request.scope)
        text = request.query_params.get("hours", "24")
        if not text.isdecimal() or not 1 <= int(text) <= HOURS_MAX:
            raise Refusal(400, "hours", f"hours: expected a whole number in 1…{HOURS_MAX}")
        state = self._state
        content = await asyncio.to_thread(overview.overview, state.store, state.clock(), int(text))
        return answer({**content, "p95_ms": state.metrics.p95_ms()})

    async def experiments(self, request: Request) -> Response:
        """The results of every experiment."""
        self._access.require_admin(request.scope)
        state = self._state

        def all_results() -> list[object]:
            return [results.plain(each, results.report(state.store, each)) for each in state.experiments]

        return answer({"experiments": await asyncio.to_thread(all_results)})


def _memory(kept: Kept) -> Response:
    return answer({"memory": kept.memory, "version": kept.version}, headers={"ETag": kept.etag})


def _text(body: bytes) -> str:
    try:
        return body.decode()
    except UnicodeDecodeError as error:
        raise Refusal(400, "malformed", "the body is not UTF-8") from error
