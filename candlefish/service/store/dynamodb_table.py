"""Access to one DynamoDB table: reads, writes and transactions within its limits, errors translated."""

from __future__ import annotations

import random
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Final

from botocore.exceptions import BotoCoreError, ClientError

from candlefish.service.store.base import StoreError

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

SHARDS: Final = 4
BY_CLIENT: Final = "by_client"
GET_MAX: Final = 100
WRITE_MAX: Final = 25
TRIES: Final = 8
_LOST: Final = {"ConditionalCheckFailed", "TransactionConflict"}
_LOST_ALONE: Final = {f"{code}Exception" for code in _LOST}

Item = dict[str, Any]
Names = dict[str, str]

DEFINITION: Final = {
    "AttributeDefinitions": [
        {"AttributeName": name, "AttributeType": "S"} for name in ("pk", "sk", "client")
    ],
    "KeySchema": [
        {"AttributeName": "pk", "KeyType": "HASH"},
        {"AttributeName": "sk", "KeyType": "RANGE"},
    ],
    "GlobalSecondaryIndexes": [
        {
            "IndexName": BY_CLIENT,
            "KeySchema": [
                {"AttributeName": "client", "KeyType": "HASH"},
                {"AttributeName": "sk", "KeyType": "RANGE"},
            ],
            "Projection": {"ProjectionType": "ALL"},
        }
    ],
    "BillingMode": "PAY_PER_REQUEST",
}
"""Definition of the table; time to live must also be enabled on `ttl`."""


def text(value: str) -> Item:
    """A text attribute."""
    return {"S": value}


def integer(value: int) -> Item:
    """A number attribute."""
    return {"N": str(value)}


def binary(value: bytes) -> Item:
    """A binary attribute."""
    return {"B": value}


class DynamoDBTable:
    """A table, accessed by a boto3 client. Permanent failures raise `StoreError`."""

    def __init__(self, client: Any, name: str) -> None:
        self._client = client
        self._name = name

    def get(self, pk: str, sk: str = "-") -> Item | None:
        """An item, read consistently; None if there is none or it has expired."""
        with _translated("reading"):
            answer = self._client.get_item(TableName=self._name, Key=_key(pk, sk), ConsistentRead=True)
        item: Item | None = answer.get("Item")
        return item if item is not None and _alive(item) else None

    def get_many(self, keys: Sequence[tuple[str, str]]) -> list[Item]:
        """The items of these keys, where there are any."""
        items: list[Item] = []
        for start in range(0, len(keys), GET_MAX):
            asked = [_key(*key) for key in keys[start : start + GET_MAX]]
            for wait_s in _waits():
                request = {self._name: {"Keys": asked, "ConsistentRead": True}}
                with _translated("reading"):
                    answer = self._client.batch_get_item(RequestItems=request)
                items += answer["Responses"].get(self._name, [])
                asked = answer.get("UnprocessedKeys", {}).get(self._name, {}).get("Keys", [])
                if not asked:
                    break
                time.sleep(wait_s)
            if asked:
                raise StoreError("reading: throttled")
        return [item for item in items if _alive(item)]

    def query(self, pk: str, *, after: str = "", limit: int) -> list[Item]:
        """Up to `limit` items of a partition with sort keys above `after`, in order."""
        values = {":p": text(pk), **({":a": text(after)} if after else {})}
        condition = "pk = :p AND sk > :a" if after else "pk = :p"
        with _translated("reading"):
            answer = self._client.query(
                TableName=self._name,
                KeyConditionExpression=condition,
                ExpressionAttributeValues=values,
                ConsistentRead=True,
                Limit=limit,
            )
        return list(answer["Items"])

    def pages(self, pk: str, prefix: str = "") -> Iterator[Item]:
        """Every item of a partition whose sort key begins with `prefix`."""
        values = {":p": text(pk), **({":s": text(prefix)} if prefix else {})}
        condition = "pk = :p AND begins_with(sk, :s)" if prefix else "pk = :p"
        yield from self._all(
            "query",
            KeyConditionExpression=condition,
            ExpressionAttributeValues=values,
            ConsistentRead=True,
        )

    def of_client(self, client: bytes) -> Iterator[Item]:
        """Every item that bears a client's pseudonym."""
        yield from self._all(
            "query",
            IndexName=BY_CLIENT,
            KeyConditionExpression="client = :c",
            ExpressionAttributeValues={":c": text(client.hex())},
        )

    def scan(self) -> Iterator[Item]:
        """Every item, expired or not."""
        yield from self._all("scan", expired=True)

    def put(self, item: Item) -> None:
        """Write an item."""
        with _translated("writing"):
            self._client.put_item(TableName=self._name, Item=item)

    def put_if(
        self, item: Item, condition: str, names: Names | None = None, values: Item | None = None
    ) -> bool:
        """Write an item if a condition holds; returns whether it did."""
        return self.transact([self.put_action(item, condition, names, values)])

    def take(self, pk: str) -> Item | None:
        """Remove an item and return it."""
        with _translated("writing"):
            answer = self._client.delete_item(TableName=self._name, Key=_key(pk, "-"), ReturnValues="ALL_OLD")
        item: Item | None = answer.get("Attributes")
        return item

    def delete(self, keys: Sequence[tuple[str, str]]) -> None:
        """Remove items."""
        for start in range(0, len(keys), WRITE_MAX):
            wanted = [{"DeleteRequest": {"Key": _key(*key)}} for key in keys[start : start + WRITE_MAX]]
            for wait_s in _waits():
                with _translated("writing"):
                    answer = self._client.batch_write_item(RequestItems={self._name: wanted})
                wanted = answer.get("UnprocessedItems", {}).get(self._name, [])
                if not wanted:
                    break
                time.sleep(wait_s)
            if wanted:
                raise StoreError("writing: throttled")

    def put_action(
        self,
        item: Item,
        condition: str | None = None,
        names: Names | None = None,
        values: Item | None = None,
    ) -> Item:
        """A write, as a part of a transaction."""
        return {"Put": {"TableName": self._name, "Item": item, **_conditional(condition, names, values)}}

    def delete_action(self, pk: str, condition: str, names: Names, values: Item) -> Item:
        """A removal, as a part of a transaction."""
        condition_ = _conditional(condition, names, values)
        return {"Delete": {"TableName": self._name, "Key": _key(pk, "-"), **condition_}}

    def set_action(self, pk: str, attributes: Item) -> Item:
        """New values of some attributes of an item, as a part of a transaction."""
        names = {f"#{name}": name for name in attributes}
        assignments = ", ".join(f"#{name} = :{name}" for name in attributes)
        return {
            "Update": {
                "TableName": self._name,
                "Key": _key(pk, "-"),
                "UpdateExpression": f"SET {assignments}",
                "ExpressionAttributeNames": names,
                "ExpressionAttributeValues": {f":{name}": value for name, value in attributes.items()},
            }
        }

    def transact(self, actions: Sequence[Item]) -> bool:
        """All of these or none; False if a condition did not hold or another transaction was there.

        One action alone is a conditional write, at half the price of a transaction of one.
        """
        if len(actions) == 1:
            return self._write_if(actions[0])
        try:
            self._client.transact_write_items(TransactItems=list(actions))
        except ClientError as error:
            if error.response["Error"]["Code"] != "TransactionCanceledException":
                raise StoreError(f"writing: {error}") from error
            reasons = {reason.get("Code") for reason in error.response.get("CancellationReasons", [])}
            if reasons & _LOST:
                return False
            raise StoreError(f"writing: {error}") from error
        except BotoCoreError as error:
            raise StoreError(f"writing: {error}") from error
        return True

    def _write_if(self, action: Item) -> bool:
        ((kind, arguments),) = action.items()
        write = {"Put": self._client.put_item, "Update": self._client.update_item}.get(
            kind, self._client.delete_item
        )
        try:
            write(**arguments)
        except ClientError as error:
            if error.response["Error"]["Code"] in _LOST_ALONE:
                return False
            raise StoreError(f"writing: {error}") from error
        except BotoCoreError as error:
            raise StoreError(f"writing: {error}") from error
        return True

    def close(self) -> None:
        """Close the connections."""
        self._client.close()

    def _all(self, operation: str, *, expired: bool = False, **arguments: Any) -> Iterator[Item]:
        with _translated("reading"):
            paginator = self._client.get_paginator(operation)
            for page in paginator.paginate(TableName=self._name, **arguments):
                yield from (item for item in page["Items"] if expired or _alive(item))


def _key(pk: str, sk: str) -> Item:
    return {"pk": text(pk), "sk": text(sk)}


def _conditional(condition: str | None, names: Names | None, values: Item | None) -> Item:
    parts = {
        "ConditionExpression": condition,
        "ExpressionAttributeNames": names,
        "ExpressionAttributeValues": values,
    }
    return {name: value for name, value in parts.items() if value}


def _alive(item: Item) -> bool:
    return "ttl" not in item or int(item["ttl"]["N"]) > time.time()


def _waits() -> Iterator[float]:
    """Delays before retries, s: doubling, with jitter."""
    return (random.uniform(0, 0.05 * 2**attempt) for attempt in range(TRIES))


@contextmanager
def _translated(what: str) -> Iterator[None]:
    """Translate errors of boto3 to `StoreError`."""
    try:
        yield
    except (BotoCoreError, ClientError) as error:
        raise StoreError(f"{what}: {error}") from error
