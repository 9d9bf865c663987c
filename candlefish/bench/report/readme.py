"""Tables in Markdown files that the bench writes itself, between two comments: no number is made up."""

from __future__ import annotations

from typing import TYPE_CHECKING

from candlefish.bench.errors import BenchError
from candlefish.bench.judge import worst_trouble
from candlefish.bench.measures import MEASURES
from candlefish.bench.report.numbers import number, spread, with_unit
from candlefish.bench.stats import median

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from candlefish.bench.measures import Measure
    from candlefish.bench.record import Record

ROWS = (
    ("gentle", "fps"),
    ("gentle", "frame_p99_ms"),
    ("gentle", "dropped_percent"),
    ("gentle", "cpu_ms"),
    ("gentle", "work_ms"),
    ("gentle", "crossings"),
    ("gentle", "memory_mb"),
    ("gentle", "long_tasks"),
    ("cold-load", "fcp_ms"),
    ("cold-load", "ready_ms"),
    ("repeat-load", "ready_ms"),
    ("cold-load", "bytes_kb"),
)
"""What the table of costs shows: scenario and measure."""
SUMMARY = (
    ("gentle", "fps", "frames a second"),
    ("cold-load", "ready_ms", "first frame, ms"),
    ("repeat-load", "ready_ms", "first frame of a later visit, ms"),
    ("cold-load", "bytes_kb", "first visit, kB"),
    ("gentle", "memory_mb", "memory, MB"),
)
"""What the one row of costs shows: scenario, measure, and head of the column."""


def marks(name: str) -> tuple[str, str]:
    """The comments around the block of a name."""
    return f"<!-- candlefish bench: {name} -->", f"<!-- end of {name} -->"


def block(text: str, name: str) -> str | None:
    """What is between the comments of a name; None where they are missing."""
    begin, end = marks(name)
    _, found, rest = text.partition(begin)
    inside, closed, _ = rest.partition(end)
    return inside.strip() if found and closed else None


def rewritten(path: Path, blocks: Mapping[str, str]) -> str:
    """The text of a file with its blocks replaced, each by the one of the same name.

    Raises:
        BenchError: the file cannot be read, or has the two comments of none of the blocks.
    """
    try:
        text = path.read_text(encoding="utf-8")
    except OSError as error:
        raise BenchError(f"{path}: {error.strerror}") from error
    here = {name: inside for name, inside in blocks.items() if block(text, name) is not None}
    if not here:
        wanted = ", or ".join(" and ".join(marks(name)) for name in blocks)
        raise BenchError(f"{path}: the lines {wanted} are missing")
    for name, inside in here.items():
        begin, end = marks(name)
        head, _, rest = text.partition(begin)
        text = f"{head}{begin}\n{inside}\n{end}{rest.partition(end)[2]}"
    return text


def tables(record: Record) -> dict[str, str]:
    """The blocks that a bench can write, by name.

    Raises:
        BenchError: the bench lacks a scenario of a table.
    """
    return {"costs": costs(record), "summary": summary(record)}


def costs(record: Record) -> str:
    """The table of what the fish costs, from a bench, and on what that was measured.

    Raises:
        BenchError: the bench lacks a scenario of the table.
    """
    _require_scenarios(record)
    lines = ["| scenario | measure | budget | median | rounds | verdict |", "|---|---|---|---|---|---|"]
    return "\n".join([*lines, *(_row(record, *row) for row in ROWS), "", _footnote(record)])


def summary(record: Record) -> str:
    """One row of the costs that matter most, each with its budget and verdict in brackets.

    Raises:
        BenchError: the bench lacks a scenario of the row.
    """
    _require_scenarios(record)
    heads = [head for _, _, head in SUMMARY]
    cells = [_summary_cell(record, scenario, name) for scenario, name, _ in SUMMARY]
    lines = [f"| {' | '.join(heads)} |", "|---" * len(heads) + "|", f"| {' | '.join(cells)} |"]
    return "\n".join([*lines, "", _footnote(record)])


def verdict(measure: Measure, value: float | None, limit: float | None) -> str:
    """A value against its budget in words: "within", or in bold by how much it is missed."""
    if limit is None or value is None:
        return "–"
    if not measure.exceeds(value, limit):
        return "within"
    missed = "short by" if measure.more_is_better else "over by"
    return f"**{missed} {with_unit(measure.name, abs(value - limit))}**"


def _require_scenarios(record: Record) -> None:
    missing = sorted({scenario for scenario, _ in ROWS} - record.runs.keys())
    if missing:
        raise BenchError(f"the table needs the scenario {missing[0]}, too")


def _values(record: Record, scenario: str, name: str) -> list[float]:
    return [run.values[name] for run in record.runs[scenario] if name in run.values]


def _limit(record: Record, scenario: str, name: str) -> float | None:
    judged = (one.limit for one in record.judgements if (one.scenario, one.measure) == (scenario, name))
    return next(judged, None)


def _sign(measure: Measure) -> str:
    return "≥" if measure.more_is_better else "≤"


def _row(record: Record, scenario: str, name: str) -> str:
    measure, values, limit = MEASURES[name], _values(record, scenario, name), _limit(record, scenario, name)
    value = median(values) if values else None
    cells = (
        scenario,
        measure.title,
        "–" if limit is None else f"{_sign(measure)} {with_unit(name, limit)}",
        "–" if value is None else with_unit(name, value),
        spread(values) or "–",
        verdict(measure, value, limit),
    )
    return f"| {' | '.join(cells)} |"


def _summary_cell(record: Record, scenario: str, name: str) -> str:
    measure, values, limit = MEASURES[name], _values(record, scenario, name), _limit(record, scenario, name)
    value = median(values) if values else None
    if limit is None:
        return number(value)
    return f"{number(value)} ({_sign(measure)} {number(limit)}: {verdict(measure, value, limit)})"


def _footnote(record: Record) -> str:
    env = record.environment
    rounds = max(len(record.runs[scenario]) for scenario, _ in ROWS)
    trouble = worst_trouble(record.runs.values())
    said = f" Not quiet: {trouble}." if trouble else ""
    return (
        f"{env.get('browser')}, {env.get('processor')}, {env.get('cores')} cores, 1280×720; "
        f"{rounds} interleaved rounds, {record.made_at[:10]}.{said}"
    )
