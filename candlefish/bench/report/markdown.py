"""The result as Markdown, and as annotations of GitHub Actions."""

from __future__ import annotations

from typing import TYPE_CHECKING

from candlefish.bench.judge import Judgement, Verdict, quietness
from candlefish.bench.measures import MEASURES
from candlefish.bench.report.numbers import number, with_unit
from candlefish.bench.stats import median

if TYPE_CHECKING:
    from candlefish.bench.compare import Change
    from candlefish.bench.record import Record

HEADLINES = (
    "fps",
    "frame_p99_ms",
    "dropped_percent",
    "cpu_ms",
    "work_ms",
    "memory_mb",
    "slope_mb_min",
    "fcp_ms",
    "ready_ms",
    "bytes_kb",
)
MARKS = {Verdict.WITHIN: "✅", Verdict.BROKEN: "❌", Verdict.CANNOT_TELL: "❔"}
LEVELS = {Verdict.BROKEN: "error", Verdict.CANNOT_TELL: "warning"}


def markdown(record: Record) -> str:
    """A summary: the verdict, the headline numbers by scenario, and what is not within."""
    verdict = Verdict(record.verdict)
    where = record.environment
    lines = [
        f"## {MARKS[verdict]} Candlefish bench: {verdict}",
        "",
        f"{where.get('browser')} on {where.get('processor')}, {where.get('cores')} cores; {record.made_at}.",
        "",
        *_headlines(record),
        "",
        *_findings(record),
    ]
    for name, runs in record.runs.items():
        if trouble := quietness(runs).trouble:
            lines.append(f"- ❔ Times of {name} cannot be trusted: {trouble}.")
    return "\n".join(lines).rstrip() + "\n"


def workflow_commands(record: Record) -> str:
    """Annotations of GitHub Actions: an error for each broken budget, a warning where nobody can tell."""
    said = [(one.verdict, one.measure, _said(one)) for one in record.judgements]
    said += [(one.verdict, one.measure, _told(one)) for one in record.changes]
    return "\n".join(
        f"::{LEVELS[verdict]} title=bench {verdict}: {measure}::{_escaped(text)}"
        for level in LEVELS
        for verdict, measure, text in said
        if verdict is level
    )


def _headlines(record: Record) -> list[str]:
    shown = [
        name for name in HEADLINES if any(name in run.values for runs in record.runs.values() for run in runs)
    ]
    heads = [
        f"{MEASURES[name].title}{f' ({unit})' if (unit := MEASURES[name].unit) else ''}" for name in shown
    ]
    lines = ["| scenario | " + " | ".join(heads) + " |", "|---" * (len(shown) + 1) + "|"]
    for scenario, runs in record.runs.items():
        cells = []
        for name in shown:
            values = [run.values[name] for run in runs if name in run.values]
            cells.append(number(median(values)) if values else "")
        lines.append(f"| {scenario} | " + " | ".join(cells) + " |")
    return lines


def _findings(record: Record) -> list[str]:
    found = [f"- {MARKS[one.verdict]} {_said(one)}" for one in record.judgements if one.verdict in LEVELS]
    return found + [f"- {MARKS[one.verdict]} {_told(one)}" for one in record.changes if one.verdict in LEVELS]


def _said(one: Judgement) -> str:
    measured = f"{with_unit(one.measure, one.value)}, budget {with_unit(one.measure, one.limit)}"
    return f"`{one.measure}` in {one.scenario}: {measured} ({one.why})"


def _told(one: Change) -> str:
    change = one.test.change
    reach = f"change {number(change.estimate)} [{number(change.low)}, {number(change.high)}]"
    before, after = with_unit(one.measure, one.before), with_unit(one.measure, one.after)
    return f"`{one.measure}` in {one.scenario}: {before} → {after}, {reach} ({one.why})"


def _escaped(text: str) -> str:
    """As workflow commands want it."""
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")
