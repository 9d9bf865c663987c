"""One build at a time in a working tree."""

from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING

from builder.workspace import ROOT, exclusive

if TYPE_CHECKING:
    from pathlib import Path

    import pytest

HOLD_LOCK = """
import sys, time
from pathlib import Path
from builder.workspace import exclusive
with exclusive(Path(sys.argv[1])):
    print("held", flush=True)
    time.sleep(0.5)
"""


def test_one_build_waits_for_another(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    lock = tmp_path / "lock"
    holding = [sys.executable, "-c", HOLD_LOCK, str(lock)]
    with subprocess.Popen(holding, cwd=ROOT, stdout=subprocess.PIPE, text=True) as other:
        assert other.stdout is not None
        assert other.stdout.readline() == "held\n"
        with exclusive(lock):
            assert other.wait(timeout=60) == 0
    assert "waiting for another build" in capsys.readouterr().out
