"""The same application on AWS Lambda, its store in DynamoDB."""

from __future__ import annotations

import json
import time
from typing import TYPE_CHECKING, Any

import pytest
from botocore.exceptions import ClientError

from candlefish.service import aws
from candlefish.service.app_state import AppState
from candlefish.service.aws import EmfMetrics
from candlefish.service.decoding import decode_batch
from candlefish.service.settings import SettingsError
from tests.service.on_lambda import CONTEXT, deployed_on_lambda, request_event
from tests.service.visitors import ADMIN, AS_ADMIN, CLIENT, EVENTS, NOW_MS, batch, milestone

if TYPE_CHECKING:
    from collections.abc import Iterator

LIVE = "wss://abc.execute-api.us-east-1.amazonaws.com/live"


@pytest.fixture
def deployed() -> Iterator[None]:
    with deployed_on_lambda():
        yield


def event(method: str, path: str, body: str = "", **headers: str) -> dict[str, Any]:
    sent = {"host": "api.example", "content-type": "application/json", **headers}
    return request_event(method, path, sent, body)


def request(method: str, path: str, body: str = "", **headers: str) -> dict[str, Any]:
    answer = aws.handler(event(method, path, body, **headers), CONTEXT)
    return {"status": answer["statusCode"], "json": json.loads(answer["body"] or "null")}


def test_requests_are_answered_from_dynamodb(deployed: None) -> None:
    now_ms = time.time_ns() // 1_000_000
    body = json.dumps(batch(milestone(0, at_ms=now_ms), now_ms=now_ms))
    assert request("POST", "/api/analytics", body) == {
        "status": 200,
        "json": {"accepted": 1, "duplicates": 0, "rejected": 0},
    }
    assert request("POST", "/api/analytics", body)["json"]["duplicates"] == 1
    export = request("GET", "/api/privacy/export", authorization=f"Bearer {CLIENT}")
    assert "first_feed" in str(export["json"]["events"])
    health = request("GET", "/health")
    assert (health["status"], health["json"]["checks"]["store"]["kind"]) == (200, "DynamoDBStore")
    assert request("GET", "/api/none")["status"] == 404


def test_the_housekeeper_counts_what_has_settled(deployed: None, monkeypatch: pytest.MonkeyPatch) -> None:
    now_ms = time.time_ns() // 1_000_000
    request("POST", "/api/analytics", json.dumps(batch(milestone(0, at_ms=now_ms), now_ms=now_ms)))

    def later_state(*arguments: Any, **named: Any) -> AppState:
        return AppState(*arguments, clock=lambda: now_ms + 200_000, **named)

    monkeypatch.setattr(aws, "AppState", later_state)
    assert aws.housekeeper({}, CONTEXT)["counted"] == 1
    assert aws.housekeeper({}, CONTEXT)["counted"] == 0
    overview = request("GET", "/api/overview", authorization=AS_ADMIN["Authorization"])
    assert overview["json"]["total"]["counts"]["milestones"] == {"first_feed": 1}


class Gateway:
    """What holds the connections: those in `gone` are not there any more."""

    def __init__(self) -> None:
        self.sent: list[tuple[str, dict[str, Any]]] = []
        self.closed: list[str] = []
        self.gone: set[str] = set()

    def post_to_connection(self, ConnectionId: str, Data: bytes) -> None:  # noqa: N803 - boto3's names
        if ConnectionId in self.gone:
            raise ClientError({"Error": {"Code": "GoneException", "Message": ""}}, "PostToConnection")
        self.sent.append((ConnectionId, json.loads(Data)))

    def delete_connection(self, ConnectionId: str) -> None:  # noqa: N803
        self.closed.append(ConnectionId)


@pytest.fixture
def gateway(deployed: None, monkeypatch: pytest.MonkeyPatch) -> Gateway:
    monkeypatch.setenv("CANDLEFISH_LIVE_ADDRESS", LIVE)
    made = Gateway()
    monkeypatch.setattr(aws, "gateway", lambda address: made if address == LIVE else pytest.fail(address))
    return made


def socket(route: str, connection: str, **hello: Any) -> None:
    body = json.dumps(hello) if hello else None
    context = {"routeKey": route, "connectionId": connection, "stage": "live"}
    assert aws.socket({"requestContext": context, "body": body}, CONTEXT) == {"statusCode": 200}


def test_a_live_connection_that_shows_the_token_is_told_at_once_and_by_the_schedule(gateway: Gateway) -> None:
    socket("$connect", "one")
    socket("$default", "one", token=ADMIN, topics=["metrics"])
    [(connection, message)] = gateway.sent
    assert (connection, message["topic"], message["data"]["live_clients"]) == ("one", "metrics", 1)
    assert aws.housekeeper({}, CONTEXT)["told"] == 1
    socket("$disconnect", "one")
    assert aws.housekeeper({}, CONTEXT)["told"] == 0
    assert len(gateway.sent) == 2


def test_a_connection_that_is_gone_is_forgotten_and_the_others_are_told(gateway: Gateway) -> None:
    for connection in ("one", "two"):
        socket("$default", connection, token=ADMIN, topics=["metrics"])
    gateway.gone.add("one")
    assert aws.housekeeper({}, CONTEXT)["told"] == 1
    assert gateway.sent[-1][0] == "two"
    gateway.gone.clear()
    assert aws.housekeeper({}, CONTEXT)["told"] == 1
    assert gateway.sent[-1][1]["data"]["live_clients"] == 1


@pytest.mark.parametrize(
    "hello",
    [{"token": "wrong"}, {"token": ADMIN, "topics": ["secrets"]}, {"topics": ["metrics"]}, {}],
)
def test_a_connection_without_a_right_greeting_is_ended(gateway: Gateway, hello: dict[str, Any]) -> None:
    socket("$default", "one", **hello)
    assert gateway.closed == ["one"]
    assert aws.housekeeper({}, CONTEXT)["told"] == 0


def test_the_dashboard_is_told_where_live_messages_are(gateway: Gateway) -> None:
    answer = aws.handler(event("GET", "/dashboard"), CONTEXT)
    assert f'content="{LIVE}"' in answer["body"]
    policy = {name.lower(): value for name, value in answer["headers"].items()}["content-security-policy"]
    assert f"connect-src 'self' {LIVE};" in policy


def test_an_address_that_is_none_is_refused(deployed: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CANDLEFISH_LIVE_ADDRESS", "https://live.example")
    with pytest.raises(SettingsError, match="CANDLEFISH_LIVE_ADDRESS: expected wss://"):
        aws.make_state()


def test_it_says_what_the_environment_lacks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("CANDLEFISH_TABLE", raising=False)
    with pytest.raises(SettingsError, match="no CANDLEFISH_TABLE"):
        aws.make_state()


def test_cloudwatch_is_told_in_its_own_format() -> None:
    lines: list[str] = []
    decoded = decode_batch(json.dumps(batch(*EVENTS)).encode())
    visits = EmfMetrics("Candlefish/test", "7", lambda: NOW_MS, lines.append)
    visits.add(decoded.events)
    visits.add(decode_batch(json.dumps(batch(milestone(0))).encode()).events)
    assert len(lines) == 1
    line = json.loads(lines[0])
    directive = line["_aws"]["CloudWatchMetrics"][0]
    assert directive["Namespace"] == "Candlefish/test"
    assert (directive["Dimensions"], line["Version"]) == ([[], ["Version"]], "7")
    assert {one["Name"] for one in directive["Metrics"]} == {
        "Fps",
        "MemoryMb",
        "Sessions",
        "TrustGained",
        "Errors",
        "FatalErrors",
    }
    assert (line["Fps"], line["MemoryMb"], line["TrustGained"]) == ([58], [40], [40])
    assert "client" not in lines[0]
