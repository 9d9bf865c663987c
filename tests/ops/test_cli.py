"""Messages to Slack, which stop nothing where they cannot be sent."""

from __future__ import annotations

import json
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import TYPE_CHECKING, Any

import pytest

from candlefish.ops.cli import WEBHOOK, notify

if TYPE_CHECKING:
    from collections.abc import Iterator


def test_nobody_is_told_without_a_webhook(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(WEBHOOK, raising=False)
    assert "is not set" in notify("hello")
    monkeypatch.setenv(WEBHOOK, "http://hooks.example/secret")
    assert "secret" not in notify("hello")


@pytest.fixture
def webhook(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[Any]]:
    messages: list[Any] = []

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            messages.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
            self.send_response(200)
            self.end_headers()

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002
            pass

    with HTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.02,))
        thread.start()
        monkeypatch.setenv(WEBHOOK, f"http://127.0.0.1:{server.server_port}/secret")
        yield messages
        server.shutdown()
        thread.join()


def test_the_team_is_told(webhook: list[Any]) -> None:
    assert notify("it is live") == "the team was told (200)"
    assert webhook == [{"text": "it is live"}]


def test_a_webhook_that_fails_stops_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(WEBHOOK, "http://127.0.0.1:9/secret")
    assert notify("hello").startswith("nobody was told: ")
    assert "secret" not in notify("hello")
