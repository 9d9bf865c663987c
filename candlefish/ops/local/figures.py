"""What was seen of each release: nginx's record of answers, and each service's own counts."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING

from candlefish.ops import exposition
from candlefish.ops.engine import Colour, Figures

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from candlefish.ops.local.process import Process


@dataclass(frozen=True, slots=True)
class Mark:
    """A moment: the length of the record, and the counts of each service."""

    offset: int
    counts: Mapping[Colour, Mapping[str, float]]


def mark(log: Path, counts: Mapping[Colour, Mapping[str, float]]) -> Mark:
    """The moment of the call."""
    return Mark(log.stat().st_size if log.exists() else 0, counts)


def counts(process: Process, token: str) -> dict[str, float]:
    """What a service counts of itself; nothing if it does not answer."""
    try:
        status, body = process.get("/metrics", {"Authorization": f"Bearer {token}"})
    except OSError:
        return {}
    return exposition.samples(body.decode(errors="replace")) if status == 200 else {}


def answers(log: Path, offset: int, port: int) -> dict[str, tuple[int, int]]:
    """By release: answers to visitors since `offset`, and those that were server errors."""
    found: dict[str, tuple[int, int]] = {}
    if not log.exists():
        return found
    with log.open(encoding="utf-8") as lines:
        lines.seek(offset)
        for line in lines:
            if not line.endswith("\n"):
                break
            entry = json.loads(line)
            if entry["port"] == port:
                requests, failed = found.get(entry["release"], (0, 0))
                found[entry["release"]] = (requests + 1, failed + (entry["status"] >= 500))
    return found


def told(before: Mapping[str, float], now: Mapping[str, float], answered: tuple[int, int]) -> Figures:
    """The figures of one colour."""
    grown = exposition.since(before, now)
    return Figures(
        requests=answered[0],
        failed=answered[1],
        fps=exposition.median(grown, "candlefish_visitor_fps"),
        memory_mb=exposition.median(grown, "candlefish_visitor_memory_mb"),
        fatal=int(exposition.total(grown, "candlefish_visitor_errors_total", 'fatal="true"')),
        sessions=int(exposition.total(grown, "candlefish_sessions_total")),
    )
