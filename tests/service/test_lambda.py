"""The same application on AWS Lambda, its store in DynamoDB."""

from __future__ import annotations

import json
import time
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import pytest

from candlefish.service import aws
from candlefish.service.settings import SettingsError
from candlefish.service.state import State
from tests.service.store_kinds import CREDENTIALS, TABLE, opened_dynamodb
from tests.service.visitors import ADMIN, AS_ADMIN, CLIENT, batch, milestone

if TYPE_CHECKING:
    from collections.abc import Iterator

CONTEXT = SimpleNamespace(aws_request_id="1", function_name="candlefish", memory_limit_in_mb=256)


@pytest.fixture
def deployed(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    environment = {
        **CREDENTIALS,
        "CANDLEFISH_SECRET": "secret of the tests",
        "CANDLEFISH_ADMIN_TOKEN": ADMIN,
        "CANDLEFISH_TABLE": TABLE,
    }
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    with opened_dynamodb():
        yield
        if aws.application.cache_info().currsize:
            aws.application().close()
            aws.application.cache_clear()


def request(method: str, path: str, body: str = "", **headers: str) -> dict[str, Any]:
    answer = aws.handler(
        {
            "version": "2.0",
            "routeKey": "$default",
            "rawPath": path,
            "rawQueryString": "",
            "headers": {"host": "api.example", "content-type": "application/json", **headers},
            "requestContext": {
                "http": {
                    "method": method,
                    "path": path,
                    "protocol": "HTTP/1.1",
                    "sourceIp": "203.0.113.9",
                    "userAgent": "tests",
                },
                "stage": "$default",
            },
            "body": body,
            "isBase64Encoded": False,
        },
        CONTEXT,
    )
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

    def later_state(*arguments: Any, **named: Any) -> State:
        return State(*arguments, clock=lambda: now_ms + 200_000, **named)

    monkeypatch.setattr(aws, "State", later_state)
    assert aws.housekeeper({}, CONTEXT)["counted"] == 1
    assert aws.housekeeper({}, CONTEXT)["counted"] == 0
    overview = request("GET", "/api/overview", authorization=AS_ADMIN["Authorization"])
    assert overview["json"]["total"]["counts"]["milestones"] == {"first_feed": 1}


def test_it_says_what_the_environment_lacks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("CANDLEFISH_TABLE", raising=False)
    with pytest.raises(SettingsError, match="no CANDLEFISH_TABLE"):
        aws.make_state()
