"""The page about the bench says what the bench does, and the README's tables are the bench's own."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from candlefish.bench import judge, machine
from candlefish.bench.cli import parser
from candlefish.bench.errors import BenchError
from candlefish.bench.faults import FAULTS
from candlefish.bench.measures import MEASURES
from candlefish.bench.peers.entrants import BASELINE, OURS, PEERS, title
from candlefish.bench.report.readme import ROWS, block, costs, rewritten
from candlefish.bench.scenario import load_scenarios
from candlefish.bench.self_test import CLEAN
from tests.bench.test_record import a_record

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "bench.md").read_text(encoding="utf-8")
README = (ROOT / "README.md").read_text(encoding="utf-8")
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
    told = section("Does it find what is wrong?")
    assert re.findall(r"^- .*$", told, re.MULTILINE) == [f"- `{one.name}`: {one.title}." for one in FAULTS]
    assert f"(`{CLEAN}`)" in told


def test_the_thresholds_are_the_codes() -> None:
    told = " ".join(section("How it judges").split())
    assert f"more than {machine.DISTURBED_SHARE:.0%}".replace("%", " %") in told
    assert f"differ by more than {judge.CALIBRATION_SPREAD - 1:.0%}".replace("%", " %") in told
    assert f"under {judge.CLEAR:g} times" in told


@pytest.mark.parametrize("name", ["costs", "peers"])
def test_the_readme_says_on_what_it_was_measured(name: str) -> None:
    found = block(README, name)
    assert found is not None
    last = found.splitlines()[-1]
    assert re.search(r"Chrome/[\d.]+, .+, \d+ cores, 1280×720", last)
    assert re.search(r"\d+ interleaved round", last)


def test_the_readmes_costs_have_the_generated_form() -> None:
    found = block(README, "costs")
    assert found is not None
    told = [[cell.strip() for cell in line.split("|")[1:3]] for line in found.splitlines()[2:] if "|" in line]
    assert told == [[scenario, MEASURES[name].title] for scenario, name in ROWS]


def test_the_readmes_peers_have_the_generated_form() -> None:
    found = block(README, "peers")
    assert found is not None
    head, _, *rows = [line for line in found.splitlines() if line.startswith("|")]
    assert re.fullmatch(r"\| \|( N = [\d,]+ \|)+", head)
    names = [row.split("|")[1].strip() for row in rows]
    assert set(names) <= {title(name) for name in (OURS, *(peer.name for peer in PEERS))}
    assert names[0] == title(BASELINE)
    for row in rows:
        cells = [cell.strip() for cell in row.split("|")[2:-1]]
        assert len(cells) == head.count("N =")
        assert all(CELL.fullmatch(cell) for cell in cells), row


def test_a_block_is_rewritten_and_nothing_else(tmp_path: Path) -> None:
    path = tmp_path / "README.md"
    path.write_text("a\n<!-- candlefish bench: peers -->\nold\n<!-- end of peers -->\nz\n", encoding="utf-8")
    text = rewritten(path, "peers", "| new |")
    assert text == "a\n<!-- candlefish bench: peers -->\n| new |\n<!-- end of peers -->\nz\n"
    assert block(text, "peers") == "| new |"
    with pytest.raises(BenchError, match="candlefish bench: costs"):
        rewritten(path, "costs", "")


def test_costs_need_their_scenarios_and_say_what_was_measured() -> None:
    record = a_record()
    with pytest.raises(BenchError, match="needs the scenario cold-load"):
        costs(record)
    record.runs |= {scenario: record.runs["idle"] for scenario, _ in ROWS}
    lines = costs(record).splitlines()
    assert "| gentle | frames a second, where it draws | – | 60.0 1/s | 60.0 … 60.0 |" in lines
    assert lines[-1] == "Chrome/1, A <processor>, 2 cores, 1280×720; 3 interleaved rounds, 2026-01-02."
