"""Which events of a session are stored: a bit for each sequence number."""

from __future__ import annotations

import msgspec

from candlefish.service.store.interface import Batch, Receipt


def to_bytes(seen: int) -> bytes:
    """The bits, least first, in as few bytes as hold them."""
    return seen.to_bytes((seen.bit_length() + 7) // 8, "little")


def from_bytes(data: bytes) -> int:
    """The bits again."""
    return int.from_bytes(data, "little")


def new_body(batch: Batch, seen: int) -> tuple[bytes | None, Receipt]:
    """The part of a batch's body that is not stored yet (None if there is none), and its receipt."""
    fresh = batch.mask & ~seen
    receipt = Receipt(fresh.bit_count(), (batch.mask & seen).bit_count())
    if fresh == batch.mask:
        return batch.body, receipt
    if not fresh:
        return None, receipt
    events = [event for event in msgspec.json.decode(batch.body) if fresh >> event["seq"] & 1]
    return msgspec.json.encode(events), receipt
