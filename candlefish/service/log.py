"""Structured logs: a line of JSON for each entry. Fields are named by the caller; no request is logged."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, TextIO

import msgspec

if TYPE_CHECKING:
    from candlefish.service.clock import Clock


class Log:
    """Writes entries to `stream`, standard error by default."""

    def __init__(self, clock: Clock, stream: TextIO | None = None) -> None:
        self._clock = clock
        self._stream = stream

    def info(self, event: str, **fields: object) -> None:
        """Something worth knowing."""
        self._write("info", event, fields)

    def error(self, event: str, **fields: object) -> None:
        """Something that should not be."""
        self._write("error", event, fields)

    def _write(self, level: str, event: str, fields: dict[str, object]) -> None:
        entry = {"at_ms": self._clock(), "level": level, "event": event, **fields}
        print(msgspec.json.encode(entry).decode(), file=self._stream or sys.stderr, flush=True)
