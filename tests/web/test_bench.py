"""The bench itself, run as anybody runs it: what it writes is whole, and a planted fault is named.

Nothing here depends on how fast or how busy the machine is.
"""

from __future__ import annotations

import json
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest
from playwright.sync_api import sync_playwright

from candlefish.bench.browser import find_program
from candlefish.bench.frame_run import measure_frames
from candlefish.bench.measures import load_budgets
from candlefish.bench.probe import Fault
from candlefish.bench.result import result_schema, schema_problems
from candlefish.bench.runs import RunSetup
from candlefish.bench.scenario import load_scenarios
from tests.ops.bad_builds import SLOW

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = [pytest.mark.browser, pytest.mark.slow]
LONG_S = 1200.0
FEWEST_SAMPLES = 3


def bench(*arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "candlefish", "bench", *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=False, timeout=LONG_S)


@pytest.fixture(scope="module")
def written(dist: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What one short bench wrote."""
    place = tmp_path_factory.mktemp("bench")
    files = [f"--{kind}={place / kind}" for kind in ("json", "html", "markdown", "history")]
    scenarios = ["--scenario=gentle", "--scenario=cold-load"]
    done = bench(str(dist), *scenarios, "--seconds=3", "--rounds=1", *files)
    assert done.returncode in {0, 1, 2}, done.stderr
    return place


def found(written: Path, scenario: str) -> dict[str, Any]:
    result = json.loads((written / "json").read_text(encoding="utf-8"))
    run: dict[str, Any] = result["scenarios"][scenario]["runs"][0]
    return run


def test_the_result_is_of_its_schema(written: Path) -> None:
    assert schema_problems(json.loads((written / "json").read_text(encoding="utf-8")), result_schema()) == []


def test_every_group_of_measures_is_there(written: Path) -> None:
    values = found(written, "gentle")["values"]
    wanted = (
        "fps presented_fps cpu_ms cpu_ratio work_ms step_ms list_ms raster_ms crossings allocated_kb "
        "memory_mb js_mb wasm_mb canvas_mb renderer_pss_mb long_tasks"
    )
    assert set(wanted.split()) <= values.keys()
    assert all(values[name] > 0.0 for name in wanted.split() if name != "long_tasks")
    parts = values["js_mb"] + values["wasm_mb"] + values["canvas_mb"]
    assert values["memory_mb"] == pytest.approx(parts, abs=0.01)
    load = found(written, "cold-load")["values"]
    assert {"fcp_ms", "lcp_ms", "cls", "ready_ms", "restored_ms", "bytes_kb", "requests"} <= load.keys()


def test_the_pictures_have_what_they_are_drawn_from(written: Path) -> None:
    series = found(written, "gentle")["series"]
    assert len(series["memory"]) >= FEWEST_SAMPLES
    assert series["slopes"] == {}
    assert len(series["shots"]) == 2
    load = found(written, "cold-load")["series"]
    assert {"page", "worker"} == {one["by"] for one in load["resources"]}
    assert len(load["shots"]) >= 1
    page = (written / "html").read_text(encoding="utf-8")
    for heading in ("Every frame", "Memory over time", "Boot waterfall", "What the bytes are", "Pictures"):
        assert heading in page


def test_the_summary_and_the_history_are_written(written: Path) -> None:
    assert (written / "markdown").read_text(encoding="utf-8").startswith("## ")
    [line] = (written / "history").read_text(encoding="utf-8").splitlines()
    assert json.loads(line)["medians"].keys() == {"gentle", "cold-load"}


def test_a_planted_file_is_found_on_any_machine(dist: Path) -> None:
    done = bench(str(dist), "--self-test", "--scenario=asset", "--rounds=1", "--quiet")
    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stdout.startswith("caught     asset:")


@pytest.mark.long
@pytest.mark.alone
def test_in_ten_minutes_nothing_grows(dist: Path, tmp_path: Path) -> None:
    done = bench(str(dist), "--scenario=soak", "--rounds=1", "--quiet", f"--json={tmp_path / 'json'}")
    assert done.returncode in {0, 1, 2}, done.stderr
    result = json.loads((tmp_path / "json").read_text(encoding="utf-8"))
    growth = result["scenarios"]["soak"]["runs"][0]["series"]["slopes"]["slope_mb_min"]
    assert growth["low"] <= load_budgets(None, ["soak"])["frames"]["slope_mb_min"]


def test_frames_the_page_asks_for_do_not_stand_in_for_a_fish_that_hardly_draws(address: str) -> None:
    """A visitor whose pointer moves makes the page ask for far more frames than this fish draws."""
    fault = Fault("hardly-draws", "300 ms a frame", "gentle", 6.0, frozenset(), worker_js=SLOW.decode())
    scenario = replace(load_scenarios()["gentle"].lasting(6.0), sample_every_s=6.0, warm_up_s=1.0)

    def look() -> dict[str, float]:
        with sync_playwright() as playwright:
            return measure_frames(RunSetup(playwright, find_program(), address, fault), scenario).values

    with ThreadPoolExecutor(1) as apart:  # from the session's own Playwright
        assert 0.0 < apart.submit(look).result()["fps"] < 1000.0 / 300.0
