"""The result as a table on the terminal."""

from __future__ import annotations

from typing import TYPE_CHECKING

from candlefish.bench.judge import Judgement, Verdict, quietness
from candlefish.bench.measures import MEASURES
from candlefish.bench.report.numbers import number, spread, with_unit
from candlefish.bench.stats import median

if TYPE_CHECKING:
    from candlefish.bench.compare import Change
    from candlefish.bench.record import Record
    from candlefish.bench.run import Run

MARKS = {Verdict.WITHIN: "✓", Verdict.BROKEN: "✗", Verdict.CANNOT_TELL: "?"}
COLOURS = {Verdict.WITHIN: "\033[32m", Verdict.BROKEN: "\033[31m", Verdict.CANNOT_TELL: "\033[33m"}
PLAIN = "\033[0m"


def table(record: Record, *, colour: bool) -> str:
    """All measures of all scenarios with their verdicts, then what is not within, then the verdict."""
    parts = [_scenario(record, name, runs, colour) for name, runs in record.runs.items()]
    findings = [_finding(one, colour) for one in record.judgements if one.verdict is not Verdict.WITHIN]
    findings += [_news(one, colour) for one in record.changes if one.verdict is not Verdict.WITHIN]
    verdict = Verdict(record.verdict)
    return "\n".join(
        [*parts, *findings, "", _coloured(f"{MARKS[verdict]} {_in_words(verdict)}", verdict, colour)]
    )


def _scenario(record: Record, name: str, runs: list[Run], colour: bool) -> str:
    quiet = quietness(runs)
    share = "" if quiet.foreign_share is None else f", other programs {quiet.foreign_share:.0%}"
    loop_ms = median([run.calibration_ms for run in runs])
    head = f"{record.titles[name]}  ({name}; {len(runs)} rounds, calibration {loop_ms:.2f} ms{share})"
    lines = ["", head]
    if quiet.trouble:
        lines.append(f"  times cannot be trusted: {quiet.trouble}")
    judged = {one.measure: one for one in record.judgements if one.scenario == name}
    lines += [
        _row(measure, runs, judged.get(measure), colour) for measure in MEASURES if _measured(measure, runs)
    ]
    lines += [f"  note: {note}" for note in sorted({note for run in runs for note in run.notes})]
    return "\n".join(lines)


def _measured(name: str, runs: list[Run]) -> bool:
    return any(name in run.values for run in runs)


def _row(name: str, runs: list[Run], judged: Judgement | None, colour: bool) -> str:
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


def _finding(one: Judgement, colour: bool) -> str:
    text = (
        f"{MARKS[one.verdict]} {one.verdict}: {one.measure} in {one.scenario}: "
        f"{with_unit(one.measure, one.value)}, budget {with_unit(one.measure, one.limit)} ({one.why})"
    )
    return _coloured(text, one.verdict, colour)


def _news(one: Change, colour: bool) -> str:
    change = one.test.change
    before, after = with_unit(one.measure, one.before), with_unit(one.measure, one.after)
    reach = f"change {number(change.estimate)} [{number(change.low)}, {number(change.high)}]"
    where = f"{MARKS[one.verdict]} {one.verdict}: {one.measure} in {one.scenario}"
    return _coloured(f"{where}: {before} → {after}, {reach} ({one.why})", one.verdict, colour)


def _in_words(verdict: Verdict) -> str:
    return {
        Verdict.WITHIN: "within all budgets",
        Verdict.BROKEN: "broken",
        Verdict.CANNOT_TELL: "can't tell: see above; a quieter machine or more rounds would",
    }[verdict]


def _coloured(text: str, verdict: Verdict, colour: bool) -> str:
    return f"{COLOURS[verdict]}{text}{PLAIN}" if colour else text
