"""A result as JSON: versioned, complete, and read back with every field checked against the schema."""

from __future__ import annotations

import json
import math
from dataclasses import asdict, dataclass
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any

from candlefish.bench.errors import BenchError
from candlefish.bench.run import Run
from candlefish.bench.schema import problems

if TYPE_CHECKING:
    from pathlib import Path

    from candlefish.bench.compare import Change
    from candlefish.bench.judge import Judgement

VERSION = 1


@dataclass(slots=True)
class Record:
    """One bench: what was measured where and when, every run, and what was made of it."""

    made_at: str
    candlefish: str
    target: str
    environment: dict[str, Any]
    options: dict[str, Any]
    titles: dict[str, str]
    runs: dict[str, list[Run]]
    judgements: list[Judgement]
    changes: list[Change]
    verdict: str


@cache
def schema() -> dict[str, Any]:
    """The JSON Schema of a result."""
    text = (files("candlefish.bench") / "result.schema.json").read_text(encoding="utf-8")
    parsed: dict[str, Any] = json.loads(text)
    return parsed


def to_json(record: Record) -> str:
    """The record as JSON text, in one line; values that are not finite are null."""
    plain = {
        "schema": VERSION,
        "made_at": record.made_at,
        "candlefish": record.candlefish,
        "target": record.target,
        "environment": record.environment,
        "options": record.options,
        "verdict": record.verdict,
        "scenarios": {
            name: {"title": record.titles[name], "runs": [asdict(run) for run in runs]}
            for name, runs in record.runs.items()
        },
        "judgements": [asdict(judgement) for judgement in record.judgements],
        "changes": [asdict(change) for change in record.changes],
    }
    return json.dumps(_finite(plain), ensure_ascii=False, separators=(",", ":"))


def read_result(path: Path) -> tuple[dict[str, list[Run]], dict[str, Any]]:
    """The runs of a result that was saved, by scenario, and its environment.

    Raises:
        BenchError: the file cannot be read, or is no result of this version; says where.
    """
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise BenchError(f"{path}: {error.strerror}") from error
    except ValueError as error:
        raise BenchError(f"{path}: not JSON: {error}") from error
    if isinstance(found, dict) and found.get("schema") != VERSION:
        raise BenchError(f"{path}: schema {found.get('schema')!r}; this candlefish reads {VERSION}")
    wrong = problems(found, schema())
    if wrong:
        raise BenchError(f"{path}: not a result of `candlefish bench`: {wrong[0]}")
    runs = {name: [Run(**run) for run in one["runs"]] for name, one in found["scenarios"].items()}
    return runs, found["environment"]


def _finite(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _finite(one) for key, one in value.items()}
    if isinstance(value, list | tuple):
        return [_finite(one) for one in value]
    if isinstance(value, float):
        return round(value, 5) if math.isfinite(value) else None
    return value
