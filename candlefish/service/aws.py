"""The service on AWS Lambda, behind an HTTP API: the same application, its store in DynamoDB.

candlefish.service.aws.handler      requests
candlefish.service.aws.housekeeper  a schedule, once a minute: counts, guards, and enforces retention
candlefish.service.aws.socket       live connections, held by API Gateway; the schedule tells them
"""

from __future__ import annotations

import asyncio
import os
from functools import cache
from typing import Any, Final

import boto3
from botocore.config import Config
from mangum import Mangum

from candlefish.service.access import Access
from candlefish.service.api import service
from candlefish.service.clock import now_ms
from candlefish.service.configuration import load_experiments
from candlefish.service.embedded import TellingVisits
from candlefish.service.listeners import Listeners
from candlefish.service.metrics import Metrics
from candlefish.service.overview import overview
from candlefish.service.rollup import HOUR_MS
from candlefish.service.settings import LIVE_ADDRESS, Settings, SettingsError, from_environment
from candlefish.service.sockets import Refused, greeting
from candlefish.service.state import State
from candlefish.service.store.dynamodb import DynamoDBStore
from candlefish.service.store.dynamodb_table import DynamoDBTable

TABLE: Final = "CANDLEFISH_TABLE"
NAMESPACE: Final = "CANDLEFISH_NAMESPACE"
VERSION: Final = "AWS_LAMBDA_FUNCTION_VERSION"
"""Lambda's own."""
PASSES: Final = 200
_RETRIES: Final = Config(retries={"mode": "adaptive", "max_attempts": 6}, connect_timeout=2, read_timeout=5)


def handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
    """Answer one request of API Gateway (payload version 2.0)."""
    return application()(event, context)


def housekeeper(_event: dict[str, Any], _context: Any) -> dict[str, int]:
    """Count what came, stop what breaks a guardrail, remove what is too old."""
    state = make_state()
    state.prepare()
    counted = 0
    for _ in range(PASSES):
        cursor = state.store.cursor()
        counted += state.count()
        if state.store.cursor() == cursor:
            break
    state.watch()
    removed = state.keep()
    told = 0
    if (listeners := _listeners(state.settings)) is not None:
        told = tell(state, listeners)
    return {
        "counted": counted,
        "batches_removed": removed.batches,
        "memories_removed": removed.memories,
        "told": told,
    }


def socket(event: dict[str, Any], _context: Any) -> dict[str, int]:
    """Answer what happens on a live connection (API Gateway, WebSocket): it opens, says hello, or is gone."""
    said = event["requestContext"]
    if said["routeKey"] != "$connect":
        _heard(said["routeKey"], said["connectionId"], event.get("body") or "")
    return {"statusCode": 200}


def _heard(route: str, connection: str, message: str) -> None:
    settings = _settings()
    listeners = _listeners(settings)
    if listeners is None:
        raise SettingsError(f"the environment has no {LIVE_ADDRESS}")
    if route == "$disconnect":
        listeners.leave(connection)
        return
    try:
        hello = greeting(message, Access(settings))
    except Refused:
        listeners.close(connection)
        return
    listeners.join(connection, hello.topics)
    if "metrics" in hello.topics:
        listeners.send(connection, "metrics", figures(make_state(), len(listeners.topics())))


def tell(state: State, listeners: Listeners) -> int:
    """Send the live figures to all who want them. Returns how many got them."""
    topics = listeners.topics()
    wanted = [connection for connection, named in topics.items() if "metrics" in named]
    if not wanted:
        return 0
    data = figures(state, len(topics))
    return sum(listeners.send(connection, "metrics", data) for connection in wanted)


def figures(state: State, clients: int) -> dict[str, Any]:
    """The live figures: of this hour, for no process sees all that comes."""
    now_ms = state.clock()
    total = overview(state.store, now_ms, 1)["total"]
    return {
        "at_ms": now_ms,
        "fps": total["fps_median"],
        "memory_mb": total["memory_mean_mb"],
        "errors": total["errors"],
        "accepted_per_s": round(total["events"] / max(1.0, now_ms % HOUR_MS / 1000.0), 1),
        "live_clients": clients,
    }


def make_state() -> State:
    """The service's state, from the environment. Raises `SettingsError`."""
    settings = _settings()
    namespace = os.environ.get(NAMESPACE)
    metrics = Metrics(TellingVisits(namespace, os.environ.get(VERSION, ""), now_ms)) if namespace else None
    return State(settings, _store(settings, os.environ[TABLE]), load_experiments(), metrics=metrics)


class Application:
    """The application on an event loop of its own: Mangum runs on the thread's loop, and closes none."""

    def __init__(self) -> None:
        app: Any = service(make_state(), jobs=False)
        self._loop = asyncio.new_event_loop()
        asyncio.set_event_loop(self._loop)
        self._adapter = Mangum(app, lifespan="auto")

    def __call__(self, event: dict[str, Any], context: Any) -> dict[str, Any]:
        """Answer one request."""
        asyncio.set_event_loop(self._loop)
        return dict(self._adapter(event, context))

    def close(self) -> None:
        """Close the loop and its threads; the application answers no more."""
        self._loop.run_until_complete(self._loop.shutdown_default_executor())
        asyncio.set_event_loop(None)
        self._loop.close()


@cache
def application() -> Application:
    """One application for all requests of this instance."""
    return Application()


def _settings() -> Settings:
    if not os.environ.get(TABLE):
        raise SettingsError(f"the environment has no {TABLE}")
    return from_environment(os.environ)


def _listeners(settings: Settings) -> Listeners | None:
    """Those that API Gateway holds; None where it holds none."""
    if not settings.live_address:
        return None
    table = DynamoDBTable(boto3.client("dynamodb", config=_RETRIES), os.environ[TABLE])
    return Listeners(table, gateway(settings.live_address), now_ms)


def gateway(live_address: str) -> Any:
    """The client that speaks to connections."""
    address = live_address.replace("wss://", "https://", 1)
    return boto3.client("apigatewaymanagementapi", endpoint_url=address, config=_RETRIES)


def _store(settings: Settings, table: str) -> DynamoDBStore:
    client = boto3.client("dynamodb", config=_RETRIES)
    kept = {"events_kept_ms": settings.events_kept_ms, "memories_kept_ms": settings.memories_kept_ms}
    return DynamoDBStore(client, table, **kept)
