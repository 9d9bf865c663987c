"""Ingestion, `POST /api/analytics`: a batch is acknowledged once it is stored durably.

An ASGI application of its own, in front of the router, as most requests are batches.
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Final

import msgspec

from candlefish.service.decoding import BatchError, decode_batch, encode_events
from candlefish.service.http import (
    RAW_HEADERS,
    ApiError,
    ClientDisconnectedError,
    RateLimiter,
    header,
    read_body,
)
from candlefish.service.store.base import Batch, BatchReceipt, StoreError
from candlefish.service.writer import QueueFullError

if TYPE_CHECKING:
    from starlette.types import Receive, Scope, Send

    from candlefish.service.app_state import AppState
    from candlefish.service.decoding import Decoded

BUSY_WAIT_S: Final = 1
PROBLEMS_SHOWN: Final = 10
MEDIA_TYPES: Final = ("application/json", "text/plain")
"""`text/plain` is what a beacon can send to another origin without a preflight request."""
_ENCODE: Final = msgspec.json.Encoder().encode
_JSON: Final = (b"content-type", b"application/json")


class Ingest:
    """The endpoint as an ASGI application."""

    def __init__(self, state: AppState) -> None:
        self._state = state
        self._metrics = state.metrics
        self._limiter = RateLimiter(state.settings.client_rate, time.monotonic)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        start_s = time.perf_counter()
        try:
            status, content, more = 200, await self._accept(scope, receive), {}
        except ApiError as refusal:
            status, content, more = refusal.status, refusal.body, refusal.headers()
        except ClientDisconnectedError:
            return
        body = b"" if status == 204 else _ENCODE(content)
        headers = [*RAW_HEADERS, _JSON, (b"content-length", str(len(body)).encode())]
        headers += [(name.lower().encode(), value.encode()) for name, value in more.items()]
        await send({"type": "http.response.start", "status": status, "headers": headers})
        await send({"type": "http.response.body", "body": body})
        self._metrics.observe_ingest(time.perf_counter() - start_s)

    async def _accept(self, scope: Scope, receive: Receive) -> dict[str, object]:
        if scope["method"] != "POST":
            raise ApiError(405, "method", "only POST", allow="POST")
        if (header(scope, b"content-type") or "").partition(";")[0].strip().lower() not in MEDIA_TYPES:
            raise ApiError(415, "media_type", f"expected {' or '.join(MEDIA_TYPES)}")
        if "1" in {header(scope, b"sec-gpc"), header(scope, b"dnt")}:
            self._metrics.batch("opted_out")
            return {"accepted": 0, "duplicates": 0, "rejected": 0, "opted_out": True}
        decoded = self._decode(await self._body(scope, receive))
        receipt = await self._store(decoded) if decoded.events else BatchReceipt(0, 0)
        return self._result(decoded, receipt)

    async def _body(self, scope: Scope, receive: Receive) -> bytes:
        try:
            return await read_body(scope, receive)
        except ApiError:
            self._metrics.batch("too_large")
            raise

    def _decode(self, body: bytes) -> Decoded:
        try:
            decoded = decode_batch(body)
        except BatchError as error:
            self._metrics.batch("malformed")
            raise ApiError(400, "malformed", str(error)) from error
        wait_s = self._limiter.wait_s(decoded.client)
        if wait_s:
            self._metrics.batch("limited")
            raise ApiError(429, "too_many", "this client sends too often", wait_s=wait_s)
        return decoded

    async def _store(self, decoded: Decoded) -> BatchReceipt:
        state = self._state
        now_ms = state.clock()
        session, before = state.keys.session(decoded.session, now_ms)
        batch = Batch(
            client=state.keys.current.hash("client", decoded.client),
            session=session,
            session_before=before,
            received_ms=now_ms,
            skew_ms=now_ms - decoded.sent_ms,
            mask=decoded.mask,
            body=encode_events(decoded.events),
        )
        try:
            receipt = await state.writer.put(batch)
        except QueueFullError as error:
            self._metrics.batch("shed")
            raise ApiError(503, "busy", "too many batches at once", wait_s=BUSY_WAIT_S) from error
        except StoreError as error:
            self._metrics.batch("failed")
            state.log.error("store", error=str(error))
            raise ApiError(503, "store", "the store is not available", wait_s=BUSY_WAIT_S) from error
        if receipt.accepted:
            state.hub.record(decoded.events)
        return receipt

    def _result(self, decoded: Decoded, receipt: BatchReceipt) -> dict[str, object]:
        refused = len(decoded.problems)
        self._metrics.batch("stored")
        self._metrics.events("accepted", receipt.accepted)
        self._metrics.events("duplicate", receipt.duplicates)
        self._metrics.events("rejected", refused)
        result: dict[str, object] = {
            "accepted": receipt.accepted,
            "duplicates": receipt.duplicates,
            "rejected": refused,
        }
        if refused:
            result["problems"] = decoded.problems[:PROBLEMS_SHOWN]
        return result
