"""The browser's Python and the native one live the same life."""

from __future__ import annotations

import json
import math
import os
import subprocess
from pathlib import Path

import pytest

from tests.agreement.scenario import SECONDS, play

HERE = Path(__file__).parent
SEEDS = (1, 7)
WITHIN_PX = 1.0
"""How far the two may have drifted apart after a minute: their sin and exp differ in the last bits."""


@pytest.fixture(scope="module")
def dist() -> Path:
    path = Path(os.environ.get("CANDLEFISH_DIST", HERE.parents[1] / "dist"))
    if not (path / "manifest.json").is_file():
        pytest.fail(f"{path} holds no built site: run `python3 build.py build` first", pytrace=False)
    return path


def play_in_pyodide(dist: Path, seed: int) -> str:
    (pyodide,) = dist.glob("pyodide-*")
    wheels = sorted(dist.glob("py-*/*.whl"), reverse=True)
    command = ["node", *map(str, (HERE / "play.mjs", pyodide, HERE / "scenario.py", seed, *wheels))]
    done: subprocess.CompletedProcess[str] = subprocess.run(
        command, capture_output=True, text=True, timeout=300, check=False
    )
    assert done.returncode == 0, done.stderr[-2000:]
    return done.stdout


@pytest.mark.parametrize("seed", SEEDS)
def test_native_and_browser_python_agree_after_a_minute(dist: Path, seed: int) -> None:
    native, browser = json.loads(play(seed)), json.loads(play_in_pyodide(dist, seed))
    assert len(native["changes"]) >= 5
    assert len(native["places"]) == SECONDS
    assert browser["changes"] == native["changes"]
    assert browser["trust"] == pytest.approx(native["trust"], abs=1e-6)
    assert browser["eaten"] == native["eaten"] > 0
    apart = [math.dist(a, b) for a, b in zip(native["places"], browser["places"], strict=True)]
    assert max(apart) < WITHIN_PX, f"{max(apart):.3f} px apart"
