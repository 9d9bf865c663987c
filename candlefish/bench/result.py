"""Results as JSON: written, read back, checked against the schema; and the history file of their medians."""

from __future__ import annotations

import json
import math
from dataclasses import asdict, dataclass
from functools import cache
from importlib.resources import files
from statistics import median
from typing import TYPE_CHECKING, Any

from candlefish.bench import BenchError
from candlefish.bench.measures import HEADLINES
from candlefish.bench.runs import Run

if TYPE_CHECKING:
    from pathlib import Path

    from candlefish.bench.verdict import Judgement, MeasuredChange

VERSION = 1
JSON_TYPES: dict[str, tuple[type, ...]] = {
    "object": (dict,),
    "array": (list,),
    "string": (str,),
    "number": (int, float),
    "integer": (int,),
    "boolean": (bool,),
    "null": (type(None),),
}
HistoryPoint = dict[str, Any]


@dataclass(slots=True)
class BenchResult:
    """The result of one bench: environment, options, every run, judgements, changes and verdict."""

    made_at: str
    candlefish: str
    target: str
    environment: dict[str, Any]
    options: dict[str, Any]
    titles: dict[str, str]
    runs: dict[str, list[Run]]
    judgements: list[Judgement]
    changes: list[MeasuredChange]
    verdict: str


@cache
def result_schema() -> dict[str, Any]:
    """The JSON Schema of a result."""
    text = (files("candlefish.bench") / "result.schema.json").read_text(encoding="utf-8")
    parsed: dict[str, Any] = json.loads(text)
    return parsed


def to_json(result: BenchResult) -> str:
    """The result as JSON text, in one line; values that are not finite are null."""
    plain = {
        "schema": VERSION,
        "made_at": result.made_at,
        "candlefish": result.candlefish,
        "target": result.target,
        "environment": result.environment,
        "options": result.options,
        "verdict": result.verdict,
        "scenarios": {
            name: {"title": result.titles[name], "runs": [asdict(run) for run in runs]}
            for name, runs in result.runs.items()
        },
        "judgements": [asdict(judgement) for judgement in result.judgements],
        "changes": [asdict(change) for change in result.changes],
    }
    return json.dumps(_finite(plain), ensure_ascii=False, separators=(",", ":"))


def read_result(path: Path) -> tuple[dict[str, list[Run]], dict[str, Any]]:
    """The runs of a result that was saved, by scenario, and its environment.

    Raises:
        BenchError: the file cannot be read, or is no result of this version; says where.
    """
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise BenchError(f"{path}: {error.strerror}") from error
    except ValueError as error:
        raise BenchError(f"{path}: not JSON: {error}") from error
    if isinstance(content, dict) and content.get("schema") != VERSION:
        raise BenchError(f"{path}: schema {content.get('schema')!r}; this candlefish reads {VERSION}")
    problems = schema_problems(content, result_schema())
    if problems:
        raise BenchError(f"{path}: not a result of `candlefish bench`: {problems[0]}")
    runs = {name: [Run(**run) for run in one["runs"]] for name, one in content["scenarios"].items()}
    return runs, content["environment"]


def _finite(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _finite(one) for key, one in value.items()}
    if isinstance(value, list | tuple):
        return [_finite(one) for one in value]
    if isinstance(value, float):
        return round(value, 5) if math.isfinite(value) else None
    return value


def schema_problems(value: Any, schema: dict[str, Any], where: str = "$") -> list[str]:
    """The problems of a value, a line each with its place; knows the JSON Schema that our schema uses."""
    named = schema.get("type", list(JSON_TYPES))
    allowed = [named] if isinstance(named, str) else named
    if not any(_is(value, name) for name in allowed):
        return [f"{where}: expected {' or '.join(allowed)}, found {type(value).__name__}"]
    if "const" in schema and value != schema["const"]:
        return [f"{where}: expected {schema['const']!r}, found {value!r:.60}"]
    if "enum" in schema and value not in schema["enum"]:
        return [f"{where}: {value!r:.60} is not one of {schema['enum']}"]
    if isinstance(value, dict):
        return _object_problems(value, schema, where)
    if isinstance(value, list):
        each = schema.get("items", {})
        return [line for i, one in enumerate(value) for line in schema_problems(one, each, f"{where}[{i}]")]
    return []


def _is(value: Any, name: str) -> bool:
    if isinstance(value, bool):
        return name == "boolean"
    return isinstance(value, JSON_TYPES[name])


def _object_problems(value: dict[str, Any], schema: dict[str, Any], where: str) -> list[str]:
    known = schema.get("properties", {})
    problems = [f"{where}: {name} is missing" for name in schema.get("required", []) if name not in value]
    others = schema.get("additionalProperties", {})
    for name, one in value.items():
        if name in known:
            problems += schema_problems(one, known[name], f"{where}.{name}")
        elif others is False:
            problems.append(f"{where}: {name} is unknown")
        else:
            problems += schema_problems(one, others, f"{where}.{name}")
    return problems


def history_point(result: BenchResult) -> HistoryPoint:
    """A result in one line: time, commit, verdict, and the headline medians by scenario."""
    medians = {
        scenario: {
            name: round(median([run.values[name] for run in runs if name in run.values]), 4)
            for name in HEADLINES
            if any(name in run.values for run in runs)
        }
        for scenario, runs in result.runs.items()
    }
    return {
        "made_at": result.made_at,
        "commit": result.environment.get("commit", ""),
        "verdict": result.verdict,
        "medians": medians,
    }


def append_history(path: Path, result: BenchResult) -> list[HistoryPoint]:
    """Add a result to a history file (made if missing); return all points, oldest first.

    Raises:
        BenchError: the file cannot be read or written, or a line of it is not ours.
    """
    try:
        lines = path.read_text(encoding="utf-8").splitlines() if path.exists() else []
        points = [_parsed_point(path, number, line) for number, line in enumerate(lines, 1) if line.strip()]
        latest = history_point(result)
        with path.open("a", encoding="utf-8") as file:
            file.write(json.dumps(latest, ensure_ascii=False) + "\n")
    except OSError as error:
        raise BenchError(f"{path}: {error.strerror}") from error
    return [*points, latest]


def _parsed_point(path: Path, number: int, line: str) -> HistoryPoint:
    try:
        point = json.loads(line)
    except ValueError as error:
        raise BenchError(f"{path}, line {number}: not JSON: {error}") from error
    if not isinstance(point, dict) or not isinstance(point.get("medians"), dict):
        raise BenchError(f"{path}, line {number}: not a line of a bench history")
    return point
