"""POST /api/analytics: accepted and rejected events, and the answer."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from candlefish.service.http import BODY_BYTES_MAX
from candlefish.service.settings import Rate
from candlefish.service.store.base import StoreError
from tests.service.store_kinds import opened
from tests.service.visitors import CLIENT, NOW_MS, SESSION, batch, milestone, running

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.service.visitors import Service


@pytest.fixture
def service(tmp_path: Path) -> Iterator[Service]:
    with opened("sqlite", tmp_path) as store, running(store) as running_service:
        yield running_service


def stored(service: Service) -> list[dict[str, Any]]:
    batches = service.state.store.batches_of(service.state.keys.pseudonyms("client", CLIENT))
    return [event for each in batches for event in json.loads(each.body)]


def test_a_batch_is_stored_and_acknowledged(service: Service) -> None:
    answer = service.send(milestone(0), milestone(1, trust=30))
    assert answer.status_code == 200
    assert answer.json() == {"accepted": 2, "duplicates": 0, "rejected": 0}
    assert [event["trust"] for event in stored(service)] == [23.5, 30]
    assert answer.headers["cache-control"] == "no-store"


def test_sending_again_is_harmless(service: Service) -> None:
    service.send(milestone(0))
    assert service.send(milestone(0), milestone(1)).json() == {"accepted": 1, "duplicates": 1, "rejected": 0}
    assert len(stored(service)) == 2


@pytest.mark.parametrize(
    ("change", "where"),
    [
        ({"type": "page_view"}, "page_view"),
        ({"fps": 60}, "fps"),
        ({"trust": 100.5}, "trust"),
        ({"trust": "20"}, "trust"),
        ({"trust": True}, "trust"),
        ({"seq": -1}, "seq"),
        ({"seq": 8192}, "seq"),
        ({"name": "trusted"}, "name"),
        ({"at_ms": NOW_MS - 8 * 86_400_000}, "at_ms"),
        ({"at_ms": NOW_MS + 60_000}, "at_ms"),
    ],
)
def test_a_bad_event_is_named_and_left_out_and_the_good_one_stays(
    service: Service, change: dict[str, Any], where: str
) -> None:
    answer = service.send(milestone(1), {**milestone(2), **change}).json()
    assert (answer["accepted"], answer["rejected"]) == (1, 1)
    assert answer["problems"][0]["index"] == 1
    assert where in answer["problems"][0]["error"]
    assert [event["seq"] for event in stored(service)] == [1]
    assert service.state.metrics.totals == {"accepted": 1, "duplicate": 0, "rejected": 1}


def test_a_missing_field_is_named(service: Service) -> None:
    event = milestone()
    del event["name"]
    assert "name" in service.send(event).json()["problems"][0]["error"]
    assert stored(service) == []


@pytest.mark.parametrize(
    "body",
    [b"", b"[]", b"null", b"{", b"\xff\xfe", b"[" * 60_000, b'{"v":1}', b'{"v":1e999}', b"\x00" * 100],
)
def test_what_is_no_batch_is_400(service: Service, body: bytes) -> None:
    answer = service.http.post("/api/analytics", content=body, headers={"Content-Type": "application/json"})
    assert answer.status_code == 400
    assert answer.json()["error"] == "malformed"
    assert answer.json()["message"]


@pytest.mark.parametrize(
    "envelope", [{"v": 2}, {"client": "short"}, {"client": CLIENT + "\n"}, {"session": 7}, {"extra": 1}]
)
def test_a_wrong_envelope_is_400(service: Service, envelope: dict[str, Any]) -> None:
    assert service.send(milestone(), **envelope).status_code == 400


def test_an_empty_batch_and_one_too_long_are_400(service: Service) -> None:
    assert service.send().status_code == 400
    assert service.send(*(milestone(seq) for seq in range(101))).status_code == 400
    assert service.send(*(milestone(seq) for seq in range(100))).json()["accepted"] == 100


def test_a_body_too_large_is_413_said_or_unsaid(service: Service) -> None:
    large = b" " * (BODY_BYTES_MAX + 1)
    headers = {"Content-Type": "application/json"}
    assert service.http.post("/api/analytics", content=large, headers=headers).status_code == 413
    pieces = (large[start : start + 9_000] for start in range(0, len(large), 9_000))
    assert service.http.post("/api/analytics", content=pieces, headers=headers).status_code == 413


def test_other_methods_types_and_codings_are_refused(service: Service) -> None:
    assert service.http.get("/api/analytics").status_code == 405
    body = json.dumps(batch(milestone())).encode()
    post = service.http.post
    assert post("/api/analytics", content=body, headers={"Content-Type": "text/html"}).status_code == 415
    coded = {"Content-Type": "application/json", "Content-Encoding": "gzip"}
    assert post("/api/analytics", content=body, headers=coded).status_code == 415
    beacon = {"Content-Type": "text/plain;charset=UTF-8"}
    assert post("/api/analytics", content=body, headers=beacon).json()["accepted"] == 1


@pytest.mark.parametrize("header", ["Sec-GPC", "DNT"])
def test_who_does_not_want_it_is_not_stored(service: Service, header: str) -> None:
    answer = service.http.post("/api/analytics", json=batch(milestone()), headers={header: "1"})
    assert answer.json()["opted_out"] is True
    assert stored(service) == []


def test_a_client_that_sends_too_often_is_429(tmp_path: Path) -> None:
    with opened("sqlite", tmp_path) as store, running(store, client_rate=Rate(0.5, 2)) as service:
        assert [service.send(milestone(seq)).status_code for seq in range(3)] == [200, 200, 429]
        refused = service.send(milestone(4))
        assert 1 <= int(refused.headers["retry-after"]) <= 3
        assert service.send(milestone(5), client="another-0123456789").status_code == 200


def test_no_room_for_more_is_503(tmp_path: Path) -> None:
    with opened("sqlite", tmp_path) as store, running(store, waiting_max=0) as service:
        answer = service.send(milestone())
        assert (answer.status_code, answer.json()["error"]) == (503, "busy")
        assert answer.headers["retry-after"] == "2"


def test_a_store_that_fails_is_503_and_nothing_is_acknowledged(
    service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(_batches: object) -> None:
        raise StoreError("database or disk is full")

    with monkeypatch.context() as patch:
        patch.setattr(service.state.store, "append", fail)
        answer = service.send(milestone())
        assert (answer.status_code, answer.json()["error"]) == (503, "store")
    assert service.logged()[-1]["error"] == "database or disk is full"
    assert service.send(milestone()).json()["accepted"] == 1


def test_the_clock_of_the_client_may_be_wrong(service: Service) -> None:
    wrong = NOW_MS - 10 * 365 * 86_400_000
    service.send(milestone(at_ms=wrong - 5_000), sent_ms=wrong)
    (stored,) = service.state.store.batches_of(service.state.keys.pseudonyms("client", CLIENT))
    assert json.loads(stored.body)[0]["at_ms"] + stored.skew_ms == NOW_MS - 5_000


json_values = st.recursive(
    st.none()
    | st.booleans()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.integers()
    | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=12,
)


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(st.dictionaries(st.sampled_from([*milestone(), "x"]), json_values, max_size=6))
def test_no_event_breaks_it(service: Service, change: dict[str, Any]) -> None:
    answer = service.send({**milestone(), **change})
    assert answer.status_code == 200
    assert sum(answer.json()[name] for name in ("accepted", "duplicates", "rejected")) == 1


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(st.binary(max_size=300) | json_values.map(lambda value: json.dumps(value).encode()))
def test_no_body_breaks_it(service: Service, body: bytes) -> None:
    answer = service.http.post("/api/analytics", content=body, headers={"Content-Type": "application/json"})
    assert answer.status_code == 400


def test_neither_ids_nor_address_nor_agent_reach_the_disk(tmp_path: Path) -> None:
    agent = "Mozilla/5.0 (Tell-Tale 7.7)"
    with opened("sqlite", tmp_path) as store, running(store) as service:
        headers = {"User-Agent": agent, "X-Forwarded-For": "203.0.113.77"}
        service.http.post("/api/analytics", json=batch(milestone()), headers=headers)
        service.count()
        content = b"".join(path.read_bytes() for path in tmp_path.iterdir())
    assert b"first_feed" in content
    for secret in (CLIENT, SESSION, agent, "203.0.113.77", "testclient"):
        assert secret.encode() not in content
