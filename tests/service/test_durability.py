"""What was acknowledged is there after the process is killed, and after the disk was full."""

from __future__ import annotations

import json
import re
import signal
import socket
import sqlite3
import subprocess
import sys
import threading
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING

import httpx2
import pytest

from candlefish import cli
from candlefish.service.store import sqlite_schema
from candlefish.service.store.base import Batch, StoreError
from candlefish.service.store.sqlite import SQLiteStore
from tests.service.visitors import batch, milestone

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

COMMAND = [sys.executable, "-m", "candlefish", "service", "--port", "0", "--data"]
ACKNOWLEDGED_A_ROUND = 25
SENDERS = 4


@contextmanager
def served(data: Path) -> Iterator[tuple[subprocess.Popen[str], str]]:
    with subprocess.Popen([*COMMAND, str(data)], stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout is not None
            match = re.search(r"http://127\.0\.0\.1:\d+", process.stdout.readline())
            assert match
            yield process, match[0]
        finally:
            process.kill()


def send_until_gone(address: str, name: str, acknowledged: set[tuple[str, int]]) -> None:
    """Send single events as fast as they are answered; note those that were."""
    with httpx2.Client(timeout=60) as client:
        for seq in range(8_000):
            try:
                ids = {"client": f"client-{name:0>20}", "session": f"session-{name:0>20}"}
                now_ms = time.time_ns() // 1_000_000
                body = batch(milestone(seq, at_ms=now_ms), now_ms=now_ms, **ids)
                answer = client.post(f"{address}/api/analytics", json=body)
            except httpx2.HTTPError:
                return
            if answer.status_code == 200:
                acknowledged.add((name, seq))


@pytest.mark.slow
def test_nothing_acknowledged_is_lost_when_it_is_killed_in_mid_load(
    tmp_path: Path, amount: Callable[[int, int], int]
) -> None:
    rounds = amount(3, 20)
    acknowledged: set[tuple[str, int]] = set()
    for number in range(rounds):
        with served(tmp_path) as (process, address):
            names = [f"{number}-{sender}" for sender in range(SENDERS)]
            threads = [
                threading.Thread(target=send_until_gone, args=(address, name, acknowledged)) for name in names
            ]
            for thread in threads:
                thread.start()
            wait_for_more(acknowledged, ACKNOWLEDGED_A_ROUND)
            process.send_signal(signal.SIGKILL)
            for thread in threads:
                thread.join()
    assert len(acknowledged) >= rounds * ACKNOWLEDGED_A_ROUND
    store = SQLiteStore(tmp_path / "candlefish.sqlite3")
    batches, _ = store.read_after("", 0, 1_000_000)
    assert store.integrity() == []
    assert sum(len(json.loads(each.body)) for each in batches) >= len(acknowledged)
    store.close()


def wait_for_more(acknowledged: set[tuple[str, int]], count: int) -> None:
    """Wait until so many more have been acknowledged, so that the kill comes in the middle of the load."""
    enough, end_s = len(acknowledged) + count, time.monotonic() + 60
    while len(acknowledged) < enough:
        assert time.monotonic() < end_s
        time.sleep(0.01)


def test_it_drains_when_it_is_told_to_stop(tmp_path: Path) -> None:
    with served(tmp_path) as (process, address):
        assert httpx2.get(f"{address}/health").json()["status"] == "ok"
        process.send_signal(signal.SIGTERM)
        assert process.wait(120) == -signal.SIGTERM or process.returncode == 0


def test_a_full_disk_is_an_error_and_loses_nothing(tmp_path: Path) -> None:
    store = SQLiteStore(tmp_path / "store.sqlite3")
    store.append([one(0)])
    store._writer.execute("PRAGMA max_page_count = 1")
    with pytest.raises(StoreError, match="full"):
        store.append([one(seq, size=50_000) for seq in range(1, 40)])
    store._writer.execute("PRAGMA max_page_count = 1000000")
    receipts = store.append([one(seq, size=50_000) for seq in range(40)])
    assert [receipt.accepted for receipt in receipts] == [0] + [1] * 39
    store.close()


def one(seq: int, size: int = 10) -> Batch:
    return Batch(
        b"c" * 16, b"s" * 16, None, 1_000, 0, 1 << seq, json.dumps([{"seq": seq, "x": "x" * size}]).encode()
    )


def test_two_processes_on_one_file_count_each_event_once(tmp_path: Path) -> None:
    stores = [SQLiteStore(tmp_path / "store.sqlite3") for _ in range(2)]
    accepted = [stores[number % 2].append([one(number // 2)])[0].accepted for number in range(20)]
    assert accepted == [1, 0] * 10
    for store in stores:
        store.close()


def test_many_threads_on_one_store_count_each_event_once(tmp_path: Path) -> None:
    store = SQLiteStore(tmp_path / "store.sqlite3")
    accepted: list[int] = []

    def append() -> None:
        accepted.extend(store.append([one(seq)])[0].accepted for seq in range(30))

    threads = [threading.Thread(target=append) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sum(accepted) == 30
    store.close()


def test_a_backup_is_a_whole_store(tmp_path: Path) -> None:
    store = SQLiteStore(tmp_path / "store.sqlite3")
    store.append([one(3)])
    store.backup(tmp_path / "copy.sqlite3")
    store.close()
    copy = SQLiteStore(tmp_path / "copy.sqlite3")
    assert copy.append([one(3)])[0].duplicates == 1
    assert copy.integrity() == []
    copy.close()


def test_a_file_of_a_later_version_or_no_database_is_refused(tmp_path: Path) -> None:
    later = sqlite3.connect(tmp_path / "later.sqlite3")
    later.execute(f"PRAGMA user_version = {len(sqlite_schema.STEPS) + 1}")
    later.close()
    with pytest.raises(StoreError, match="tables of version"):
        SQLiteStore(tmp_path / "later.sqlite3")
    (tmp_path / "text").write_text("this is no database at all, is it?" * 50)
    with pytest.raises(StoreError, match="not a database"):
        SQLiteStore(tmp_path / "text")


def test_the_experiments_command(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["experiments", "status", "--data", str(tmp_path)]) == 1
    assert "is missing" in capsys.readouterr().err
    SQLiteStore(tmp_path / "candlefish.sqlite3").close()
    arguments = ["--data", str(tmp_path)]
    assert cli.main(["experiments", "stop", "trust_rate", "--reason", "enough seen", *arguments]) == 0
    assert cli.main(["experiments", "status", *arguments]) == 0
    assert "trust_rate: stopped (enough seen): slow 25 / standard 50 / fast 25" in capsys.readouterr().out
    assert cli.main(["experiments", "report", "trust_rate", *arguments]) == 0
    assert json.loads(capsys.readouterr().out)[0]["status"] == "stopped"
    assert cli.main(["experiments", "start", "nonsense", *arguments]) == 1
    assert "there is no experiment 'nonsense'" in capsys.readouterr().err


def test_the_load_command_listens(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CANDLEFISH_ADMIN_TOKEN", "admin-token-of-the-tests")
    with served(tmp_path) as (_, address):
        arguments = ["load", "--port", address.rpartition(":")[2], "--seconds", "2", "--live", "12"]
        assert cli.main(arguments) == 0
        assert re.search(
            r"12 clients heard [1-3]\.\d+ messages/s each; .* 0 connections", capsys.readouterr().out
        )
        monkeypatch.setenv("CANDLEFISH_ADMIN_TOKEN", "wrong-token-of-the-tests")
        assert cli.main(arguments) == 1
    monkeypatch.delenv("CANDLEFISH_ADMIN_TOKEN")
    assert cli.main(arguments) == 1
    assert "needs at least 1 client, and the service's token" in capsys.readouterr().err


def test_the_load_command_measures(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with served(tmp_path) as (_, address):
        port = address.rpartition(":")[2]
        assert cli.main(["load", "--port", port, "--seconds", "0.5", "--connections", "2"]) == 0
    assert re.search(r"[1-9]\d* batches/s acknowledged .* 0 refused, 0 failed", capsys.readouterr().out)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        assert cli.main(["load", "--port", str(free.getsockname()[1]), "--seconds", "0.1"]) == 1
