"""Results that are written can be read, and what is no result is refused; the history grows."""

from __future__ import annotations

import json
import math
from typing import TYPE_CHECKING

import pytest

from candlefish.bench import BenchError
from candlefish.bench.measures import MEASURES
from candlefish.bench.result import (
    append_history,
    read_result,
    result_schema,
    schema_problems,
    to_json,
)
from candlefish.bench.verdict import judge
from tests.bench.runs import a_result

if TYPE_CHECKING:
    from pathlib import Path


def test_a_result_round_trips(tmp_path: Path) -> None:
    record = a_result()
    path = tmp_path / "result.json"
    path.write_text(to_json(record), encoding="utf-8")
    assert schema_problems(json.loads(path.read_text()), result_schema()) == []
    assert read_result(path) == (record.runs, record.environment)


def test_what_is_not_finite_becomes_null() -> None:
    record = a_result()
    record.judgements.append(judge("idle", MEASURES["inp_ms"], 200.0, record.runs["idle"]))
    assert math.isnan(record.judgements[-1].value)
    assert json.loads(to_json(record))["judgements"][-1]["value"] is None


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("nonsense", "not JSON"),
        ("[]", r"expected object, found list"),
        ('{"schema": 99}', "schema 99; this candlefish reads 1"),
        ('{"schema": 1}', "made_at is missing"),
    ],
)
def test_what_is_no_result_is_refused(tmp_path: Path, text: str, complaint: str) -> None:
    path = tmp_path / "base.json"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(BenchError, match=complaint):
        read_result(path)


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(BenchError, match=r"none\.json: No such file"):
        read_result(tmp_path / "none.json")


def test_a_damaged_run_is_placed(tmp_path: Path) -> None:
    plain = json.loads(to_json(a_result()))
    plain["scenarios"]["idle"]["runs"][1]["values"]["fps"] = "fast"
    path = tmp_path / "base.json"
    path.write_text(json.dumps(plain), encoding="utf-8")
    with pytest.raises(
        BenchError, match=r"\$\.scenarios\.idle\.runs\[1\]\.values\.fps: expected number, found str"
    ):
        read_result(path)


@pytest.mark.parametrize(
    ("value", "part"),
    [(True, "expected number"), ("x", "expected number"), (None, "expected number")],
)
def test_types_are_told_apart(value: object, part: str) -> None:
    assert part in schema_problems(value, {"type": "number"})[0]


def test_the_schema_checker() -> None:
    made = {"type": "object", "properties": {"a": {"enum": [1, 2]}}, "additionalProperties": False}
    assert schema_problems({"a": 2}, made) == []
    assert schema_problems({"a": 3}, made) == ["$.a: 3 is not one of [1, 2]"]
    assert schema_problems({"b": 3}, made) == ["$: b is unknown"]


def test_the_history_grows(tmp_path: Path) -> None:
    path = tmp_path / "history.jsonl"
    assert len(append_history(path, a_result())) == 1
    points = append_history(path, a_result())
    assert len(points) == 2
    assert points[0]["medians"]["idle"]["fps"] == 60.0
    assert [json.loads(line)["verdict"] for line in path.read_text().splitlines()] == ["broken", "broken"]


def test_a_damaged_history_is_not_added_to(tmp_path: Path) -> None:
    path = tmp_path / "history.jsonl"
    path.write_text('{"medians": {}}\nrubbish\n', encoding="utf-8")
    with pytest.raises(BenchError, match=r"history\.jsonl, line 2: not JSON"):
        append_history(path, a_result())
    assert len(path.read_text().splitlines()) == 2
