"""The service's handler as Lambda runs it: its environment, and the events of API Gateway."""

from __future__ import annotations

import os
from contextlib import contextmanager
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any
from unittest import mock

from candlefish.service import aws
from tests.service.store_kinds import CREDENTIALS, TABLE, opened_dynamodb
from tests.service.visitors import ADMIN

if TYPE_CHECKING:
    from collections.abc import Iterator

CONTEXT = SimpleNamespace(aws_request_id="1", function_name="candlefish", memory_limit_in_mb=256)
ENVIRONMENT = {
    **CREDENTIALS,
    "CANDLEFISH_SECRET": "secret of the tests",
    "CANDLEFISH_ADMIN_TOKEN": ADMIN,
    "CANDLEFISH_TABLE": TABLE,
}


@contextmanager
def deployed_on_lambda() -> Iterator[None]:
    """What the handler needs: its environment, and moto's table."""
    with mock.patch.dict(os.environ, ENVIRONMENT), opened_dynamodb():
        yield
        if aws.application.cache_info().currsize:
            aws.application().close()
            aws.application.cache_clear()


def request_event(
    method: str,
    path: str,
    headers: dict[str, str],
    body: str = "",
    *,
    query: str = "",
    base64: bool = False,
) -> dict[str, Any]:
    """A request as API Gateway tells of it (payload version 2.0); `base64`: so is the body."""
    return {
        "version": "2.0",
        "routeKey": "$default",
        "rawPath": path,
        "rawQueryString": query,
        "headers": headers,
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
        "isBase64Encoded": base64,
    }
