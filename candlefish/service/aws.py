"""The service on AWS Lambda, behind an HTTP API: the same application, its store in DynamoDB.

candlefish.service.aws.handler      requests
candlefish.service.aws.housekeeper  once a minute: counting, guardrails, retention, live figures
candlefish.service.aws.socket       events of live connections, which API Gateway holds
"""

from __future__ import annotations

import asyncio
import os
from functools import cache
from typing import TYPE_CHECKING, Any, Final

import boto3
import msgspec
from botocore.config import Config
from botocore.exceptions import ClientError
from mangum import Mangum

from candlefish.service import jobs
from candlefish.service.aggregation import HOUR_MS
from candlefish.service.app import create_app
from candlefish.service.app_state import AppState, now_ms
from candlefish.service.dashboard import overview
from candlefish.service.experiments import load_experiments
from candlefish.service.http import AccessControl
from candlefish.service.live import HandshakeError, parse_hello
from candlefish.service.metrics import Metrics, VisitMetrics
from candlefish.service.settings import LIVE_ADDRESS, Settings, SettingsError, from_environment
from candlefish.service.store.dynamodb import DynamoDBStore
from candlefish.service.store.dynamodb_table import DynamoDBTable, integer, text

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from candlefish.service.app_state import Clock

UNITS: Final = {
    "Fps": "None",
    "MemoryMb": "None",
    "TrustGained": "None",
    "Errors": "Count",
    "FatalErrors": "Count",
    "Sessions": "Count",
}
VALUES_MAX: Final = 100
"""CloudWatch's limit of values of one metric in one line."""


class EmfMetrics(VisitMetrics):
    """Visit metrics that also write a line for each batch: for all versions together, and for this one."""

    def __init__(
        self, namespace: str, version: str, clock: Clock, write: Callable[[str], None] = print
    ) -> None:
        super().__init__()
        self._namespace, self._version, self._clock, self._write = namespace, version, clock, write

    def add(self, events: Iterable[Any]) -> None:
        """Count accepted events, and write their line."""
        events = tuple(events)
        super().add(events)
        if values := metric_values(events):
            self._write(log_line(self._namespace, self._version, self._clock(), values))


def metric_values(events: Iterable[Any]) -> dict[str, list[float]]:
    """The values of events by metric."""
    values: dict[str, list[float]] = {}
    for event in events:
        match event.__struct_config__.tag:
            case "performance_metrics":
                values.setdefault("Fps", []).append(event.fps)
                values.setdefault("MemoryMb", []).append(event.memory_mb)
            case "session_start":
                values.setdefault("Sessions", []).append(1)
            case "session_end":
                values.setdefault("TrustGained", []).append(event.trust_gained)
            case "error":
                values.setdefault("Errors", []).append(1)
                if event.fatal:
                    values.setdefault("FatalErrors", []).append(1)
    return values


def log_line(namespace: str, version: str, now_ms: int, values: dict[str, list[float]]) -> str:
    """One log line in EMF."""
    metrics = [{"Name": name, "Unit": UNITS[name]} for name in values]
    directive = {"Namespace": namespace, "Dimensions": [[], ["Version"]], "Metrics": metrics}
    limited = {name: many[:VALUES_MAX] for name, many in values.items()}
    return msgspec.json.encode(
        {"_aws": {"Timestamp": now_ms, "CloudWatchMetrics": [directive]}, "Version": version, **limited}
    ).decode()


PARTITION: Final = "listeners"
"""Partition key of the items."""
HELD_S: Final = 2 * 3600 + 600
"""Time to live of an item: API Gateway closes a connection after two hours."""
_GONE: Final = {"GoneException", "NotFoundException"}
_ENCODE: Final = msgspec.json.Encoder().encode


class ConnectionRegistry:
    """The connections of one WebSocket API; `gateway` is boto3's client for its management API."""

    def __init__(self, table: DynamoDBTable, gateway: Any, clock: Clock) -> None:
        self._table, self._gateway, self._clock = table, gateway, clock

    def join(self, connection: str, topics: Iterable[str]) -> None:
        """Add a connection with its topics. Raises `StoreError`."""
        item = {
            "pk": text(PARTITION),
            "sk": text(connection),
            "topics": text(" ".join(sorted(topics))),
            "ttl": integer(self._clock() // 1000 + HELD_S),
        }
        self._table.put(item)

    def leave(self, connection: str) -> None:
        """Remove a connection. Raises `StoreError`."""
        self._table.delete([(PARTITION, connection)])

    def topics(self) -> dict[str, set[str]]:
        """The topics of every connection. Raises `StoreError`."""
        connections = self._table.pages(PARTITION)
        return {item["sk"]["S"]: set(item["topics"]["S"].split()) for item in connections}

    def send(self, connection: str, topic: str, data: object) -> bool:
        """Send a message to a connection. False if it was closed, and is removed."""
        message = _ENCODE({"topic": topic, "data": data})
        sent = _call(self._gateway.post_to_connection, ConnectionId=connection, Data=message)
        if not sent:
            self.leave(connection)
        return sent

    def close(self, connection: str) -> None:
        """Close a connection."""
        _call(self._gateway.delete_connection, ConnectionId=connection)


def _call(call: Callable[..., object], **given: object) -> bool:
    """Call the management API; False if the connection is closed."""
    try:
        call(**given)
    except ClientError as error:
        if error.response["Error"]["Code"] not in _GONE:
            raise
        return False
    return True


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
    """Count new batches, check guardrails, enforce retention, and publish the live figures."""
    state = make_state()
    state.prepare()
    counted = 0
    for _ in range(PASSES):
        cursor = state.store.cursor()
        counted += jobs.count(state)
        if state.store.cursor() == cursor:
            break
    jobs.check_guardrails(state)
    removed = jobs.enforce_retention(state)
    published = 0
    if (connections := _connections(state.settings)) is not None:
        published = publish_figures(state, connections)
    return {
        "counted": counted,
        "batches_removed": removed.batches,
        "memories_removed": removed.memories,
        "told": published,
    }


def socket(event: dict[str, Any], _context: Any) -> dict[str, int]:
    """Handle an event of a live connection (API Gateway, WebSocket): opened, first message, or closed."""
    context = event["requestContext"]
    if context["routeKey"] != "$connect":
        _on_message(context["routeKey"], context["connectionId"], event.get("body") or "")
    return {"statusCode": 200}


def _on_message(route: str, connection: str, message: str) -> None:
    settings = _settings()
    connections = _connections(settings)
    if connections is None:
        raise SettingsError(f"the environment has no {LIVE_ADDRESS}")
    if route == "$disconnect":
        connections.leave(connection)
        return
    try:
        hello = parse_hello(message, AccessControl(settings))
    except HandshakeError:
        connections.close(connection)
        return
    connections.join(connection, hello.topics)
    if "metrics" in hello.topics:
        connections.send(connection, "metrics", hourly_figures(make_state(), len(connections.topics())))


def publish_figures(state: AppState, connections: ConnectionRegistry) -> int:
    """Send the live figures to their subscribers. Returns the number of messages sent."""
    topics = connections.topics()
    wanted = [connection for connection, named in topics.items() if "metrics" in named]
    if not wanted:
        return 0
    data = hourly_figures(state, len(topics))
    return sum(connections.send(connection, "metrics", data) for connection in wanted)


def hourly_figures(state: AppState, clients: int) -> dict[str, Any]:
    """The live figures of this hour, from the store: no process sees all batches."""
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


def make_state() -> AppState:
    """The service's state, from the environment. Raises `SettingsError`."""
    settings = _settings()
    namespace = os.environ.get(NAMESPACE)
    metrics = Metrics(EmfMetrics(namespace, os.environ.get(VERSION, ""), now_ms)) if namespace else None
    return AppState(settings, _store(settings, os.environ[TABLE]), load_experiments(), metrics=metrics)


class Application:
    """The application on an event loop of its own: Mangum runs on the thread's loop, and closes none."""

    def __init__(self) -> None:
        app: Any = create_app(make_state(), jobs=False)
        self._loop = asyncio.new_event_loop()
        asyncio.set_event_loop(self._loop)
        self._adapter = Mangum(app, lifespan="auto")

    def __call__(self, event: dict[str, Any], context: Any) -> dict[str, Any]:
        """Answer one request."""
        asyncio.set_event_loop(self._loop)
        return dict(self._adapter(event, context))

    def close(self) -> None:
        """Close the loop and its threads."""
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


def _connections(settings: Settings) -> ConnectionRegistry | None:
    """The registry of live connections; None without a live address."""
    if not settings.live_address:
        return None
    table = DynamoDBTable(boto3.client("dynamodb", config=_RETRIES), os.environ[TABLE])
    return ConnectionRegistry(table, gateway(settings.live_address), now_ms)


def gateway(live_address: str) -> Any:
    """The client for the management API of connections."""
    address = live_address.replace("wss://", "https://", 1)
    return boto3.client("apigatewaymanagementapi", endpoint_url=address, config=_RETRIES)


def _store(settings: Settings, table: str) -> DynamoDBStore:
    client = boto3.client("dynamodb", config=_RETRIES)
    kept = {"events_kept_ms": settings.events_kept_ms, "memories_kept_ms": settings.memories_kept_ms}
    return DynamoDBStore(client, table, **kept)
