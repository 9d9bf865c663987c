"""Traces of requests by OpenTelemetry: optional, off by default.

A span holds method, route (its pattern), status and failure: no address, agent, path or id. It continues the
trace of a `traceparent` header (W3C Trace Context). Endpoint, sampling and service name are set by
OpenTelemetry's own environment variables.
"""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Final

from candlefish import __version__
from candlefish.service.settings import SettingsError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from starlette.types import ASGIApp, Message, Receive, Scope, Send

ENDPOINTS: Final = ("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", "OTEL_EXPORTER_OTLP_ENDPOINT")
_CARRIED: Final = (b"traceparent", b"tracestate")


@contextmanager
def traced(app: ASGIApp, environment: Mapping[str, str]) -> Iterator[ASGIApp]:
    """`app`, traced if the environment names an endpoint; pending spans are sent at the end.

    Raises:
        SettingsError: it names one, and OpenTelemetry is not installed.
    """
    named = next((name for name in ENDPOINTS if environment.get(name)), None)
    if named is None:
        yield app
        return
    try:
        from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter  # noqa: PLC0415
        from opentelemetry.sdk.resources import SERVICE_NAME, SERVICE_VERSION, Resource  # noqa: PLC0415
        from opentelemetry.sdk.trace import TracerProvider  # noqa: PLC0415
        from opentelemetry.sdk.trace.export import BatchSpanProcessor  # noqa: PLC0415
    except ImportError as error:
        raise SettingsError(
            f"{named} is set, and OpenTelemetry is not installed: pip install 'candlefish[otel]'"
        ) from error
    name = environment.get("OTEL_SERVICE_NAME", "candlefish")
    provider = TracerProvider(resource=Resource.create({SERVICE_NAME: name, SERVICE_VERSION: __version__}))
    provider.add_span_processor(BatchSpanProcessor(OTLPSpanExporter()))
    try:
        yield TracingMiddleware(app, provider.get_tracer("candlefish"))
    finally:
        provider.shutdown()


class TracingMiddleware:
    """Middleware that makes a span of each request with an OpenTelemetry `tracer`."""

    def __init__(self, app: ASGIApp, tracer: Any) -> None:
        self._app, self._tracer = app, tracer

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        from opentelemetry.trace import SpanKind, StatusCode  # noqa: PLC0415
        from opentelemetry.trace.propagation.tracecontext import (  # noqa: PLC0415
            TraceContextTextMapPropagator,
        )

        carried = {
            key.decode(): value.decode("latin-1") for key, value in scope["headers"] if key in _CARRIED
        }
        before = TraceContextTextMapPropagator().extract(carried)
        method = scope["method"]
        attributes = {"http.request.method": method}
        with self._tracer.start_as_current_span(
            method, before, SpanKind.SERVER, attributes, record_exception=False
        ) as span:

            async def traced_send(message: Message) -> None:
                if message["type"] == "http.response.start":
                    status = message["status"]
                    span.set_attribute("http.response.status_code", status)
                    if status >= 500:
                        span.set_status(StatusCode.ERROR)
                await send(message)

            try:
                await self._app(scope, receive, traced_send)
            finally:
                route = route_of(scope)
                span.update_name(f"{method} {route}")
                span.set_attribute("http.route", route)


def route_of(scope: Scope) -> str:
    """The pattern of the route that answered; paths would make unlimited names."""
    route = scope.get("route")
    return str(getattr(route, "path", "other")) or "site"
