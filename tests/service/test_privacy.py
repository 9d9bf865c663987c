"""Export, erasure, retention and the turning keys, proven on what is in the store."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from candlefish.service.jobs import enforce_retention
from candlefish.service.privacy import PERIOD_MS, KeyRing, expired_salts
from candlefish.service.store.base import Salt
from candlefish.sim.memory import memory_text, new_memory
from tests.service.store_kinds import opened
from tests.service.visitors import CLIENT, DAY_MS, NOW_MS, VAULT, exposure, milestone, running, start

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.service.visitors import Service

AS_CLIENT = {"Authorization": f"Bearer {CLIENT}", "Candlefish-Vault": VAULT}
OTHER = "another-client-0123456789"


@pytest.fixture(params=["sqlite", "dynamodb"])
def service(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Service]:
    with opened(request.param, tmp_path) as store, running(store) as running_service:
        yield running_service


def visit(service: Service) -> None:
    service.send(start(0), exposure(1, "fast"), milestone(2, trust=33.25))
    memory = memory_text(new_memory("phone", NOW_MS).earn(12.5))
    headers = {"Authorization": f"Bearer {VAULT}"}
    assert service.http.put("/api/memory", content=memory, headers=headers).status_code == 200
    service.clock.advance(200_000)
    for _ in range(3):
        service.count()


def export(service: Service, client: str = CLIENT) -> dict[str, list[object]]:
    answer = service.http.get(
        "/api/privacy/export", headers={**AS_CLIENT, "Authorization": f"Bearer {client}"}
    )
    assert answer.status_code == 200
    assert "attachment" in answer.headers["content-disposition"]
    return dict(answer.json())


def test_the_export_holds_everything(service: Service) -> None:
    visit(service)
    content = json.dumps(export(service))
    for part in ('"first_feed"', "33.25", '"fast"', "12.5", '"exposed_ms"', '"received_ms"'):
        assert part in content
    assert export(service, OTHER)["events"] == []


def test_erasing_removes_all_of_one_and_nothing_of_another(service: Service) -> None:
    visit(service)
    service.send(milestone(0), client=OTHER, session="other-session-0123456789")
    removed = service.http.delete("/api/privacy", headers=AS_CLIENT)
    assert removed.json() == {"batches": 1, "memories": 1, "units": 1}
    assert export(service) == {"events": [], "experiments": [], "memory": None}
    assert len(export(service, OTHER)["events"]) == 1


def test_what_was_erased_is_not_in_the_bytes_of_the_file(tmp_path: Path) -> None:
    with opened("sqlite", tmp_path) as store, running(store) as service:
        service.send(milestone(2, trust=33.2512345))
        (stored,) = store.batches_of(service.state.keys.pseudonyms("client", CLIENT))
        service.http.delete("/api/privacy", headers=AS_CLIENT)
        content = b"".join(path.read_bytes() for path in tmp_path.iterdir())
    assert b"33.2512345" not in content
    assert stored.client not in content
    assert stored.session not in content


def test_only_who_knows_the_id_may_ask(service: Service) -> None:
    assert service.http.get("/api/privacy/export").status_code == 401
    assert service.http.delete("/api/privacy", headers={"Authorization": "Basic x"}).status_code == 401


def test_events_go_after_90_days_and_memories_after_365(service: Service) -> None:
    visit(service)
    service.clock.advance(89 * DAY_MS)
    enforce_retention(service.state)
    assert export(service)["events"]
    service.clock.advance(2 * DAY_MS)
    enforce_retention(service.state)
    assert export(service)["events"] == []
    assert export(service)["memory"]
    service.clock.advance(275 * DAY_MS)
    enforce_retention(service.state)
    assert export(service)["memory"] is None


def test_the_export_reaches_back_over_turned_keys(service: Service) -> None:
    visit(service)
    first = service.state.keys.current.hash("client", CLIENT)
    service.clock.advance(PERIOD_MS)
    enforce_retention(service.state)
    assert service.state.keys.current.hash("client", CLIENT) != first
    service.send(milestone(9, at_ms=service.clock()))
    assert len(export(service)["events"]) == 2
    assert service.http.delete("/api/privacy", headers=AS_CLIENT).json()["batches"] == 2


def test_a_retry_across_the_turn_of_the_keys_is_a_duplicate(service: Service) -> None:
    service.clock.advance(PERIOD_MS - 200_000)
    at_ms = service.clock()
    service.send(milestone(0, at_ms=at_ms))
    service.clock.advance(200_000)
    enforce_retention(service.state)
    answer = service.send(milestone(0, at_ms=at_ms), milestone(1, at_ms=at_ms))
    assert answer.json() == {"accepted": 1, "duplicates": 1, "rejected": 0}


def test_keys_are_destroyed_when_nothing_needs_them(service: Service) -> None:
    visit(service)
    first = service.state.store.salts()[0].number
    for _ in range(15):
        service.clock.advance(PERIOD_MS)
        enforce_retention(service.state)
    salts = service.state.store.salts()
    assert first not in {salt.number for salt in salts}
    assert len(salts) * PERIOD_MS <= service.state.settings.salts_kept_ms + 2 * PERIOD_MS


def test_a_salt_is_needed_as_long_as_its_successor_is_young() -> None:
    salts = [Salt(1, b"", 0), Salt(2, b"", 100), Salt(3, b"", 200)]
    assert expired_salts(salts, 299, 200) == 0
    assert expired_salts(salts, 301, 200) == 1
    assert expired_salts(salts, 10_000, 200) == 2


def test_two_processes_agree_on_the_key(tmp_path: Path) -> None:
    with opened("sqlite", tmp_path) as store:
        rings = [KeyRing(store, b"secret of the tests", random) for random in (b"a".__mul__, b"b".__mul__)]
        for ring in rings:
            ring.rotate(NOW_MS)
        assert rings[0].current == rings[1].current
        other = KeyRing(store, b"another secret than that", lambda size: b"c" * size)
        other.rotate(NOW_MS)
        assert other.current.hash("client", CLIENT) != rings[0].current.hash("client", CLIENT)
        with pytest.raises(ValueError, match="at least 16 bytes"):
            KeyRing(store, b"short", lambda size: b"c" * size)
