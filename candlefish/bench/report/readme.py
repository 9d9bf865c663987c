"""Tables in a README that the bench writes itself, between two comments, so that no number is made up."""

from __future__ import annotations

from typing import TYPE_CHECKING

from candlefish.bench.errors import BenchError
from candlefish.bench.judge import worst_trouble
from candlefish.bench.measures import MEASURES
from candlefish.bench.report.numbers import spread, with_unit
from candlefish.bench.stats import median

if TYPE_CHECKING:
    from pathlib import Path

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


def marks(name: str) -> tuple[str, str]:
    """The comments around the block of a name."""
    return f"<!-- candlefish bench: {name} -->", f"<!-- end of {name} -->"


def block(text: str, name: str) -> str | None:
    """What is between the comments of a name; None where they are missing."""
    begin, end = marks(name)
    _, found, rest = text.partition(begin)
    inside, closed, _ = rest.partition(end)
    return inside.strip() if found and closed else None


def rewritten(path: Path, name: str, inside: str) -> str:
    """The text of a file with another block of a name.

    Raises:
        BenchError: the file cannot be read, or lacks the two comments.
    """
    try:
        text = path.read_text(encoding="utf-8")
    except OSError as error:
        raise BenchError(f"{path}: {error.strerror}") from error
    begin, end = marks(name)
    if block(text, name) is None:
        raise BenchError(f"{path}: the lines {begin} and {end} are missing")
    head, _, rest = text.partition(begin)
    return f"{head}{begin}\n{inside}\n{end}{rest.partition(end)[2]}"


def costs(record: Record) -> str:
    """The table of what the fish costs, from a bench, and on what that was measured.

    Raises:
        BenchError: the bench lacks a scenario of the table.
    """
    missing = sorted({scenario for scenario, _ in ROWS} - record.runs.keys())
    if missing:
        raise BenchError(f"the table needs the scenario {missing[0]}, too")
    lines = ["| scenario | measure | budget | median | rounds |", "|---|---|---|---|---|"]
    return "\n".join([*lines, *(_row(record, *row) for row in ROWS), "", _footnote(record)])


def _row(record: Record, scenario: str, name: str) -> str:
    measure, runs = MEASURES[name], record.runs[scenario]
    values = [run.values[name] for run in runs if name in run.values]
    limit = next(
        (one.limit for one in record.judgements if (one.scenario, one.measure) == (scenario, name)), None
    )
    budget = "–" if limit is None else f"{'≥' if measure.more_is_better else '≤'} {with_unit(name, limit)}"
    found = with_unit(name, median(values)) if values else "–"
    return f"| {scenario} | {measure.title} | {budget} | {found} | {spread(values) or '–'} |"


def _footnote(record: Record) -> str:
    env = record.environment
    rounds = max(len(record.runs[scenario]) for scenario, _ in ROWS)
    trouble = worst_trouble(record.runs.values())
    said = f" Not quiet: {trouble}." if trouble else ""
    return (
        f"{env.get('browser')}, {env.get('processor')}, {env.get('cores')} cores, 1280×720; "
        f"{rounds} interleaved rounds, {record.made_at[:10]}.{said}"
    )
