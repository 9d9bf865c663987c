"""The service on AWS Lambda, behind an HTTP API: the same application, its store in DynamoDB.

    candlefish.service.aws.handler      requests
    candlefish.service.aws.housekeeper  a schedule, once a minute: counts, guards, and enforces retention

Live connections need a process that stays; on Lambda the dashboard asks for its figures instead.
"""

from __future__ import annotations

import asyncio
import os
from functools import cache
from typing import Any, Final

import boto3
from botocore.config import Config
from mangum import Mangum

from candlefish.service.api import service
from candlefish.service.clock import now_ms
from candlefish.service.configuration import load_experiments
from candlefish.service.embedded import TellingVisits
from candlefish.service.metrics import Metrics
from candlefish.service.settings import Settings, SettingsError, from_environment
from candlefish.service.state import State
from candlefish.service.store.dynamodb import DynamoDBStore

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
    return {"counted": counted, "batches_removed": removed.batches, "memories_removed": removed.memories}


def make_state() -> State:
    """The service's state, from the environment. Raises `SettingsError`."""
    if not os.environ.get(TABLE):
        raise SettingsError(f"the environment has no {TABLE}")
    settings = from_environment(os.environ)
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


def _store(settings: Settings, table: str) -> DynamoDBStore:
    client = boto3.client("dynamodb", config=_RETRIES)
    kept = {"events_kept_ms": settings.events_kept_ms, "memories_kept_ms": settings.memories_kept_ms}
    return DynamoDBStore(client, table, **kept)
