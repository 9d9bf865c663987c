"""The history file: one line of JSON for each bench, for the trend."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from candlefish.bench.errors import BenchError
from candlefish.bench.report.markdown import HEADLINES
from candlefish.bench.stats import median

if TYPE_CHECKING:
    from pathlib import Path

    from candlefish.bench.record import Record

Point = dict[str, Any]


def point(record: Record) -> Point:
    """A bench in one line: when, which commit and verdict, and the headline medians by scenario."""
    medians = {
        scenario: {
            name: round(median([run.values[name] for run in runs if name in run.values]), 4)
            for name in HEADLINES
            if any(name in run.values for run in runs)
        }
        for scenario, runs in record.runs.items()
    }
    return {
        "made_at": record.made_at,
        "commit": record.environment.get("commit", ""),
        "verdict": record.verdict,
        "medians": medians,
    }


def append(path: Path, record: Record) -> list[Point]:
    """Add a bench to a history file (made if missing); return all points, oldest first.

    Raises:
        BenchError: the file cannot be read or written, or a line of it is not ours.
    """
    try:
        lines = path.read_text(encoding="utf-8").splitlines() if path.exists() else []
        points = [_parsed(path, number, line) for number, line in enumerate(lines, 1) if line.strip()]
        latest = point(record)
        with path.open("a", encoding="utf-8") as file:
            file.write(json.dumps(latest, ensure_ascii=False) + "\n")
    except OSError as error:
        raise BenchError(f"{path}: {error.strerror}") from error
    return [*points, latest]


def _parsed(path: Path, number: int, line: str) -> Point:
    try:
        found = json.loads(line)
    except ValueError as error:
        raise BenchError(f"{path}, line {number}: not JSON: {error}") from error
    if not isinstance(found, dict) or not isinstance(found.get("medians"), dict):
        raise BenchError(f"{path}, line {number}: not a line of a bench history")
    return found
