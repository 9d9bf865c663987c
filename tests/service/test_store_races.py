"""Compare-and-set by many at once: on SQLite, and on dynalite, whose conditional writes are as DynamoDB's.

moto answers every call but checks a condition and writes in two steps, so a race there proves nothing. What
needs a transaction is not here: dynalite has none.
"""

from __future__ import annotations

import socket
import subprocess
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from functools import partial
from threading import Barrier
from typing import TYPE_CHECKING, TypeVar

import boto3
import pytest
from botocore.config import Config

from builder.workspace import NODE_MODULES
from candlefish.service.store.dynamodb import DynamoDBStore
from candlefish.service.store.dynamodb_table import DEFINITION
from tests.service.store_kinds import CREDENTIALS, TABLE, YEARS_MS, opened_sqlite

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from candlefish.service.store.base import Store

AT_ONCE = 8
ROUNDS = 12
SERVE = "require('dynalite')({ createTableMs: 0 }).listen(+process.argv[1], '127.0.0.1')"


@contextmanager
def dynalite() -> Iterator[str]:
    """The address of a DynamoDB of this machine, empty and in memory."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    running = subprocess.Popen(["node", "-e", SERVE, str(port)], cwd=NODE_MODULES.parent)
    try:
        for _ in range(100):
            try:
                socket.create_connection(("127.0.0.1", port), 1.0).close()
                break
            except OSError:
                assert running.poll() is None, "dynalite has ended"
                time.sleep(0.1)
        yield f"http://127.0.0.1:{port}"
    finally:
        running.terminate()
        running.wait(60)


@contextmanager
def opened_dynalite() -> Iterator[DynamoDBStore]:
    with dynalite() as address:
        client = boto3.client(
            "dynamodb",
            endpoint_url=address,
            region_name="us-east-1",
            aws_access_key_id=CREDENTIALS["AWS_ACCESS_KEY_ID"],
            aws_secret_access_key=CREDENTIALS["AWS_SECRET_ACCESS_KEY"],
            config=Config(max_pool_connections=2 * AT_ONCE),
        )
        client.create_table(TableName=TABLE, **DEFINITION)
        client.get_waiter("table_exists").wait(TableName=TABLE, WaiterConfig={"Delay": 1})
        store = DynamoDBStore(client, TABLE, events_kept_ms=YEARS_MS, memories_kept_ms=YEARS_MS)
        yield store
        store.close()


@pytest.fixture(params=["sqlite", "dynalite"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Store]:
    with opened_sqlite(tmp_path) if request.param == "sqlite" else opened_dynalite() as opened:
        yield opened


Result = TypeVar("Result")


def raced(attempt: Callable[[int], Result]) -> list[Result]:
    """What each of several got who began at the same moment."""
    ready = Barrier(AT_ONCE)

    def run(number: int) -> Result:
        ready.wait()
        return attempt(number)

    with ThreadPoolExecutor(AT_ONCE) as pool:
        return list(pool.map(run, range(AT_ONCE)))


def test_of_many_who_save_a_memory_one_wins(store: Store) -> None:
    vault = b"v" * 16

    def save(version: int, number: int) -> bool:
        return store.save_memory(vault, f"{version} by {number}", version, 1_000)

    for version in range(ROUNDS):
        won = raced(partial(save, version))
        assert won.count(True) == 1
        stored = store.load_memory([vault])
        assert stored is not None
        assert (stored[1].version, stored[1].text) == (version + 1, f"{version} by {won.index(True)}")


def test_of_many_who_change_a_state_one_wins(store: Store) -> None:
    before: str | None = None

    def change(before: str | None, turn: int, number: int) -> bool:
        return store.save_state("switch", before, f"{turn} by {number}")

    for turn in range(ROUNDS):
        won = raced(partial(change, before, turn))
        assert won.count(True) == 1
        before = f"{turn} by {won.index(True)}"
        assert store.load_state("switch") == before


def test_a_pairing_code_is_given_once_and_taken_once(store: Store) -> None:
    def offer(code: bytes, number: int) -> bool:
        return store.add_pairing(code, f"vault {number}", 2_000_000)

    def take(code: bytes, _number: int) -> str | None:
        return store.take_pairing(code, 1_000)

    for turn in range(ROUNDS):
        code = f"{turn:016}".encode()
        offered = raced(partial(offer, code))
        assert offered.count(True) == 1
        taken = [vault for vault in raced(partial(take, code)) if vault]
        assert taken == [f"vault {offered.index(True)}"]


def test_processes_that_make_a_salt_at_once_agree_on_one(store: Store) -> None:
    raced(lambda number: store.add_salt(1, bytes([number]) * 32, 1_000))
    (salt,) = store.salts()
    assert salt.salt in {bytes([number]) * 32 for number in range(AT_ONCE)}


def test_increments_by_compare_and_set_are_all_counted(store: Store) -> None:
    store.save_state("count", None, "0")

    def add(_number: int) -> None:
        while True:
            before = store.load_state("count")
            assert before is not None
            if store.save_state("count", before, str(int(before) + 1)):
                return

    raced(add)
    assert store.load_state("count") == str(AT_ONCE)
