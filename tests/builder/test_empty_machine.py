"""README's first commands on an empty Debian: for real where this is asked for, its refusals always."""

from __future__ import annotations

import os
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from builder.workspace import ROOT

if TYPE_CHECKING:
    from pathlib import Path

SCRIPT = ROOT / "tests" / "empty_machine.py"
SKIPPED = 77


@pytest.mark.long
def test_readmes_first_commands_work_on_an_empty_debian() -> None:
    done = subprocess.run([sys.executable, str(SCRIPT)], stdout=subprocess.PIPE, text=True, check=False)
    last = done.stdout.strip().rpartition("\n")[2]
    if done.returncode == SKIPPED:
        pytest.skip(last)
    assert done.returncode == 0, done.stdout[-4000:]


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ("os.geteuid = lambda: 1000", "skipped: an empty Debian needs Linux, and root to make one\n"),
        (
            "os.geteuid = lambda: 0; shutil.which = lambda program: None",
            "skipped: debootstrap is missing, and there is no apt-get to install it\n",
        ),
    ],
    ids=["not root", "no debootstrap"],
)
@pytest.mark.skipif(sys.platform != "linux", reason="it is about Linux")
def test_where_it_cannot_be_done_it_says_why(tmp_path: Path, change: str, why: str) -> None:
    code = f"import os, runpy, shutil, sys; {change}; runpy.run_path({str(SCRIPT)!r}, run_name='__main__')"
    done = subprocess.run(
        [sys.executable, "-S", "-c", code],
        cwd=tmp_path,
        env={"PATH": os.environ["PATH"]},
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stdout, done.stderr) == (SKIPPED, why, "")
