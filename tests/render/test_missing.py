"""Without Skia, or what Skia needs of the system: a sentence from the command, and no test that dies."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
LIBRARY = "libEGL.so.1: cannot open shared object file: No such file or directory"
LACKING = (
    "error: Skia needs libEGL.so.1, which is missing from this system: install it"
    " (Debian, Ubuntu: apt-get install libegl1 libgl1)\n"
)
USING_SKIA = ("tests/render", "tests/studio/test_effects.py")


def python(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, *arguments],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(folder)},
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.parametrize(
    ("raised", "printed"),
    [
        (
            f"ImportError({LIBRARY!r})",
            LACKING,
        ),
        (
            "ModuleNotFoundError('No module named skia', name='skia')",
            "error: skia is not installed: pip install 'candlefish[render]'\n",
        ),
        ("ImportError('undefined symbol', name='skia')", "error: skia cannot be loaded: undefined symbol\n"),
    ],
    ids=["a library", "the extra", "anything else"],
)
def test_the_command_says_what_is_missing(tmp_path: Path, raised: str, printed: str) -> None:
    (tmp_path / "skia.py").write_text(f"raise {raised}\n")
    done = python(tmp_path, "-m", "candlefish", "render", "--out", str(tmp_path / "fish.png"))
    assert (done.returncode, done.stderr) == (1, printed)


def test_the_tests_that_need_skia_are_skipped_and_say_what_is_missing(tmp_path: Path) -> None:
    (tmp_path / "skia.py").write_text(f"raise ImportError({LIBRARY!r})\n")
    pytest_run = ("-m", "pytest", "--collect-only", "-q", "-p", "no:cacheprovider", *USING_SKIA)
    done = python(tmp_path, *pytest_run)
    assert done.returncode == 0, done.stdout
    assert "error" not in done.stdout.splitlines()[-1]
    assert done.stdout.count(LIBRARY) >= len(USING_SKIA)
