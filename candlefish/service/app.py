"""The service as one ASGI application: ingestion, the routes of the API, the dashboard and the site."""

from __future__ import annotations

import asyncio
import json
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any, Final

from starlette.applications import Starlette
from starlette.concurrency import iterate_in_threadpool
from starlette.exceptions import HTTPException
from starlette.middleware.cors import CORSMiddleware
from starlette.responses import Response, StreamingResponse
from starlette.routing import Match, Mount, Route, WebSocketRoute

from candlefish import __version__
from candlefish.service import dashboard, experiments, privacy
from candlefish.service.http import (
    HEADERS,
    JSON,
    AccessControl,
    ApiError,
    ClientDisconnectedError,
    header,
    json_response,
    read_body,
    require_id,
)
from candlefish.service.ingest import Ingest
from candlefish.service.jobs import running
from candlefish.service.live import LiveEndpoint
from candlefish.service.memories import LIFE_MS, Memories, Pairings, StoredMemory
from candlefish.service.metrics import CONTENT_TYPE
from candlefish.service.openapi import description
from candlefish.service.static_site import matches
from candlefish.service.store.base import StoreError
from candlefish.service.tracing import route_of

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable

    from starlette.requests import Request
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

    from candlefish.service.app_state import AppState
INGEST_PATH: Final = "/api/analytics"
METHODS: Final = ("GET", "POST", "PUT", "DELETE")
REQUEST_HEADERS: Final = ("Authorization", "Candlefish-Vault", "Content-Type", "If-Match", "If-None-Match")
MEMORY_BYTES_MAX: Final = 16_384
VAULT_HEADER: Final = b"candlefish-vault"
HOURS_MAX: Final = 24 * 90


def create_app(state: AppState, site: ASGIApp | None = None, *, jobs: bool = True) -> ASGIApp:
    """The application. `site` answers all other paths; `jobs`: run the background jobs too."""
    access = AccessControl(state.settings)
    router = _router(state, access, site, jobs=jobs)
    front = GatewayMiddleware(Ingest(state), router, access, state)
    return CORSMiddleware(
        front,
        allow_origins=state.settings.origins,
        allow_methods=METHODS,
        allow_headers=REQUEST_HEADERS,
        expose_headers=("ETag", "Retry-After"),
        max_age=7_200,
    )


class GatewayMiddleware:
    """Front of the application: rate limits, request counts, and batches passed straight to ingestion."""

    def __init__(self, ingest: ASGIApp, router: Starlette, access: AccessControl, state: AppState) -> None:
        self._ingest = ingest
        self._router = router
        self._access = access
        self._metrics = state.metrics
        self._ingest_route = Route(INGEST_PATH, ingest)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] != "http":
            await self._router(scope, receive, send)
            return
        try:
            self._access.limit(scope)
        except ApiError as refusal:
            self._metrics.request("limited", refusal.status)
            await refusal.response()(scope, receive, send)
            return
        if scope["path"] == INGEST_PATH:
            scope["route"] = self._ingest_route
            await self._ingest(scope, receive, send)
        else:
            await self._routed(scope, receive, send)

    async def _routed(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def counted(message: Message) -> None:
            if message["type"] == "http.response.start":
                self._metrics.request(route_of(scope), message["status"])
            await send(message)

        await self._router(scope, receive, counted)


def _router(state: AppState, access: AccessControl, site: ASGIApp | None, *, jobs: bool) -> Starlette:
    @asynccontextmanager
    async def lifespan(_app: Starlette) -> AsyncIterator[None]:
        async with running(state, jobs=jobs):
            yield

    routes: list[Route | WebSocketRoute | Mount] = [
        *ApiRoutes(state, access).all(),
        *dashboard.routes(state.settings.live_address),
        WebSocketRoute("/api/live", LiveEndpoint(state.hub, access).serve),
    ]
    not_found = NotFound([route for route in routes if isinstance(route, Route)])
    routes += [Route(path, not_found) for path in ("/api/{rest:path}", "/health", "/metrics")]
    if site is not None:
        routes.append(Mount("/", site))
    handlers: dict[Any, Any] = {
        ApiError: _api_error,
        StoreError: _store_failed(state),
        HTTPException: _http_error,
        ClientDisconnectedError: _disconnected,
    }
    return Starlette(routes=routes, exception_handlers=handlers, lifespan=lifespan)


class NotFound:
    """Answer to unmatched API requests: 405 with the allowed methods of a known path, else 404."""

    def __init__(self, routes: list[Route]) -> None:
        self._routes = routes

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Refuse one request."""
        matching = [route for route in self._routes if route.matches(scope)[0] is not Match.NONE]
        allow = ", ".join(sorted({method for route in matching for method in route.methods or ()}))
        if not matching:
            refusal = ApiError(404, "route", "there is no such route")
        else:
            refusal = ApiError(405, "method", f"only {allow}", allow=allow)
        await refusal.response()(scope, receive, send)


async def _api_error(_request: Request, refusal: ApiError) -> Response:
    return refusal.response()


async def _http_error(_request: Request, error: HTTPException) -> Response:
    code = "method" if error.status_code == 405 else "http"
    response = ApiError(error.status_code, code, str(error.detail)).response()
    response.headers.update(error.headers or {})
    return response


async def _disconnected(_request: Request, _error: ClientDisconnectedError) -> Response:
    return ApiError(400, "disconnected", "the request was not whole").response()


def _store_failed(state: AppState) -> Callable[[Request, StoreError], Awaitable[Response]]:
    async def answer(_request: Request, error: StoreError) -> Response:
        state.log.error("store", error=str(error))
        return ApiError(503, "store", "the store is not available", wait_s=1).response()

    return answer


class ApiRoutes:
    """Routes of the API, besides ingestion: each reads its request, calls the service, and answers."""

    def __init__(self, state: AppState, access: AccessControl) -> None:
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
        """State of the service and its dependencies."""
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
        return json_response({"status": text, "version": __version__, "checks": checks}, status)

    async def metrics(self, request: Request) -> Response:
        """Everything the service counts of itself, for Prometheus."""
        self._access.require_admin(request.scope)
        return Response(self._state.metrics.text(), headers=HEADERS, media_type=CONTENT_TYPE)

    async def openapi(self, _request: Request) -> Response:
        """The description of this API."""
        return json_response(description())

    async def ab_config(self, request: Request) -> Response:
        """The experiments, as browsers assign them."""
        body, etag = experiments.configuration_document(self._state.experiments)
        headers = {**HEADERS, "ETag": etag, "Cache-Control": f"public, max-age={experiments.MAX_AGE_S}"}
        if matches(request.headers.get("if-none-match"), etag):
            return Response(status_code=304, headers=headers)
        return Response(body, headers=headers, media_type=JSON)

    async def get_memory(self, request: Request) -> Response:
        """The memory of a vault."""
        kept = await asyncio.to_thread(self._memories.get, require_id(request.scope, "vault"))
        if kept is None:
            raise ApiError(404, "memory", "nothing is kept here")
        if matches(request.headers.get("if-none-match"), kept.etag):
            return Response(status_code=304, headers={**HEADERS, "ETag": kept.etag})
        return _memory(kept)

    async def put_memory(self, request: Request) -> Response:
        """Merge a memory into a vault's."""
        vault = require_id(request.scope, "vault")
        text = _decode_text(await read_body(request.scope, request.receive, MEMORY_BYTES_MAX))
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
        return json_response({"code": code, "expires_s": LIFE_MS // 1000}, 201)

    async def revoke_pairing(self, request: Request) -> Response:
        """Make a code useless."""
        vault = require_id(request.scope, "vault")
        self._access.limit_pairing(request.scope)
        if await asyncio.to_thread(self._pairings.take, request.path_params["code"]) != vault:
            raise ApiError(404, "code", "this code is unknown, used or too old")
        return Response(status_code=204, headers=HEADERS)

    async def join(self, request: Request) -> Response:
        """The vault of a pairing code."""
        self._access.limit_pairing(request.scope)
        text = _decode_text(await read_body(request.scope, request.receive, 1_024))
        try:
            code = json.loads(text)["code"]
        except (ValueError, LookupError, TypeError) as error:
            raise ApiError(400, "malformed", 'expected {"code": "…"}') from error
        if not isinstance(code, str) or len(code) > 32:
            raise ApiError(400, "malformed", "code: expected a short text")
        return json_response({"vault": await asyncio.to_thread(self._pairings.take, code)})

    async def export(self, request: Request) -> Response:
        """All stored data of a client."""
        state = self._state
        client, vault = require_id(request.scope, "client id"), header(request.scope, VAULT_HEADER)
        pieces = privacy.export(state.store, state.keys, state.experiments, client, vault)
        headers = {**HEADERS, "Content-Disposition": 'attachment; filename="candlefish.json"'}
        return StreamingResponse(iterate_in_threadpool(pieces), headers=headers, media_type=JSON)

    async def erase(self, request: Request) -> Response:
        """Remove all stored data of a client."""
        state = self._state
        client, vault = require_id(request.scope, "client id"), header(request.scope, VAULT_HEADER)
        removed = await asyncio.to_thread(privacy.erase, state.store, state.keys, client, vault)
        return json_response(
            {"batches": removed.batches, "memories": removed.memories, "units": removed.units}
        )

    async def overview(self, request: Request) -> Response:
        """What the dashboard shows of the last hours."""
        self._access.require_admin(request.scope)
        text = request.query_params.get("hours", "24")
        if not text.isdecimal() or not 1 <= int(text) <= HOURS_MAX:
            raise ApiError(400, "hours", f"hours: expected a whole number in 1…{HOURS_MAX}")
        state = self._state
        content = await asyncio.to_thread(dashboard.overview, state.store, state.clock(), int(text))
        return json_response({**content, "p95_ms": state.metrics.p95_ms()})

    async def experiments(self, request: Request) -> Response:
        """The results of every experiment."""
        self._access.require_admin(request.scope)
        state = self._state

        def all_results() -> list[object]:
            return [
                experiments.report_json(each, experiments.experiment_report(state.store, each))
                for each in state.experiments
            ]

        return json_response({"experiments": await asyncio.to_thread(all_results)})


def _memory(kept: StoredMemory) -> Response:
    return json_response({"memory": kept.memory, "version": kept.version}, headers={"ETag": kept.etag})


def _decode_text(body: bytes) -> str:
    try:
        return body.decode()
    except UnicodeDecodeError as error:
        raise ApiError(400, "malformed", "the body is not UTF-8") from error
