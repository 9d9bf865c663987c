"""The page about the bench says what the bench does, and the tables of costs are the bench's own."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from candlefish.bench import BenchError, machine, verdict
from candlefish.bench.cli import parser
from candlefish.bench.measures import MEASURES
from candlefish.bench.peers.comparison import BASELINE, OURS, PEERS, peer_title
from candlefish.bench.result_text import (
    COST_ROWS,
    SUMMARY_COLUMNS,
    block_marks,
    cost_table,
    read_block,
    replace_blocks,
    summary_table,
    verdict_text,
)
from candlefish.bench.scenario import load_scenarios
from candlefish.bench.self_test import CLEAN, FAULTS
from tests.bench.budget_tables import budgets, unmarked
from tests.bench.runs import a_result

if TYPE_CHECKING:
    from collections.abc import Callable

    from candlefish.bench.result import BenchResult
    from tests.bench.budget_tables import Row

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "bench.md").read_text(encoding="utf-8")
README = (ROOT / "README.md").read_text(encoding="utf-8")
PERFORMANCE = (ROOT / "docs" / "performance.md").read_text(encoding="utf-8")
WITH_BUDGETS = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]
BAD_TABLE = """\
| scenario | measure | budget | median | verdict |
|---|---|---|---|---|
| load | too late, and says nothing | ≤ 800 ms | 931 ms | within |
| load | too late, and says so | ≤ 1,000 ms | 1,131 ms | **over by 131 ms** |
| load | in time | ≤ 1,000 ms | 931 ms | within |
| load | in time, and accused | ≤ 800 ms | 700 ms | **over by 100 ms** |
| swim | too slow, and says nothing | ≥ 55.0 1/s | 31.0 1/s | – |
| swim | has no budget | – | 31.0 1/s | – |

| frames a second | memory, MB | first frame, ms |
|---|---|---|
| 60.0 (≥ 55.0: within) | 51.2 (≤ 45.0: within) | 931 (≤ 800: **over by 131 ms**) |
"""
CELL = re.compile(r"–|did not run|[\d.]+×, \d+ fps|[\d.,]+ ms, \d+ fps")


def test_every_option_is_told() -> None:
    options = {
        name for action in parser()._actions for name in action.option_strings if name.startswith("--")
    }
    assert options - {"--help"} == set(re.findall(r"--[a-z]+(?:-[a-z]+)?", section("Options")))


def section(heading: str) -> str:
    return PAGE.partition(f"## {heading}\n")[2].partition("\n## ")[0]


def test_every_measure_is_told_as_it_is() -> None:
    rows = [f"| `{one.name}` | {one.title} | {one.unit or '–'} | {one.noise} |" for one in MEASURES.values()]
    assert re.findall(r"^\| `.*$", section("What it measures"), re.MULTILINE) == rows


def test_every_scenario_is_told() -> None:
    rows = [f"| `{name}` | {one.title} |" for name, one in load_scenarios().items()]
    assert re.findall(r"^\| `.*$", section("How it measures"), re.MULTILINE) == rows


def test_every_fault_is_told() -> None:
    text_shown = section("Does it find what is wrong?")
    assert re.findall(r"^- .*$", text_shown, re.MULTILINE) == [
        f"- `{one.name}`: {one.title}." for one in FAULTS
    ]
    assert f"(`{CLEAN}`)" in text_shown


def test_the_thresholds_are_the_codes() -> None:
    text_shown = " ".join(section("How it judges").split())
    assert f"more than {machine.DISTURBED_SHARE:.0%}".replace("%", " %") in text_shown
    assert f"differ by more than {verdict.CALIBRATION_SPREAD - 1:.0%}".replace("%", " %") in text_shown
    assert f"under {verdict.CLEAR:g} times" in text_shown


@pytest.mark.parametrize(
    ("text", "name"), [(README, "summary"), (PERFORMANCE, "costs"), (PERFORMANCE, "peers")]
)
def test_a_table_says_on_what_it_was_measured(text: str, name: str) -> None:
    block = read_block(text, name)
    assert block is not None
    last = block.splitlines()[-1]
    assert re.search(r"Chrome/[\d.]+, .+, \d+ cores, 1280×720", last)
    assert re.search(r"\d+ interleaved round", last)


def test_the_costs_have_the_generated_form() -> None:
    block = read_block(PERFORMANCE, "costs")
    assert block is not None
    text_shown = [
        [cell.strip() for cell in line.split("|")[1:3]] for line in block.splitlines()[2:] if "|" in line
    ]
    assert text_shown == [[scenario, MEASURES[name].title] for scenario, name in COST_ROWS]


def test_the_readmes_row_has_the_generated_form_and_the_numbers_of_the_costs() -> None:
    block = read_block(README, "summary")
    assert block is not None
    head, _, row = [line for line in block.splitlines() if line.startswith("|")]
    assert head == f"| {' | '.join(title for *_, title in SUMMARY_COLUMNS)} |"
    costs_of = {
        tuple(COST_ROWS[i]): (one.value, one.limit, one.verdict)
        for i, one in enumerate_budgets(read_block(PERFORMANCE, "costs") or "")
    }
    shown = [(one.value, one.limit, one.verdict) for one in budgets(row)]
    assert shown == [costs_of[scenario, name] for scenario, name, _ in SUMMARY_COLUMNS]


def enumerate_budgets(text: str) -> list[tuple[int, Row]]:
    """The rows of the table of costs that have a budget, each with its number in the table."""
    lines = text.splitlines()[2:]
    return [(lines.index(row.text), row) for row in budgets(text)]


@pytest.mark.parametrize("path", WITH_BUDGETS, ids=lambda path: path.name)
def test_a_missed_budget_says_so(path: Path) -> None:
    assert unmarked(path.read_text(encoding="utf-8")) == []


def test_the_tables_with_budgets_are_found() -> None:
    assert len(list(budgets(README))) == len(SUMMARY_COLUMNS)
    assert len(list(budgets(PERFORMANCE))) >= 8


def test_a_table_that_hides_a_missed_budget_is_found_out() -> None:
    hidden = unmarked(BAD_TABLE)
    text_shown = [
        "too late, and says nothing",
        "in time, and accused",
        "too slow, and says nothing",
        "51.2 (≤ 45.0",
    ]
    assert [text in line for text, line in zip(text_shown, hidden, strict=True)] == [True] * 4


@pytest.mark.parametrize(
    ("name", "value", "limit", "words"),
    [
        ("ready_ms", 931.0, 800.0, "**over by 131 ms**"),
        ("ready_ms", 800.0, 800.0, "within"),
        ("fps", 52.0, 55.0, "**short by 3 1/s**"),
        ("fps", 60.0, 55.0, "within"),
        ("memory_mb", 41.6, None, "–"),
        ("memory_mb", None, 45.0, "–"),
    ],
)
def test_a_verdict_in_words(name: str, value: float | None, limit: float | None, words: str) -> None:
    assert verdict_text(MEASURES[name], value, limit) == words


def test_the_peers_have_the_generated_form() -> None:
    block = read_block(PERFORMANCE, "peers")
    assert block is not None
    head, _, *rows = [line for line in block.splitlines() if line.startswith("|")]
    assert re.fullmatch(r"\| \|( N = [\d,]+ \|)+", head)
    names = [row.split("|")[1].strip() for row in rows]
    assert set(names) <= {peer_title(name) for name in (OURS, *(peer.name for peer in PEERS))}
    assert names[0] == peer_title(BASELINE)
    for row in rows:
        cells = [cell.strip() for cell in row.split("|")[2:-1]]
        assert len(cells) == head.count("N =")
        assert all(CELL.fullmatch(cell) for cell in cells), row


def test_a_block_is_rewritten_and_nothing_else(tmp_path: Path) -> None:
    path = tmp_path / "README.md"
    path.write_text("a\n<!-- candlefish bench: peers -->\nold\n<!-- end of peers -->\nz\n", encoding="utf-8")
    text = replace_blocks(path, {"peers": "| new |", "costs": "| not here |"})
    assert text == "a\n<!-- candlefish bench: peers -->\n| new |\n<!-- end of peers -->\nz\n"
    assert read_block(text, "peers") == "| new |"
    with pytest.raises(BenchError, match=r"candlefish bench: costs .* or .*candlefish bench: summary"):
        replace_blocks(path, {"costs": "", "summary": ""})


def test_each_file_gets_the_tables_it_has_marks_for(tmp_path: Path) -> None:
    from candlefish.bench.benchmark import BenchOptions, write_reports

    record = with_all_scenarios()
    paths = {name: tmp_path / f"{name}.md" for name in ("summary", "costs")}
    for name, path in paths.items():
        path.write_text("\n".join(block_marks(name)), encoding="utf-8")
    write_reports(BenchOptions(readme=tuple(paths.values())), record)
    written = {name: read_block(path.read_text(encoding="utf-8"), name) for name, path in paths.items()}
    assert written == {"summary": summary_table(record), "costs": cost_table(record)}


def with_all_scenarios() -> BenchResult:
    """A bench of every scenario of the tables, with a budget missed by 100 ms."""
    record = a_result()
    record.runs |= {scenario: record.runs["idle"] for scenario, _ in COST_ROWS}
    record.titles |= {scenario: scenario for scenario, _ in COST_ROWS}
    record.judgements.append(verdict.judge("repeat-load", MEASURES["ready_ms"], 800.0, record.runs["idle"]))
    return record


@pytest.mark.parametrize("table", [cost_table, summary_table])
def test_a_table_needs_its_scenarios(table: Callable[[BenchResult], str]) -> None:
    with pytest.raises(BenchError, match="needs the scenario cold-load"):
        table(a_result())


def test_the_costs_say_what_was_measured_and_what_is_missed() -> None:
    lines = cost_table(with_all_scenarios()).splitlines()
    assert "| gentle | frames a second, where it draws | – | 60.0 1/s | 60.0 … 60.0 | – |" in lines
    missed = "| repeat-load | Python's first frame | ≤ 800 ms | 900 ms | 900 … 900 | **over by 100 ms** |"
    assert missed in lines
    assert lines[-1] == "Chrome/1, A <processor>, 2 cores, 1280×720; 3 interleaved rounds, 2026-01-02."


def test_the_row_says_what_was_measured_and_what_is_missed() -> None:
    head, _, row, _, footnote = summary_table(with_all_scenarios()).splitlines()
    assert head.startswith("| frames a second | first frame, ms |")
    assert row == "| 60.0 | 900 | 900 (≤ 800: **over by 100 ms**) | 5,760 | – |"
    assert footnote.endswith("3 interleaved rounds, 2026-01-02.")


def test_the_heads_of_the_row_have_the_measures_units() -> None:
    units = [head.partition(", ")[2] or "1/s" for _, _, head in SUMMARY_COLUMNS]
    assert units == [MEASURES[name].unit for _, name, _ in SUMMARY_COLUMNS]
