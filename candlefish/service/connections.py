"""Registry of live connections on AWS: API Gateway holds them, the DynamoDB table lists them.

Each connection that has sent its first message is an item, removed when it closes.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import msgspec
from botocore.exceptions import ClientError

from candlefish.service.store.dynamodb_table import DynamoDBTable, integer, text

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from candlefish.service.app_state import Clock

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
        found = self._table.pages(PARTITION)
        return {item["sk"]["S"]: set(item["topics"]["S"].split()) for item in found}

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
