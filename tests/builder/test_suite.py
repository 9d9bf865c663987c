"""``build.py test`` runs every check and is honest about them; each command does its own."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from builder import __main__ as builder_main
from builder import chromium, pins, pipeline, suite, system_packages
from builder.arguments import parser
from builder.errors import BuildError
from builder.paths import CACHE, DIST, ROOT
from candlefish import cli

PASS = [sys.executable, "-c", ""]
FAIL = [sys.executable, "-c", "raise SystemExit(3)"]
NOTE_BROWSER = [
    sys.executable,
    "-c",
    "import os, sys; open(sys.argv[1], 'w').write(os.environ['CANDLEFISH_CHROMIUM'])",
]


@pytest.fixture(autouse=True)
def ready(monkeypatch: pytest.MonkeyPatch) -> None:
    """A browser and a built site are there."""
    monkeypatch.setattr(chromium, "find_or_install", lambda: (Path("/opt/chromium"), "installed"))
    monkeypatch.setattr(system_packages, "find_or_install", lambda: "installed")
    monkeypatch.setattr(suite, "build", lambda: None)


def run_with(monkeypatch: pytest.MonkeyPatch, *commands: list[str]) -> int:
    checks = [(f"check {number}", command) for number, command in enumerate(commands)]
    monkeypatch.setattr(suite, "checks", lambda _arguments: checks)
    return suite.test([])


def test_all_passed(monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]) -> None:
    assert run_with(monkeypatch, PASS, PASS) == 0
    assert capfd.readouterr().out.count("passed") == 2


def test_a_failure_fails_the_suite_but_stops_nothing(
    monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    assert run_with(monkeypatch, FAIL, PASS) == 1
    lines = capfd.readouterr().out.strip().splitlines()[-2:]
    assert [line.split("s  ")[1] for line in lines] == ["check 0: FAILED", "check 1: passed"]


def test_the_tests_are_told_the_browser(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    assert run_with(monkeypatch, [*NOTE_BROWSER, str(tmp_path / "note")]) == 0
    assert (tmp_path / "note").read_text() == "/opt/chromium"


def test_arguments_after_the_dashes_go_to_pytest() -> None:
    options = parser().parse_args(["test", "--", "-k", "glow"])
    commands = dict(suite.checks(options.pytest))
    assert commands.keys() == {"lint", "format", "types", "tests"}
    assert commands["tests"][1:] == ["-m", "pytest", "-k", "glow"]


SERVICE = ["service", "--dist", str(DIST), "--data", str(CACHE / "service"), "--host", "127.0.0.1"]


@pytest.fixture
def called(monkeypatch: pytest.MonkeyPatch) -> list[object]:
    """What the commands did, noted instead of done."""
    calls: list[object] = []

    def build(*, offline: bool = True) -> None:
        calls.append("build" if offline else "build without a service worker")

    def main(arguments: list[str]) -> int:
        calls.append(arguments)
        return 0

    def test(arguments: list[str]) -> int:
        calls.append(arguments)
        return 1

    monkeypatch.setattr(pipeline, "build", build)
    monkeypatch.setattr(pins, "pins", lambda: calls.append("pins"))
    monkeypatch.setattr(cli, "main", main)
    monkeypatch.setattr(suite, "test", test)
    return calls


@pytest.mark.parametrize(
    ("arguments", "expected", "status"),
    [
        (["build"], ["build"], 0),
        (["build", "--no-offline"], ["build without a service worker"], 0),
        (["setup"], [], 0),
        (["pins"], ["pins"], 0),
        (["serve", "--port", "81"], ["build", [*SERVICE, "--port", "81"]], 0),
        (["serve"], ["build", SERVICE], 0),
        (["test", "--", "-x"], [["-x"]], 1),
    ],
)
def test_each_command_does_its_own(
    called: list[object],
    monkeypatch: pytest.MonkeyPatch,
    arguments: list[str],
    expected: list[object],
    status: int,
) -> None:
    monkeypatch.setattr(sys, "argv", ["build.py", *arguments])
    assert builder_main.main() == status
    assert called == expected


WAIT_FOR_TERM = """
import runpy, subprocess, sys
from builder import pipeline
sys.argv = ["build.py", "build"]
child = [sys.executable, "-c", "import os, time; print(os.getpid(), flush=True); time.sleep(60)"]
pipeline.build = lambda **_: subprocess.run(child, check=False)
runpy.run_module("builder", run_name="__main__")
"""


def test_a_terminated_build_takes_what_it_started_with_it() -> None:
    command = [sys.executable, "-c", WAIT_FOR_TERM]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        child = int(process.stdout.readline())
        process.terminate()
        assert process.wait(timeout=20) == 143
    with pytest.raises(ProcessLookupError):
        os.kill(child, 0)


def raise_build_error(**_: bool) -> None:
    raise BuildError("web/ holds no page")


def raise_interrupt(**_: bool) -> None:
    raise KeyboardInterrupt


def test_an_error_is_plain_and_an_interruption_quiet(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "argv", ["build.py", "build"])
    monkeypatch.setattr(pipeline, "build", raise_build_error)
    assert builder_main.main() == 1
    assert capsys.readouterr().err == "error: web/ holds no page\n"
    monkeypatch.setattr(pipeline, "build", raise_interrupt)
    assert builder_main.main() == 130
    assert capsys.readouterr().err == "\ninterrupted\n"
