"""The whole service as one ASGI application: ingestion in front, then the API, then the site."""

from __future__ import annotations

from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any, Final

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware.cors import CORSMiddleware
from starlette.routing import Match, Mount, Route, WebSocketRoute

from candlefish.service import dashboard
from candlefish.service.access import Access
from candlefish.service.answers import Refusal
from candlefish.service.bodies import Disconnected
from candlefish.service.ingest import Ingest
from candlefish.service.routes import Routes
from candlefish.service.sockets import Live
from candlefish.service.store.base import StoreError
from candlefish.service.tracing import route_of

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable

    from starlette.requests import Request
    from starlette.responses import Response
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

    from candlefish.service.state import State

INGEST_PATH: Final = "/api/analytics"
METHODS: Final = ("GET", "POST", "PUT", "DELETE")
REQUEST_HEADERS: Final = ("Authorization", "Candlefish-Vault", "Content-Type", "If-Match", "If-None-Match")


def service(state: State, site: ASGIApp | None = None, *, jobs: bool = True) -> ASGIApp:
    """The application. `site` answers what is not of the API; `jobs`: it also counts and cleans up."""
    access = Access(state.settings)
    router = _router(state, access, site, jobs=jobs)
    front = Front(Ingest(state), router, access, state)
    return CORSMiddleware(
        front,
        allow_origins=state.settings.origins,
        allow_methods=METHODS,
        allow_headers=REQUEST_HEADERS,
        expose_headers=("ETag", "Retry-After"),
        max_age=7_200,
    )


class Front:
    """Sends batches straight to ingestion, everything else through the router; limits and counts both."""

    def __init__(self, ingest: ASGIApp, router: Starlette, access: Access, state: State) -> None:
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
        except Refusal as refusal:
            self._metrics.request("limited", refusal.status)
            await refusal.answer()(scope, receive, send)
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


def _router(state: State, access: Access, site: ASGIApp | None, *, jobs: bool) -> Starlette:
    @asynccontextmanager
    async def lifespan(_app: Starlette) -> AsyncIterator[None]:
        async with state.running(jobs=jobs):
            yield

    routes: list[Route | WebSocketRoute | Mount] = [
        *Routes(state, access).all(),
        *dashboard.routes(state.settings.live_address),
        WebSocketRoute("/api/live", Live(state.hub, access).serve),
    ]
    rest = Rest([route for route in routes if isinstance(route, Route)])
    routes += [Route(path, rest) for path in ("/api/{rest:path}", "/health", "/metrics")]
    if site is not None:
        routes.append(Mount("/", site))
    handlers: dict[Any, Any] = {
        Refusal: _refused,
        StoreError: _store_failed(state),
        HTTPException: _http_error,
        Disconnected: _gone,
    }
    return Starlette(routes=routes, exception_handlers=handlers, lifespan=lifespan)


class Rest:
    """What no route of the API answers: another method of a path that is there (405), or no path (404)."""

    def __init__(self, routes: list[Route]) -> None:
        self._routes = routes

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Refuse one request."""
        there = [route for route in self._routes if route.matches(scope)[0] is not Match.NONE]
        allow = ", ".join(sorted({method for route in there for method in route.methods or ()}))
        if not there:
            refusal = Refusal(404, "route", "there is no such route")
        else:
            refusal = Refusal(405, "method", f"only {allow}", allow=allow)
        await refusal.answer()(scope, receive, send)


async def _refused(_request: Request, refusal: Refusal) -> Response:
    return refusal.answer()


async def _http_error(_request: Request, error: HTTPException) -> Response:
    code = "method" if error.status_code == 405 else "http"
    answer = Refusal(error.status_code, code, str(error.detail)).answer()
    answer.headers.update(error.headers or {})
    return answer


async def _gone(_request: Request, _error: Disconnected) -> Response:
    return Refusal(400, "disconnected", "the request was not whole").answer()


def _store_failed(state: State) -> Callable[[Request, StoreError], Awaitable[Response]]:
    async def answer(_request: Request, error: StoreError) -> Response:
        state.log.error("store", error=str(error))
        return Refusal(503, "store", "the store is not available", wait_s=1).answer()

    return answer
