"""The store of a deployment: one DynamoDB table, all access by key.

    pk                  sk                                what
    b#minute#shard      received_ms#session#first seq     a batch            (index by_client)
    s#session           -                                 which of its events are stored
    u#experiment        client                            a unit             (index by_client)
    r#day               -                                 the day's hourly counts
    m#vault, p#code     -                                 a memory, a pairing
    k                   salt number, state name, …        few and small

A batch and its session's bits are written in one transaction, so that sending twice stays harmless. The
table itself removes items by time to live (`ttl`, s since 1970); expired ones are not read.
"""

from __future__ import annotations

import random
import time
from typing import TYPE_CHECKING, Any, Final

from candlefish.service.store.base import (
    Batch,
    BatchReceipt,
    MemoryRecord,
    Removed,
    Salt,
    StoredBatch,
    StoreError,
    Unit,
    decode_seen,
    encode_seen,
    unseen_part,
)
from candlefish.service.store.dynamodb_table import SHARDS, DynamoDBTable, binary, integer, text

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

TRIES: Final = 10
SETTLED_MS: Final = 90_000
"""Age at which a minute is read: no request takes longer to be written."""
PARTITIONS_A_READ: Final = 240
ACTIONS_MAX: Final = 80
MINUTE_MS: Final = 60_000
HOURS_A_DAY: Final = 24


class DynamoDBStore:
    """A `Store` in a table that exists.

    Args:
        client: a boto3 DynamoDB client.
        table: the table's name.
        events_kept_ms, memories_kept_ms: time to live of items.
    """

    def __init__(self, client: Any, table: str, *, events_kept_ms: int, memories_kept_ms: int) -> None:
        self._table = DynamoDBTable(client, table)
        self._events_kept_ms = events_kept_ms
        self._memories_kept_ms = memories_kept_ms
        self._has_first_minute = False

    def append(self, batches: Sequence[Batch]) -> list[BatchReceipt]:
        """See `EventStore.append`. Each batch is a transaction; an error leaves those before it stored."""
        return [self._append(batch) for batch in batches]

    def batches_a_pass(self, experiments: int) -> int:
        """See `EventStore.batches_a_pass`: a transaction has at most 100 actions."""
        return max(1, ACTIONS_MAX // max(1, experiments))

    def read_after(self, cursor: str, now_ms: int, limit: int) -> tuple[list[StoredBatch], str]:
        """See `EventStore.read_after`. Minutes that are not settled yet are not read."""
        place = self._place(cursor)
        if place is None:
            return [], cursor
        minute, shard, after = place
        settled = (now_ms - SETTLED_MS) // MINUTE_MS
        for _ in range(PARTITIONS_A_READ):
            if minute >= settled:
                break
            items = self._table.query(_partition(minute, shard), after=after, limit=limit)
            if items:
                last = items[-1]["sk"]["S"]
                return [_stored(item) for item in items], f"{minute}/{shard}/{last}"
            after = ""
            minute, shard = (minute, shard + 1) if shard + 1 < SHARDS else (minute + 1, 0)
        return [], f"{minute}/{shard}/{after}"

    def batches_of(self, clients: Sequence[bytes]) -> Iterator[StoredBatch]:
        """See `EventStore.batches_of`."""
        items = [item for client in clients for item in self._table.of_client(client) if _is(item, "b#")]
        yield from (_stored(item) for item in sorted(items, key=lambda item: item["sk"]["S"]))

    def cursor(self) -> str:
        """See `EventStore.cursor`."""
        return self.load_state("cursor") or ""

    def rollups(self, first_hour: int, last_hour: int) -> dict[int, bytes]:
        """See `EventStore.rollups`."""
        counts: dict[int, bytes] = {}
        for day in range(first_hour // HOURS_A_DAY, last_hour // HOURS_A_DAY + 1):
            item = self._table.get(f"r#{day}") or {}
            for hour in range(HOURS_A_DAY):
                if f"h{hour}" in item:
                    counts[day * HOURS_A_DAY + hour] = item[f"h{hour}"]["B"]
        return {hour: body for hour, body in counts.items() if first_hour <= hour <= last_hour}

    def units(self, experiment: str) -> Iterator[Unit]:
        """See `EventStore.units`."""
        for item in self._table.pages(f"u#{experiment}"):
            client = bytes.fromhex(item["sk"]["S"])
            yield Unit(experiment, client, int(item["updated_ms"]["N"]), item["body"]["B"])

    def units_of(self, keys: Sequence[tuple[str, bytes]]) -> dict[tuple[str, bytes], bytes]:
        """See `EventStore.units_of`."""
        names = {(f"u#{experiment}", client.hex()): (experiment, client) for experiment, client in keys}
        items = self._table.get_many(list(names))
        return {names[item["pk"]["S"], item["sk"]["S"]]: item["body"]["B"] for item in items}

    def apply(self, before: str, after: str, rollups: Mapping[int, bytes], units: Sequence[Unit]) -> bool:
        """See `EventStore.apply`: one transaction, held together by the cursor."""
        actions = [self._state_action("cursor", before or None, after)]
        actions += [self._table.put_action(self._unit(unit)) for unit in units]
        days: dict[int, dict[str, Any]] = {}
        for hour, body in rollups.items():
            days.setdefault(hour // HOURS_A_DAY, {})[f"h{hour % HOURS_A_DAY}"] = binary(body)
        actions += [self._table.set_action(f"r#{day}", values) for day, values in days.items()]
        return self._table.transact(actions)

    def load_memory(self, vaults: Sequence[bytes]) -> tuple[bytes, MemoryRecord] | None:
        """See `MemoryStore.load_memory`."""
        for vault in vaults:
            item = self._table.get(f"m#{vault.hex()}")
            if item is not None:
                values = (int(item[name]["N"]) for name in ("version", "updated_ms"))
                return vault, MemoryRecord(item["body"]["S"], *values)
        return None

    def save_memory(self, vault: bytes, body: str, expected: int, now_ms: int) -> bool:
        """See `MemoryStore.save_memory`."""
        item = self._memory(vault, MemoryRecord(body, expected + 1, now_ms))
        if expected == 0:
            return self._table.put_if(item, "attribute_not_exists(pk)")
        return self._table.put_if(item, "#v = :v", {"#v": "version"}, {":v": integer(expected)})

    def move_memory(self, source: bytes, target: bytes) -> bool:
        """See `MemoryStore.move_memory`."""
        stored = self.load_memory([source])
        if stored is None:
            return False
        put = self._table.put_action(self._memory(target, stored[1]), "attribute_not_exists(pk)")
        version = {":v": integer(stored[1].version)}
        delete = self._table.delete_action(f"m#{source.hex()}", "#v = :v", {"#v": "version"}, version)
        return self._table.transact([put, delete])

    def add_pairing(self, code: bytes, vault: str, expires_ms: int) -> bool:
        """See `MemoryStore.add_pairing`."""
        item = {**_key(f"p#{code.hex()}"), "vault": text(vault), "expires_ms": integer(expires_ms)}
        return self._table.put_if(item | _ttl(expires_ms), "attribute_not_exists(pk)")

    def take_pairing(self, code: bytes, now_ms: int) -> str | None:
        """See `MemoryStore.take_pairing`."""
        item = self._table.take(f"p#{code.hex()}")
        return item["vault"]["S"] if item and int(item["expires_ms"]["N"]) > now_ms else None

    def load_state(self, name: str) -> str | None:
        """See `StateStore.load_state`."""
        item = self._table.get("k", f"state#{name}")
        return item["value"]["S"] if item else None

    def save_state(self, name: str, before: str | None, after: str) -> bool:
        """See `StateStore.save_state`."""
        return self._table.transact([self._state_action(name, before, after)])

    def salts(self) -> list[Salt]:
        """See `StateStore.salts`."""
        items = self._table.pages("k", prefix="salt#")
        return [
            Salt(int(item["number"]["N"]), item["salt"]["B"], int(item["made_ms"]["N"])) for item in items
        ]

    def add_salt(self, number: int, salt: bytes, now_ms: int) -> None:
        """See `StateStore.add_salt`."""
        values = {"number": integer(number), "salt": binary(salt), "made_ms": integer(now_ms)}
        self._table.put_if({**_key("k", f"salt#{number:06}"), **values}, "attribute_not_exists(pk)")

    def drop_salts(self, last: int) -> None:
        """See `StateStore.drop_salts`."""
        self._table.delete([("k", f"salt#{salt.number:06}") for salt in self.salts() if salt.number <= last])

    def erase(self, clients: Sequence[bytes], vaults: Sequence[bytes]) -> Removed:
        """See `Store.erase`."""
        items = [item for client in clients for item in self._table.of_client(client)]
        sessions = {item["session"]["B"] for item in items if _is(item, "b#")}
        memories = [vault for vault in vaults if self._table.get(f"m#{vault.hex()}")]
        self._table.delete([(item["pk"]["S"], item["sk"]["S"]) for item in items])
        self._table.delete([(f"s#{session.hex()}", "-") for session in sessions])
        self._table.delete([(f"m#{vault.hex()}", "-") for vault in memories])
        return Removed(
            sum(_is(item, "b#") for item in items), len(memories), sum(_is(item, "u#") for item in items)
        )

    def expire(self, events_before_ms: int, memories_before_ms: int, now_ms: int) -> Removed:
        """See `Store.expire`: a sweep behind the table's own time to live, which may be days late."""
        removed: dict[str, list[tuple[str, str]]] = {"b#": [], "u#": [], "s#": [], "m#": [], "p#": []}
        limits = {"m#": memories_before_ms, "p#": now_ms + 1}
        for item in self._table.scan():
            kind = item["pk"]["S"][:2]
            if kind in removed and _written_ms(item) < limits.get(kind, events_before_ms):
                removed[kind].append((item["pk"]["S"], item["sk"]["S"]))
        for keys in removed.values():
            self._table.delete(keys)
        return Removed(len(removed["b#"]), len(removed["m#"]), len(removed["u#"]))

    def check(self) -> None:
        """See `Store.check`."""
        self._table.put({**_key("k", "check"), "value": text("ok")})

    def close(self) -> None:
        """See `Store.close`."""
        self._table.close()

    def _append(self, batch: Batch) -> BatchReceipt:
        if not self._has_first_minute:
            first = str(batch.received_ms // MINUTE_MS - 1)
            self.save_state("first_minute", None, first)
            self._has_first_minute = True
        for attempt in range(TRIES):
            session, seen = self._session(batch)
            body, receipt = unseen_part(batch, seen)
            if body is None or self._table.transact(self._batch_actions(batch, session, seen, body)):
                return receipt
            time.sleep(random.uniform(0, 0.01 * 2**attempt))
        raise StoreError("another request writes the same session all the time")

    def _session(self, batch: Batch) -> tuple[bytes, int]:
        for session in (batch.session, batch.session_before):
            item = self._table.get(f"s#{session.hex()}") if session else None
            if session and item:
                return session, decode_seen(item["seen"]["B"])
        return batch.session, 0

    def _batch_actions(self, batch: Batch, session: bytes, seen: int, body: bytes) -> list[dict[str, Any]]:
        fresh = batch.mask & ~seen
        first = (fresh & -fresh).bit_length() - 1
        shard = session[0] % SHARDS
        item = {
            **_key(
                _partition(batch.received_ms // MINUTE_MS, shard),
                f"{batch.received_ms:013}#{session.hex()}#{first:04}",
            ),
            "client": text(batch.client.hex()),
            "session": binary(session),
            "received_ms": integer(batch.received_ms),
            "skew_ms": integer(batch.skew_ms),
            "body": binary(body),
            **_ttl(batch.received_ms + self._events_kept_ms),
        }
        known = {
            **_key(f"s#{session.hex()}"),
            "seen": binary(encode_seen(seen | batch.mask)),
            "updated_ms": integer(batch.received_ms),
            **_ttl(batch.received_ms + self._events_kept_ms),
        }
        if seen:
            same = self._table.put_action(known, "seen = :s", None, {":s": binary(encode_seen(seen))})
        else:
            same = self._table.put_action(known, "attribute_not_exists(pk)")
        return [same, self._table.put_action(item)]

    def _place(self, cursor: str) -> tuple[int, int, str] | None:
        """Minute, shard and sort key to continue after; None while the store is empty."""
        if cursor:
            minute, shard, after = cursor.split("/", 2)
            return int(minute), int(shard), after
        first = self.load_state("first_minute")
        return (int(first), 0, "") if first else None

    def _unit(self, unit: Unit) -> dict[str, Any]:
        return {
            **_key(f"u#{unit.experiment}", unit.client.hex()),
            "client": text(unit.client.hex()),
            "updated_ms": integer(unit.updated_ms),
            "body": binary(unit.body),
            **_ttl(unit.updated_ms + self._events_kept_ms),
        }

    def _memory(self, vault: bytes, record: MemoryRecord) -> dict[str, Any]:
        return {
            **_key(f"m#{vault.hex()}"),
            "body": text(record.text),
            "version": integer(record.version),
            "updated_ms": integer(record.updated_ms),
            **_ttl(record.updated_ms + self._memories_kept_ms),
        }

    def _state_action(self, name: str, before: str | None, after: str) -> dict[str, Any]:
        item = {**_key("k", f"state#{name}"), "value": text(after)}
        if before is None:
            return self._table.put_action(item, "attribute_not_exists(pk)")
        return self._table.put_action(item, "#v = :v", {"#v": "value"}, {":v": text(before)})


def _key(pk: str, sk: str = "-") -> dict[str, Any]:
    return {"pk": text(pk), "sk": text(sk)}


def _ttl(at_ms: int) -> dict[str, Any]:
    return {"ttl": integer(at_ms // 1000)}


def _partition(minute: int, shard: int) -> str:
    return f"b#{minute}#{shard}"


def _is(item: Mapping[str, Any], kind: str) -> bool:
    return bool(item["pk"]["S"].startswith(kind))


def _written_ms(item: Mapping[str, Any]) -> int:
    """When an item was last written; of a pairing, when it expires."""
    names = [name for name in ("received_ms", "updated_ms", "expires_ms") if name in item]
    return int(item[names[0]]["N"])


def _stored(item: Mapping[str, Any]) -> StoredBatch:
    return StoredBatch(
        bytes.fromhex(item["client"]["S"]),
        item["session"]["B"],
        int(item["received_ms"]["N"]),
        int(item["skew_ms"]["N"]),
        item["body"]["B"],
    )
