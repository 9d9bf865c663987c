"""What every store must do, whichever it is."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from candlefish.service.store.base import Batch, BatchReceipt, Unit
from tests.service.store_kinds import opened

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from candlefish.service.store.base import Store

NOW_MS = 1_790_000_000_000
CLIENT, OTHER = b"c" * 16, b"d" * 16
SESSION, BEFORE = b"s" * 16, b"b" * 16
SETTLED_MS = NOW_MS + 600_000


@pytest.fixture(params=["sqlite", "dynamodb"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Store]:
    with opened(request.param, tmp_path) as opened_store:
        yield opened_store


def batch(
    *seqs: int,
    session: bytes = SESSION,
    client: bytes = CLIENT,
    at_ms: int = NOW_MS,
    before: bytes | None = None,
) -> Batch:
    body = msgspec.json.encode([{"type": "x", "seq": seq} for seq in seqs])
    return Batch(client, session, before, at_ms, 5, sum(1 << seq for seq in set(seqs)), body)


def stored_seqs(store: Store, *clients: bytes) -> list[int]:
    batches = store.batches_of(clients or (CLIENT,))
    return sorted(event["seq"] for each in batches for event in msgspec.json.decode(each.body))


def test_what_is_appended_can_be_read(store: Store) -> None:
    assert store.append([batch(0, 1, 2)]) == [BatchReceipt(3, 0)]
    (stored,) = store.batches_of([CLIENT])
    assert (stored.client, stored.session, stored.received_ms, stored.skew_ms) == (CLIENT, SESSION, NOW_MS, 5)
    assert stored_seqs(store) == [0, 1, 2]
    assert stored_seqs(store, OTHER) == []


def test_the_same_again_changes_nothing(store: Store) -> None:
    store.append([batch(0, 1)])
    assert store.append([batch(0, 1)]) == [BatchReceipt(0, 2)]
    assert store.append([batch(1, 2)]) == [BatchReceipt(1, 1)]
    assert stored_seqs(store) == [0, 1, 2]


def test_the_same_twice_in_one_append_is_stored_once(store: Store) -> None:
    assert store.append([batch(4, 5), batch(5, 6), batch(7, session=BEFORE)]) == [
        BatchReceipt(2, 0),
        BatchReceipt(1, 1),
        BatchReceipt(1, 0),
    ]
    assert stored_seqs(store) == [4, 5, 6, 7]


def test_a_session_goes_on_under_the_name_it_began_with(store: Store) -> None:
    store.append([batch(0, session=BEFORE)])
    assert store.append([batch(0, 1, before=BEFORE)]) == [BatchReceipt(1, 1)]
    assert {each.session for each in store.batches_of([CLIENT])} == {BEFORE}


@settings(max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(st.lists(st.sets(st.integers(0, 40), min_size=1, max_size=8), min_size=1, max_size=6), st.randoms())
def test_any_batches_in_any_order_store_each_event_once(
    store: Store, parts: list[set[int]], random: object
) -> None:
    session = msgspec.json.encode([sorted(part) for part in parts])[:16].ljust(16, b".")
    client = session[::-1]
    store.erase([client], [])
    receipts = store.append([batch(*sorted(part), session=session, client=client) for part in parts])
    union = set().union(*parts)
    assert sum(receipt.accepted for receipt in receipts) == len(union)
    assert stored_seqs(store, client) == sorted(union)


def test_a_cursor_reads_everything_once_and_in_order(store: Store) -> None:
    for index in range(7):
        store.append([batch(index, session=bytes([index]) * 16, at_ms=NOW_MS + index * 20_000)])
    cursor, seen = store.cursor(), []
    assert cursor == ""
    for _ in range(60):
        batches, cursor = store.read_after(cursor, SETTLED_MS, 2)
        seen += [msgspec.json.decode(each.body)[0]["seq"] for each in batches]
    assert sorted(seen) == list(range(7))
    store.append([batch(99, session=b"z" * 16, at_ms=SETTLED_MS)])
    later = SETTLED_MS + 600_000
    for _ in range(60):
        batches, cursor = store.read_after(cursor, later, 2)
        seen += [msgspec.json.decode(each.body)[0]["seq"] for each in batches]
    assert sorted(seen) == [*range(7), 99]


def test_counts_move_with_the_cursor_or_not_at_all(store: Store) -> None:
    unit = Unit("trust_rate", CLIENT, NOW_MS, b"{}")
    assert store.apply("", "1/0/a", {497_222: b"[1]", 497_260: b"[2]"}, [unit])
    assert not store.apply("", "2/0/b", {497_222: b"[9]"}, [])
    assert store.cursor() == "1/0/a"
    assert store.apply("1/0/a", "2/0/b", {497_223: b"[3]"}, [])
    assert store.rollups(497_000, 498_000) == {497_222: b"[1]", 497_223: b"[3]", 497_260: b"[2]"}
    assert store.rollups(497_223, 497_223) == {497_223: b"[3]"}
    assert list(store.units("trust_rate")) == [unit]
    assert list(store.units("other")) == []
    assert store.units_of([("trust_rate", CLIENT), ("trust_rate", OTHER)]) == {("trust_rate", CLIENT): b"{}"}


def test_a_memory_is_replaced_only_at_its_version(store: Store) -> None:
    assert store.load_memory([b"v" * 16]) is None
    assert store.save_memory(b"v" * 16, "one", 0, NOW_MS)
    assert not store.save_memory(b"v" * 16, "again", 0, NOW_MS)
    assert not store.save_memory(b"v" * 16, "two", 2, NOW_MS)
    assert store.save_memory(b"v" * 16, "two", 1, NOW_MS + 1)
    stored = store.load_memory([b"n" * 16, b"v" * 16])
    assert stored is not None
    assert (stored[0], stored[1].text, stored[1].version, stored[1].updated_ms) == (
        b"v" * 16,
        "two",
        2,
        NOW_MS + 1,
    )


def test_a_memory_moves_and_keeps_its_version(store: Store) -> None:
    store.save_memory(b"v" * 16, "one", 0, NOW_MS)
    assert store.move_memory(b"v" * 16, b"w" * 16)
    assert not store.move_memory(b"v" * 16, b"w" * 16)
    assert store.load_memory([b"v" * 16]) is None
    assert store.save_memory(b"w" * 16, "two", 1, NOW_MS)
    store.save_memory(b"v" * 16, "other", 0, NOW_MS)
    assert not store.move_memory(b"v" * 16, b"w" * 16)


def test_a_pairing_is_taken_once_and_in_time(store: Store) -> None:
    later = NOW_MS * 2
    assert store.add_pairing(b"p" * 16, "vault", later)
    assert not store.add_pairing(b"p" * 16, "other", later)
    assert store.take_pairing(b"p" * 16, NOW_MS) == "vault"
    assert store.take_pairing(b"p" * 16, NOW_MS) is None
    store.add_pairing(b"q" * 16, "vault", later)
    assert store.take_pairing(b"q" * 16, later) is None


def test_a_state_changes_only_from_what_it_was(store: Store) -> None:
    assert store.load_state("switches") is None
    assert store.save_state("switches", None, "a")
    assert not store.save_state("switches", None, "b")
    assert not store.save_state("switches", "x", "b")
    assert store.save_state("switches", "a", "b")
    assert store.load_state("switches") == "b"


def test_salts_are_kept_in_order_and_the_first_one_stays(store: Store) -> None:
    store.add_salt(2, b"two", 20)
    store.add_salt(1, b"one", 10)
    store.add_salt(1, b"other", 30)
    assert [(salt.number, salt.salt, salt.made_ms) for salt in store.salts()] == [
        (1, b"one", 10),
        (2, b"two", 20),
    ]
    store.drop_salts(1)
    assert [salt.number for salt in store.salts()] == [2]


def test_erasing_removes_one_visitor_and_no_other(store: Store) -> None:
    store.append([batch(0, 1), batch(5, session=b"o" * 16, client=OTHER)])
    store.apply("", "1/0/a", {}, [Unit("e", CLIENT, NOW_MS, b"{}"), Unit("e", OTHER, NOW_MS, b"{}")])
    store.save_memory(b"v" * 16, "one", 0, NOW_MS)
    removed = store.erase([CLIENT], [b"v" * 16, b"x" * 16])
    assert (removed.batches, removed.memories, removed.units) == (1, 1, 1)
    assert stored_seqs(store) == []
    assert stored_seqs(store, OTHER) == [5]
    assert [unit.client for unit in store.units("e")] == [OTHER]
    assert store.load_memory([b"v" * 16]) is None
    assert store.append([batch(0)]) == [BatchReceipt(1, 0)]


def test_what_is_too_old_goes_and_the_rest_stays(store: Store) -> None:
    store.append([batch(0, at_ms=NOW_MS - 10), batch(1, session=b"n" * 16)])
    store.apply("", "1/0/a", {}, [Unit("e", CLIENT, NOW_MS - 10, b"{}"), Unit("e", OTHER, NOW_MS, b"{}")])
    store.save_memory(b"v" * 16, "old", 0, NOW_MS - 100)
    store.save_memory(b"w" * 16, "new", 0, NOW_MS)
    store.add_pairing(b"p" * 16, "vault", NOW_MS)
    removed = store.expire(NOW_MS, NOW_MS - 50, NOW_MS)
    assert (removed.batches, removed.memories, removed.units) == (1, 1, 1)
    assert stored_seqs(store) == [1]
    assert [unit.client for unit in store.units("e")] == [OTHER]
    assert store.load_memory([b"v" * 16]) is None
    assert store.load_memory([b"w" * 16]) is not None
    assert store.add_pairing(b"p" * 16, "another", NOW_MS * 2)


def test_a_store_that_works_says_so(store: Store) -> None:
    store.check()
    assert store.batches_a_pass(4) >= 1
