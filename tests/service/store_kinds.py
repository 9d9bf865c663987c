"""A store of each kind, empty, for the contract both must keep."""

from __future__ import annotations

import os
from contextlib import contextmanager
from typing import TYPE_CHECKING
from unittest import mock

import boto3
from moto import mock_aws

from candlefish.service.store.dynamodb import DynamoDBStore
from candlefish.service.store.dynamodb_table import DEFINITION
from candlefish.service.store.sqlite import SQLiteStore

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from candlefish.service.store.base import Store

TABLE = "candlefish"
CREDENTIALS = {
    "AWS_ACCESS_KEY_ID": "testing",
    "AWS_SECRET_ACCESS_KEY": "testing",
    "AWS_DEFAULT_REGION": "us-east-1",
}
YEARS_MS = 100 * 365 * 86_400_000


@contextmanager
def opened(kind: str, directory: Path) -> Iterator[Store]:
    """A store, closed at the end."""
    with opened_sqlite(directory) if kind == "sqlite" else opened_dynamodb() as store:
        yield store


@contextmanager
def opened_sqlite(directory: Path) -> Iterator[SQLiteStore]:
    store = SQLiteStore(directory / "store.sqlite3")
    yield store
    store.close()


@contextmanager
def opened_dynamodb(kept_ms: int = YEARS_MS) -> Iterator[DynamoDBStore]:
    with mock.patch.dict(os.environ, CREDENTIALS), mock_aws():
        client = boto3.client("dynamodb")
        client.create_table(TableName=TABLE, **DEFINITION)
        store = DynamoDBStore(client, TABLE, events_kept_ms=kept_ms, memories_kept_ms=kept_ms)
        yield store
        store.close()
