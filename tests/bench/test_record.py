"""Results that are written can be read, and what is no result is refused."""

from __future__ import annotations

import json
import math
from typing import TYPE_CHECKING

import pytest

from candlefish.bench.compare import compare
from candlefish.bench.errors import BenchError
from candlefish.bench.judge import judge
from candlefish.bench.measures import MEASURES
from candlefish.bench.record import Record, read_result, schema, to_json
from candlefish.bench.schema import problems
from tests.bench.runs import some_runs

if TYPE_CHECKING:
    from pathlib import Path


def a_record() -> Record:
    """A bench of one scenario with a budget broken and a change for the worse."""
    runs, before = some_runs("cpu_ms", [18.0, 18.1, 18.2]), some_runs("cpu_ms", [9.0, 9.1, 9.2])
    for run in runs:
        run.values |= {"fps": 60.0, "frame_p99_ms": 17.0, "ready_ms": 900.0, "bytes_kb": 5760.0}
        run.series |= {
            "frame_at_ms": [0.0, 16.7, 33.3, 83.3],
            "displayed_at_ms": [0.0, 16.7, 33.3, 83.3],
            "memory": [
                {"at_s": 5.0 * i, "heap_mb": 14.0, "wasm_mb": 21.0}
                | {"python_mb": 20.0, "canvas_mb": 4.0, "pss_mb": 120.0}
                for i in range(4)
            ],
            "timeline": {"script": 200.0, "ready": 900.0},
            "resources": [
                {"by": by, "url": f"http://127.0.0.1/{by}.js?<b>", "start_ms": 1.0, "end_ms": 80.0,
                 "transfer_bytes": 900, "encoded_bytes": 600, "decoded_bytes": 1200}
                for by in ("page", "worker")
            ],
            "shots": [{"caption": "before", "jpeg": "AAAA"}],
        }  # fmt: skip
    return Record(
        made_at="2026-01-02T03:04:05+00:00",
        candlefish="0.1.0",
        target="dist",
        environment={"browser": "Chrome/1", "processor": "A <processor>", "cores": 2, "commit": "abc"},
        options={"rounds": 3},
        titles={"idle": "Idle"},
        runs={"idle": runs},
        judgements=[
            judge("idle", MEASURES["cpu_ms"], 10.0, runs),
            judge("idle", MEASURES["fps"], 55.0, runs),
        ],
        changes=compare(before, runs),
        verdict="broken",
    )


def test_a_result_round_trips(tmp_path: Path) -> None:
    record = a_record()
    path = tmp_path / "result.json"
    path.write_text(to_json(record), encoding="utf-8")
    assert problems(json.loads(path.read_text()), schema()) == []
    assert read_result(path) == (record.runs, record.environment)


def test_what_is_not_finite_becomes_null() -> None:
    record = a_record()
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
    plain = json.loads(to_json(a_record()))
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
    assert part in problems(value, {"type": "number"})[0]


def test_the_schema_checker() -> None:
    made = {"type": "object", "properties": {"a": {"enum": [1, 2]}}, "additionalProperties": False}
    assert problems({"a": 2}, made) == []
    assert problems({"a": 3}, made) == ["$.a: 3 is not one of [1, 2]"]
    assert problems({"b": 3}, made) == ["$: b is unknown"]
