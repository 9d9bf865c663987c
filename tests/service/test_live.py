"""WS /api/live: who may listen, what comes, and that nobody slow is waited for."""

from __future__ import annotations

import asyncio
import time
from typing import TYPE_CHECKING, Any

import pytest
from starlette.websockets import WebSocketDisconnect

from candlefish.service import jobs, live
from candlefish.service.live import QUEUE_MAX, SHOWN_A_TICK, Hub, Subscriber
from candlefish.service.metrics import Metrics
from tests.service.store_kinds import opened
from tests.service.visitors import ADMIN, CLIENT, NOW_MS, milestone, running

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.service.visitors import Service


@pytest.fixture
def service(tmp_path: Path) -> Iterator[Service]:
    with opened("sqlite", tmp_path) as store, running(store) as running_service:
        yield running_service


def mood(seq: int) -> dict[str, Any]:
    kind = {"type": "mood_transition", "before": "shy", "after": "curious", "reason": "it calmed down"}
    return {**kind, "seq": seq, "at_ms": NOW_MS, "dwell_s": 4.5, "trust": 21}


def tick(service: Service) -> None:
    """Publish on the service's own event loop, as its job does."""
    assert service.http.portal is not None
    service.http.portal.call(lambda: service.state.hub.tick(service.state.figures(jobs.TICK_S)))


def wait_until(condition: Any) -> None:
    end_s = time.monotonic() + 10
    while not condition():
        assert time.monotonic() < end_s
        time.sleep(0.01)


def test_a_subscriber_gets_what_it_asked_for_and_no_ids(service: Service) -> None:
    with service.http.websocket_connect("/api/live") as socket:
        socket.send_json({"token": ADMIN, "topics": ["moods", "metrics"]})
        wait_until(lambda: len(service.state.hub) == 1)
        service.send(mood(0), milestone(1))
        tick(service)
        first, second = socket.receive_json(), socket.receive_json()
    assert first["topic"] == "metrics"
    assert first["data"]["accepted_per_s"] > 0
    change = {"before": "shy", "after": "curious", "reason": "it calmed down", "trust": 21}
    assert second == {"topic": "moods", "data": {"changes": [change], "more": 0}}
    assert CLIENT not in str((first, second))
    wait_until(lambda: len(service.state.hub) == 0)


@pytest.mark.parametrize(
    ("hello", "code"),
    [
        ({"token": "wrong token of nobody"}, live.UNAUTHORIZED),
        ({"topics": ["moods"]}, live.BAD_REQUEST),
        ({"token": ADMIN, "topics": ["secrets"]}, live.BAD_REQUEST),
        ({"token": ADMIN, "topics": ["moods"] * 9}, live.BAD_REQUEST),
        ({"token": ADMIN, "more": 1}, live.BAD_REQUEST),
        ([], live.BAD_REQUEST),
    ],
)
def test_others_are_turned_away(service: Service, hello: object, code: int) -> None:
    with service.http.websocket_connect("/api/live") as socket:
        socket.send_json(hello)
        with pytest.raises(WebSocketDisconnect) as closed:
            socket.receive_json()
    assert closed.value.code == code
    assert len(service.state.hub) == 0


def test_bytes_for_a_greeting_and_silence_are_turned_away(
    service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(live, "PATIENCE_S", 0.05)
    for greet in (lambda socket: socket.send_bytes(b"\x00"), lambda _socket: None):
        with service.http.websocket_connect("/api/live") as socket:
            greet(socket)
            with pytest.raises(WebSocketDisconnect) as closed:
                socket.receive_json()
        assert closed.value.code == live.BAD_REQUEST


def test_no_more_than_so_many_may_listen(service: Service, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(live, "CLIENTS_MAX", 0)
    with service.http.websocket_connect("/api/live") as socket:
        socket.send_json({"token": ADMIN})
        with pytest.raises(WebSocketDisconnect) as closed:
            socket.receive_json()
    assert closed.value.code == live.FULL


def test_a_heartbeat_comes_when_nothing_else_does(service: Service, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(live, "HEARTBEAT_S", 0.02)
    with service.http.websocket_connect("/api/live") as socket:
        socket.send_json({"token": ADMIN})
        assert socket.receive_json()["topic"] == "heartbeat"


def test_a_slow_client_loses_the_oldest_and_is_told_how_many() -> None:
    async def scenario() -> list[str | None]:
        hub = Hub(Metrics())
        slow, other = Subscriber(["metrics"]), Subscriber(["moods"])
        hub.join(slow)
        hub.join(other)
        for number in range(QUEUE_MAX + 5):
            hub.publish("metrics", number)
        assert await other.next(0.01) is None
        return [await slow.next(0.01) for _ in range(QUEUE_MAX + 2)]

    received = asyncio.run(scenario())
    assert received[0] == '{"topic":"dropped","data":5}'
    assert received[1] == '{"topic":"metrics","data":5}'
    assert received[-2:] == [f'{{"topic":"metrics","data":{QUEUE_MAX + 4}}}', None]


def test_a_tick_shows_some_changes_and_says_how_many_more(service: Service) -> None:
    with service.http.websocket_connect("/api/live") as socket:
        socket.send_json({"token": ADMIN, "topics": ["moods"]})
        wait_until(lambda: len(service.state.hub) == 1)
        service.send(*(mood(seq) for seq in range(SHOWN_A_TICK + 7)))
        tick(service)
        data = socket.receive_json()["data"]
    assert (len(data["changes"]), data["more"]) == (SHOWN_A_TICK, 7)
