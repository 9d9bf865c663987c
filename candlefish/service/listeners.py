"""Live messages on AWS, where no process stays: API Gateway holds the connections, the table knows them.

Who was greeted is an item of its own, removed when the connection is gone; the schedule publishes.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import msgspec
from botocore.exceptions import ClientError

from candlefish.service.store.dynamodb_table import DynamoDBTable, integer, text

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from candlefish.service.clock import Clock

PARTITION: Final = "listeners"
HELD_S: Final = 2 * 3600 + 600
"""API Gateway ends a connection after two hours; what is left behind goes a little later."""
_GONE: Final = {"GoneException", "NotFoundException"}
_ENCODE: Final = msgspec.json.Encoder().encode


class Listeners:
    """The connections of one WebSocket API; `gateway` is boto3's client for its management."""

    def __init__(self, table: DynamoDBTable, gateway: Any, clock: Clock) -> None:
        self._table, self._gateway, self._clock = table, gateway, clock

    def join(self, connection: str, topics: Iterable[str]) -> None:
        """Remember a connection, and what it wants to hear. Raises `StoreError`."""
        item = {
            "pk": text(PARTITION),
            "sk": text(connection),
            "topics": text(" ".join(sorted(topics))),
            "ttl": integer(self._clock() // 1000 + HELD_S),
        }
        self._table.put(item)

    def leave(self, connection: str) -> None:
        """Forget a connection. Raises `StoreError`."""
        self._table.delete([(PARTITION, connection)])

    def topics(self) -> dict[str, set[str]]:
        """What each connection wants to hear. Raises `StoreError`."""
        found = self._table.pages(PARTITION)
        return {item["sk"]["S"]: set(item["topics"]["S"].split()) for item in found}

    def send(self, connection: str, topic: str, data: object) -> bool:
        """Send one connection a message. False if it is gone, and forgotten."""
        message = _ENCODE({"topic": topic, "data": data})
        there = _reached(self._gateway.post_to_connection, ConnectionId=connection, Data=message)
        if not there:
            self.leave(connection)
        return there

    def close(self, connection: str) -> None:
        """End a connection."""
        _reached(self._gateway.delete_connection, ConnectionId=connection)


def _reached(call: Callable[..., object], **given: object) -> bool:
    """Ask something of a connection; False if it is gone."""
    try:
        call(**given)
    except ClientError as error:
        if error.response["Error"]["Code"] not in _GONE:
            raise
        return False
    return True
