"""Memories kept for visitors: two devices, offline edits on both, and no point lost."""

from __future__ import annotations

import json
import threading
from typing import TYPE_CHECKING, Any

import pytest

from candlefish.service.memories import GAIN_AT_ONCE, LIFE_MS, Memories
from candlefish.service.privacy import PERIOD_MS
from candlefish.service.settings import Rate
from candlefish.sim.memory import Memory, memory_text, new_memory, parse_memory, trust_of
from tests.service.store_kinds import opened
from tests.service.visitors import NOW_MS, SETTINGS, VAULT, running

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.service.visitors import Service

AS_VAULT = {"Authorization": f"Bearer {VAULT}"}


@pytest.fixture(params=["sqlite", "dynamodb"])
def service(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Service]:
    with opened(request.param, tmp_path) as store, running(store) as running_service:
        yield running_service


def put(service: Service, memory: Memory | str, **headers: str) -> Any:
    text = memory if isinstance(memory, str) else memory_text(memory)
    return service.http.put("/api/memory", content=text, headers={**AS_VAULT, **headers})


def get(service: Service) -> Any:
    return service.http.get("/api/memory", headers=AS_VAULT)


def remembered(answer: Any) -> Memory:
    text = json.dumps(answer.json()["memory"])
    parsed = parse_memory(text, now_ms=NOW_MS, device="test")
    assert not parsed.damaged
    return parsed.memory


def device(name: str, earned: float) -> Memory:
    return new_memory(name, NOW_MS).earn(earned)


def test_nothing_is_kept_of_a_stranger(service: Service) -> None:
    assert get(service).status_code == 404
    assert service.http.get("/api/memory").status_code == 401
    assert service.http.get("/api/memory", headers={"Authorization": "Bearer x"}).status_code == 401


def test_what_is_put_is_got(service: Service) -> None:
    answer = put(service, device("phone", 12))
    assert (answer.status_code, answer.json()["version"]) == (200, 1)
    assert trust_of(remembered(get(service))) == 32
    assert get(service).headers["etag"] == answer.headers["etag"]


def test_two_devices_that_were_offline_lose_nothing(service: Service) -> None:
    shared = device("phone", 10)
    put(service, shared)
    laptop = new_memory("laptop", NOW_MS).earn(7).reached("first_feed")
    put(service, laptop)
    put(service, shared.earn(5).fed_at(0.1, 0.9))
    merged = remembered(get(service))
    assert trust_of(merged) == 20 + 10 + 5 + 7
    assert merged.milestones == {"first_feed"}
    assert len(merged.feeding_spots) == 1


def test_the_same_again_makes_no_new_version(service: Service) -> None:
    first = put(service, device("phone", 10))
    again = put(service, device("phone", 10))
    assert (again.json()["version"], again.headers["etag"]) == (1, first.headers["etag"])


def test_compare_and_set_refuses_a_stale_version_and_shows_the_current_one(service: Service) -> None:
    first = put(service, device("phone", 10))
    second = put(service, device("laptop", 5), **{"If-Match": first.headers["etag"]})
    assert second.status_code == 200
    stale = put(service, device("tablet", 1), **{"If-Match": first.headers["etag"]})
    assert stale.status_code == 412
    assert stale.json()["current"]["etag"] == second.headers["etag"]
    assert stale.json()["current"]["version"] == 2
    assert put(service, device("tablet", 1), **{"If-Match": '"2-forged"'}).status_code == 412


def test_an_etag_answers_304(service: Service) -> None:
    etag = put(service, device("phone", 10)).headers["etag"]
    answer = service.http.get("/api/memory", headers={**AS_VAULT, "If-None-Match": etag})
    assert (answer.status_code, answer.content) == (304, b"")


@pytest.mark.parametrize(
    "text",
    [
        "",
        "null",
        "[]",
        "{",
        '{"version":1}',
        '{"trustLevel": 9999}',
        "\ud83d".encode("utf-8", "replace").decode(),
    ],
)
def test_what_is_no_memory_is_422(service: Service, text: str) -> None:
    assert put(service, text).status_code == 422
    assert get(service).status_code == 404


def test_nobody_hands_himself_trust_9999(service: Service) -> None:
    forged = json.loads(memory_text(device("phone", 10)))
    forged["trust"]["best"] = 9999
    answer = put(service, json.dumps(forged))
    assert answer.status_code == 422
    assert any("best" in problem for problem in answer.json()["problems"])
    forged["trust"]["best"] = 100
    forged["trust"]["ledger"]["phone"]["earned"] = 999_999
    put(service, device("phone", 10))
    answer = put(service, json.dumps(forged))
    assert (answer.status_code, answer.json()["error"]) == (422, "implausible")
    assert trust_of(remembered(get(service))) == 30


def test_points_earned_over_weeks_are_believed(service: Service) -> None:
    first = device("phone", 60)
    put(service, first)
    for _ in range(5):
        first = first.spend(70).earn(70)
    assert put(service, first).status_code == 422
    service.clock.advance(int(GAIN_AT_ONCE * 1000))
    assert put(service, first).status_code == 200


def test_a_body_too_large_is_413(service: Service) -> None:
    assert put(service, " " * 9_000).status_code == 413
    assert put(service, " " * 20_000).status_code == 413


def test_forgetting(service: Service) -> None:
    put(service, device("phone", 10))
    assert service.http.delete("/api/memory", headers=AS_VAULT).status_code == 204
    assert get(service).status_code == 404


def test_forgotten_on_one_device_is_forgotten_on_all(service: Service) -> None:
    memory = device("phone", 60)
    put(service, memory)
    put(service, memory.forget("fresh", NOW_MS))
    put(service, memory.earn(1))
    assert trust_of(remembered(get(service))) == 20


def test_a_memory_survives_the_turn_of_the_keys(service: Service) -> None:
    put(service, device("phone", 10))
    service.clock.advance(PERIOD_MS)
    service.state.keys.rotate(service.clock())
    assert trust_of(remembered(get(service))) == 30
    assert put(service, device("laptop", 5)).json()["version"] == 2
    assert trust_of(remembered(get(service))) == 35


def test_pairing_hands_the_vault_to_another_device_once(service: Service) -> None:
    put(service, device("phone", 10))
    offered = service.http.post("/api/memory/pairing", headers=AS_VAULT)
    assert (offered.status_code, offered.json()["expires_s"]) == (201, 600)
    code = offered.json()["code"].lower()
    assert service.http.post("/api/memory/join", json={"code": f" {code} "}).json() == {"vault": VAULT}
    assert service.http.post("/api/memory/join", json={"code": code}).status_code == 404


def test_a_code_ends_and_can_be_revoked(service: Service) -> None:
    codes = [service.http.post("/api/memory/pairing", headers=AS_VAULT).json()["code"] for _ in range(2)]
    assert service.http.delete(f"/api/memory/pairing/{codes[0]}", headers=AS_VAULT).status_code == 204
    assert service.http.post("/api/memory/join", json={"code": codes[0]}).status_code == 404
    service.clock.advance(LIFE_MS)
    assert service.http.post("/api/memory/join", json={"code": codes[1]}).status_code == 404


@pytest.mark.parametrize("body", [b"", b"[]", b'{"code":7}', b'{"code":"' + b"A" * 40 + b'"}', b"\xff"])
def test_a_request_to_join_that_is_none_is_400(service: Service, body: bytes) -> None:
    assert service.http.post("/api/memory/join", content=body).status_code == 400


def test_codes_cannot_be_guessed_at_length(tmp_path: Path) -> None:
    with opened("sqlite", tmp_path) as store, running(store, pairing_rate=Rate(0.1, 3)) as service:
        tries = [service.http.post("/api/memory/join", json={"code": "AAAA-AAAA"}) for _ in range(4)]
    assert [answer.status_code for answer in tries] == [404, 404, 404, 429]


def test_a_vault_is_nowhere_in_the_store_even_while_it_is_offered(tmp_path: Path) -> None:
    with opened("sqlite", tmp_path) as store, running(store) as service:
        put(service, device("phone", 10))
        code = service.http.post("/api/memory/pairing", headers=AS_VAULT).json()["code"].replace("-", "")
        content = b"".join(path.read_bytes() for path in tmp_path.iterdir())
    assert b"phone" in content
    for secret in (VAULT, VAULT.encode().hex(), code):
        assert secret.encode() not in content


def test_many_writers_at_once_lose_nothing(tmp_path: Path) -> None:
    with opened("sqlite", tmp_path) as store, running(store) as service:
        memories = Memories(store, service.state.keys, SETTINGS.secret, service.clock)
        texts = [memory_text(device(f"device-{index}", 1)) for index in range(8)]
        threads = [threading.Thread(target=memories.put, args=(VAULT, text, None)) for text in texts]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert trust_of(remembered(get(service))) == 28
