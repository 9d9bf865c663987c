"""Traces: one span a request, that goes on with its caller's trace and says nothing of anybody."""

from __future__ import annotations

import gzip
import os
import sys
from contextlib import ExitStack
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import TYPE_CHECKING, Any, ClassVar

import pytest
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

from candlefish.service.settings import SettingsError
from candlefish.service.store.base import StoreError
from candlefish.service.tracing import TracingMiddleware, traced
from tests.service.store_kinds import opened
from tests.service.visitors import CLIENT, SESSION, VAULT, batch, milestone, running

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.service.visitors import Service

TRACE, PARENT = "0af7651916cd43dd8448eb211c80319c", "b7ad6b7169203331"


@pytest.fixture
def spans() -> InMemorySpanExporter:
    return InMemorySpanExporter()


@pytest.fixture
def service(tmp_path: Path, spans: InMemorySpanExporter) -> Iterator[Service]:
    provider = TracerProvider()
    provider.add_span_processor(SimpleSpanProcessor(spans))
    tracer = provider.get_tracer("test")
    with (
        opened("sqlite", tmp_path) as store,
        running(store, wrap=lambda app: TracingMiddleware(app, tracer)) as running_service,
    ):
        yield running_service


def seen(spans: InMemorySpanExporter) -> list[tuple[str, dict[str, Any]]]:
    return [(span.name, dict(span.attributes or {})) for span in spans.get_finished_spans()]


def test_a_request_is_a_span_by_route_and_not_by_path(service: Service, spans: InMemorySpanExporter) -> None:
    http = service.http
    http.post("/api/analytics", json=batch(milestone()))
    http.delete("/api/memory/pairing/SECRET-CODE", headers={"Authorization": f"Bearer {VAULT}"})
    http.get("/nowhere/at/all")
    names = [name for name, _ in seen(spans)]
    assert names == ["POST /api/analytics", "DELETE /api/memory/pairing/{code}", "GET other"]
    assert [span["http.response.status_code"] for _, span in seen(spans)] == [200, 404, 404]


def test_a_span_says_nothing_of_anybody(service: Service, spans: InMemorySpanExporter) -> None:
    http = service.http
    who = {"User-Agent": "a browser", "X-Real-IP": "::1"}
    http.post("/api/analytics?x=y", json=batch(milestone()), headers=who)
    (span,) = spans.get_finished_spans()
    text = span.to_json()
    assert set(span.attributes or {}) == {"http.request.method", "http.route", "http.response.status_code"}
    for secret in (CLIENT, SESSION, "a browser", "::1", "testclient", "x=y"):
        assert secret not in text


def test_a_trace_goes_on(service: Service, spans: InMemorySpanExporter) -> None:
    service.http.get("/health", headers={"traceparent": f"00-{TRACE}-{PARENT}-01"})
    (span,) = spans.get_finished_spans()
    assert span.context is not None and span.parent is not None
    assert (f"{span.context.trace_id:032x}", f"{span.parent.span_id:016x}") == (TRACE, PARENT)


def test_a_failure_is_marked(
    service: Service, spans: InMemorySpanExporter, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail() -> None:
        raise StoreError("no disk")

    monkeypatch.setattr(service.state.store, "check", fail)
    service.http.get("/health")
    (span,) = spans.get_finished_spans()
    assert span.status.status_code.name == "ERROR"
    assert "no disk" not in span.to_json()


def test_without_an_endpoint_nothing_is_traced_and_without_the_package_it_says_so(
    service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    with traced(service.http.app, {}) as app:
        assert app is service.http.app
    monkeypatch.setitem(sys.modules, "opentelemetry.sdk.trace", None)
    with (
        pytest.raises(SettingsError, match=r"OTEL_EXPORTER_OTLP_ENDPOINT is set.*candlefish\[otel\]"),
        traced(service.http.app, {"OTEL_EXPORTER_OTLP_ENDPOINT": "http://127.0.0.1:1"}),
    ):
        pass


class Collector(BaseHTTPRequestHandler):
    """Takes what is sent, and keeps it."""

    sent: ClassVar[list[tuple[str, bytes]]] = []

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.sent.append((self.path, gzip.decompress(body) if body[:2] == b"\x1f\x8b" else body))
        self.send_response(200)
        self.end_headers()

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002  # the base class's name
        """Say nothing."""


def test_spans_are_sent_to_the_endpoint(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    collector = ThreadingHTTPServer(("127.0.0.1", 0), Collector)
    Thread(target=collector.serve_forever, daemon=True).start()
    address = f"http://127.0.0.1:{collector.server_port}"
    monkeypatch.setenv("OTEL_EXPORTER_OTLP_ENDPOINT", address)
    with ExitStack() as stack:
        store = stack.enter_context(opened("sqlite", tmp_path))
        wrapped = stack.enter_context(
            running(store, wrap=lambda app: stack.enter_context(traced(app, os.environ)))
        )
        wrapped.send(milestone())
    collector.shutdown()
    collector.server_close()
    ((path, body),) = Collector.sent
    assert path == "/v1/traces"
    assert b"POST /api/analytics" in body and CLIENT.encode() not in body
