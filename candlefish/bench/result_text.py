"""Results as text: terminal table, Markdown summary, GitHub annotations, and tables inside Markdown files."""

from __future__ import annotations

from statistics import median
from typing import TYPE_CHECKING

from candlefish.bench import BenchError
from candlefish.bench.measures import HEADLINES, MEASURES, spread, with_unit
from candlefish.bench.verdict import Judgement, Verdict, quietness, worst_trouble
from candlefish.report.charts import number

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from candlefish.bench.measures import Measure
    from candlefish.bench.result import BenchResult
    from candlefish.bench.runs import Run
    from candlefish.bench.verdict import MeasuredChange

MARKS = {Verdict.WITHIN: "✓", Verdict.BROKEN: "✗", Verdict.CANNOT_TELL: "?"}
COLOURS = {Verdict.WITHIN: "\033[32m", Verdict.BROKEN: "\033[31m", Verdict.CANNOT_TELL: "\033[33m"}
PLAIN = "\033[0m"
ICONS = {Verdict.WITHIN: "✅", Verdict.BROKEN: "❌", Verdict.CANNOT_TELL: "❔"}
LEVELS = {Verdict.BROKEN: "error", Verdict.CANNOT_TELL: "warning"}
COST_ROWS = (
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
"""Rows of the table of costs: scenario and measure."""
SUMMARY_COLUMNS = (
    ("gentle", "fps", "frames a second"),
    ("cold-load", "ready_ms", "first frame, ms"),
    ("repeat-load", "ready_ms", "first frame of a later visit, ms"),
    ("cold-load", "bytes_kb", "first visit, kB"),
    ("gentle", "memory_mb", "memory, MB"),
)
"""Columns of the row of costs: scenario, measure, and head."""


def terminal_table(result: BenchResult, *, colour: bool) -> str:
    """All measures of all scenarios with their verdicts, then those not within budget, then the verdict."""
    parts = [_scenario(result, name, runs, colour) for name, runs in result.runs.items()]
    findings = [
        _budget_finding(one, colour) for one in result.judgements if one.verdict is not Verdict.WITHIN
    ]
    findings += [_change_finding(one, colour) for one in result.changes if one.verdict is not Verdict.WITHIN]
    verdict = Verdict(result.verdict)
    return "\n".join(
        [*parts, *findings, "", _coloured(f"{MARKS[verdict]} {_verdict_words(verdict)}", verdict, colour)]
    )


def _scenario(result: BenchResult, name: str, runs: list[Run], colour: bool) -> str:
    quiet = quietness(runs)
    share = "" if quiet.foreign_share is None else f", other programs {quiet.foreign_share:.0%}"
    loop_ms = median([run.calibration_ms for run in runs])
    head = f"{result.titles[name]}  ({name}; {len(runs)} rounds, calibration {loop_ms:.2f} ms{share})"
    lines = ["", head]
    if quiet.trouble:
        lines.append(f"  times cannot be trusted: {quiet.trouble}")
    judged = {one.measure: one for one in result.judgements if one.scenario == name}
    lines += [
        _table_row(measure, runs, judged.get(measure), colour)
        for measure in MEASURES
        if _measured(measure, runs)
    ]
    lines += [f"  note: {note}" for note in sorted({note for run in runs for note in run.notes})]
    return "\n".join(lines)


def _measured(name: str, runs: list[Run]) -> bool:
    return any(name in run.values for run in runs)


def _table_row(name: str, runs: list[Run], judged: Judgement | None, colour: bool) -> str:
    values = [run.values[name] for run in runs if name in run.values]
    row = f"  {MEASURES[name].title:58.58} {with_unit(name, median(values)):>16} {spread(values):>20}"
    if judged is None:
        return row.rstrip()
    sign = "≥" if MEASURES[name].more_is_better else "≤"
    return (
        row
        + "  "
        + _coloured(f"{MARKS[judged.verdict]} {sign} {number(judged.limit)}", judged.verdict, colour)
    )


def _budget_finding(one: Judgement, colour: bool) -> str:
    text = (
        f"{MARKS[one.verdict]} {one.verdict}: {one.measure} in {one.scenario}: "
        f"{with_unit(one.measure, one.value)}, budget {with_unit(one.measure, one.limit)} ({one.why})"
    )
    return _coloured(text, one.verdict, colour)


def _change_finding(one: MeasuredChange, colour: bool) -> str:
    change = one.test.change
    before, after = with_unit(one.measure, one.before), with_unit(one.measure, one.after)
    reach = f"change {number(change.estimate)} [{number(change.low)}, {number(change.high)}]"
    where = f"{MARKS[one.verdict]} {one.verdict}: {one.measure} in {one.scenario}"
    return _coloured(f"{where}: {before} → {after}, {reach} ({one.why})", one.verdict, colour)


def _verdict_words(verdict: Verdict) -> str:
    return {
        Verdict.WITHIN: "within all budgets",
        Verdict.BROKEN: "broken",
        Verdict.CANNOT_TELL: "can't tell: see above; a quieter machine or more rounds would",
    }[verdict]


def _coloured(text: str, verdict: Verdict, colour: bool) -> str:
    return f"{COLOURS[verdict]}{text}{PLAIN}" if colour else text


def markdown(result: BenchResult) -> str:
    """A summary: the verdict, the headline numbers by scenario, and measures not within budget."""
    verdict = Verdict(result.verdict)
    where = result.environment
    lines = [
        f"## {ICONS[verdict]} Candlefish bench: {verdict}",
        "",
        f"{where.get('browser')} on {where.get('processor')}, {where.get('cores')} cores; {result.made_at}.",
        "",
        *_headlines(result),
        "",
        *_findings(result),
    ]
    for name, runs in result.runs.items():
        if trouble := quietness(runs).trouble:
            lines.append(f"- ❔ Times of {name} cannot be trusted: {trouble}.")
    return "\n".join(lines).rstrip() + "\n"


def workflow_commands(result: BenchResult) -> str:
    """Annotations of GitHub Actions: an error for each broken budget, a warning for each inconclusive one."""
    annotations = [(one.verdict, one.measure, _judgement_text(one)) for one in result.judgements]
    annotations += [(one.verdict, one.measure, _change_text(one)) for one in result.changes]
    return "\n".join(
        f"::{LEVELS[verdict]} title=bench {verdict}: {measure}::{_escaped(text)}"
        for level in LEVELS
        for verdict, measure, text in annotations
        if verdict is level
    )


def _headlines(result: BenchResult) -> list[str]:
    shown = [
        name for name in HEADLINES if any(name in run.values for runs in result.runs.values() for run in runs)
    ]
    heads = [
        f"{MEASURES[name].title}{f' ({unit})' if (unit := MEASURES[name].unit) else ''}" for name in shown
    ]
    lines = ["| scenario | " + " | ".join(heads) + " |", "|---" * (len(shown) + 1) + "|"]
    for scenario, runs in result.runs.items():
        cells = []
        for name in shown:
            values = [run.values[name] for run in runs if name in run.values]
            cells.append(number(median(values)) if values else "")
        lines.append(f"| {scenario} | " + " | ".join(cells) + " |")
    return lines


def _findings(result: BenchResult) -> list[str]:
    findings = [
        f"- {ICONS[one.verdict]} {_judgement_text(one)}" for one in result.judgements if one.verdict in LEVELS
    ]
    return findings + [
        f"- {ICONS[one.verdict]} {_change_text(one)}" for one in result.changes if one.verdict in LEVELS
    ]


def _judgement_text(one: Judgement) -> str:
    measured = f"{with_unit(one.measure, one.value)}, budget {with_unit(one.measure, one.limit)}"
    return f"`{one.measure}` in {one.scenario}: {measured} ({one.why})"


def _change_text(one: MeasuredChange) -> str:
    change = one.test.change
    reach = f"change {number(change.estimate)} [{number(change.low)}, {number(change.high)}]"
    before, after = with_unit(one.measure, one.before), with_unit(one.measure, one.after)
    return f"`{one.measure}` in {one.scenario}: {before} → {after}, {reach} ({one.why})"


def _escaped(text: str) -> str:
    """As workflow commands want it."""
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def block_marks(name: str) -> tuple[str, str]:
    """The comments around the block of a name."""
    return f"<!-- candlefish bench: {name} -->", f"<!-- end of {name} -->"


def read_block(text: str, name: str) -> str | None:
    """The text between the comments of a name; None where they are missing."""
    begin, end = block_marks(name)
    _, block, rest = text.partition(begin)
    inside, closed, _ = rest.partition(end)
    return inside.strip() if block and closed else None


def replace_blocks(path: Path, blocks: Mapping[str, str]) -> str:
    """The text of a file with its blocks replaced, each by the one of the same name.

    Raises:
        BenchError: the file cannot be read, or has the two comments of none of the blocks.
    """
    try:
        text = path.read_text(encoding="utf-8")
    except OSError as error:
        raise BenchError(f"{path}: {error.strerror}") from error
    here = {name: inside for name, inside in blocks.items() if read_block(text, name) is not None}
    if not here:
        wanted = ", or ".join(" and ".join(block_marks(name)) for name in blocks)
        raise BenchError(f"{path}: the lines {wanted} are missing")
    for name, inside in here.items():
        begin, end = block_marks(name)
        head, _, rest = text.partition(begin)
        text = f"{head}{begin}\n{inside}\n{end}{rest.partition(end)[2]}"
    return text


def cost_tables(result: BenchResult) -> dict[str, str]:
    """The blocks that a bench can write, by name.

    Raises:
        BenchError: the bench lacks a scenario of a table.
    """
    return {"costs": cost_table(result), "summary": summary_table(result)}


def cost_table(result: BenchResult) -> str:
    """The table of the fish's costs from a bench, and the machine they were measured on.

    Raises:
        BenchError: the bench lacks a scenario of the table.
    """
    _require_scenarios(result)
    lines = ["| scenario | measure | budget | median | rounds | verdict |", "|---|---|---|---|---|---|"]
    return "\n".join([*lines, *(_cost_row(result, *row) for row in COST_ROWS), "", _footnote(result)])


def summary_table(result: BenchResult) -> str:
    """One row of the costs that matter most, each with its budget and verdict in brackets.

    Raises:
        BenchError: the bench lacks a scenario of the row.
    """
    _require_scenarios(result)
    heads = [head for _, _, head in SUMMARY_COLUMNS]
    cells = [_summary_cell(result, scenario, name) for scenario, name, _ in SUMMARY_COLUMNS]
    lines = [f"| {' | '.join(heads)} |", "|---" * len(heads) + "|", f"| {' | '.join(cells)} |"]
    return "\n".join([*lines, "", _footnote(result)])


def verdict_text(measure: Measure, value: float | None, limit: float | None) -> str:
    """A value against its budget in words: "within", or in bold by how much it is missed."""
    if limit is None or value is None:
        return "–"
    if not measure.exceeds(value, limit):
        return "within"
    missed = "short by" if measure.more_is_better else "over by"
    return f"**{missed} {with_unit(measure.name, abs(value - limit))}**"


def _require_scenarios(result: BenchResult) -> None:
    missing = sorted({scenario for scenario, _ in COST_ROWS} - result.runs.keys())
    if missing:
        raise BenchError(f"the table needs the scenario {missing[0]}, too")


def _values(result: BenchResult, scenario: str, name: str) -> list[float]:
    return [run.values[name] for run in result.runs[scenario] if name in run.values]


def _limit(result: BenchResult, scenario: str, name: str) -> float | None:
    judged = (one.limit for one in result.judgements if (one.scenario, one.measure) == (scenario, name))
    return next(judged, None)


def _sign(measure: Measure) -> str:
    return "≥" if measure.more_is_better else "≤"


def _cost_row(result: BenchResult, scenario: str, name: str) -> str:
    measure, values, limit = MEASURES[name], _values(result, scenario, name), _limit(result, scenario, name)
    value = median(values) if values else None
    cells = (
        scenario,
        measure.title,
        "–" if limit is None else f"{_sign(measure)} {with_unit(name, limit)}",
        "–" if value is None else with_unit(name, value),
        spread(values) or "–",
        verdict_text(measure, value, limit),
    )
    return f"| {' | '.join(cells)} |"


def _summary_cell(result: BenchResult, scenario: str, name: str) -> str:
    measure, values, limit = MEASURES[name], _values(result, scenario, name), _limit(result, scenario, name)
    value = median(values) if values else None
    if limit is None:
        return number(value)
    return f"{number(value)} ({_sign(measure)} {number(limit)}: {verdict_text(measure, value, limit)})"


def _footnote(result: BenchResult) -> str:
    env = result.environment
    rounds = max(len(result.runs[scenario]) for scenario, _ in COST_ROWS)
    trouble = worst_trouble(result.runs.values())
    noise = f" Not quiet: {trouble}." if trouble else ""
    return (
        f"{env.get('browser')}, {env.get('processor')}, {env.get('cores')} cores, 1280×720; "
        f"{rounds} interleaved rounds, {result.made_at[:10]}.{noise}"
    )
