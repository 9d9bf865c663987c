"""``build.py test`` runs every check and is honest about them; each command does its own."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from builder import __main__ as builder_main
from builder import node, pipeline, prerequisites, suite, versions
from builder.bootstrap import parser
from builder.steps import BuildError
from builder.workspace import CACHE, DIST, ROOT
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
    monkeypatch.setattr(prerequisites, "find_chromium", lambda: (Path("/opt/chromium"), "installed"))
    monkeypatch.setattr(prerequisites, "find_packages", lambda: "installed")
    monkeypatch.setattr(suite, "build", lambda: None)
    monkeypatch.setattr(node, "install_packages", lambda *_: False)


def run_with(monkeypatch: pytest.MonkeyPatch, *commands: list[str]) -> int:
    *static, last = [(f"check {number}", command) for number, command in enumerate(commands)]
    monkeypatch.setattr(suite, "static_checks", lambda: static)
    monkeypatch.setattr(suite, "tests", lambda _arguments: last[1])
    return suite.test([])


def noted_tests(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Run nothing in place of the tests; what they would have been given."""
    given: list[str] = []

    def tests(arguments: list[str]) -> list[str]:
        given.extend(arguments)
        return PASS

    monkeypatch.setattr(suite, "tests", tests)
    return given


def test_all_passed(monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]) -> None:
    assert run_with(monkeypatch, PASS, PASS) == 0
    assert capfd.readouterr().out.count("passed") == 2


def test_a_failure_fails_the_suite_but_stops_nothing(
    monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    assert run_with(monkeypatch, FAIL, PASS) == 1
    lines = capfd.readouterr().out.strip().splitlines()[-2:]
    assert [line.split("s  ")[1] for line in lines] == ["check 0: FAILED", "tests: passed"]


def test_the_tests_are_told_the_browser(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    assert run_with(monkeypatch, [*NOTE_BROWSER, str(tmp_path / "note")]) == 0
    assert (tmp_path / "note").read_text() == "/opt/chromium"


def test_arguments_after_the_dashes_go_to_pytest(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("os.cpu_count", lambda: 2)
    options = parser().parse_args(["test", "--", "-k", "glow"])
    command = suite.tests(options.pytest)
    assert command[1:5] == ["-m", "pytest", "-n", "2"]
    assert command[-2:] == ["-k", "glow"]
    names = ["lint", "format", "types", "JavaScript lint and format", "JavaScript units"]
    assert [name for name, _ in suite.static_checks()] == names


def test_every_unit_test_of_the_javascript_is_run() -> None:
    (units,) = (command for name, command in suite.static_checks() if name == "JavaScript units")
    assert {"tests/javascript/beacon.test.mjs", "tests/javascript/memory-store.test.mjs"} <= set(units)


def test_there_are_two_workers_at_least_and_four_at_most(monkeypatch: pytest.MonkeyPatch) -> None:
    found = []
    for cores in (None, 1, 3, 64):
        monkeypatch.setattr("os.cpu_count", lambda cores=cores: cores)
        found.append(suite.tests([])[4])
    assert found == ["2", "2", "3", "4"]


@pytest.mark.parametrize(("arguments", "told"), [([], False), (["--long"], True)])
def test_long_tests_run_when_they_are_asked_for(
    monkeypatch: pytest.MonkeyPatch, arguments: list[str], *, told: bool
) -> None:
    options = parser().parse_args(["test", *arguments, "--", "-x"])
    monkeypatch.setattr(suite, "static_checks", list)
    given = noted_tests(monkeypatch)
    assert suite.test(options.pytest, long=options.long) == 0
    assert given == (["--long", "-x"] if told else ["-x"])


def test_the_quick_ones_need_no_browser_and_no_build(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse() -> None:
        raise AssertionError("not needed")

    monkeypatch.setattr(prerequisites, "find_chromium", refuse)
    monkeypatch.setattr(suite, "build", refuse)
    monkeypatch.setattr(suite, "static_checks", list)
    given = noted_tests(monkeypatch)
    assert suite.quick(["-x"]) == 0
    assert given[:2] == ["-m", "not slow and not browser"]
    assert given[-1] == "-x"
    assert all((ROOT / part).is_dir() for part in given[2:-1])


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

    def test(arguments: list[str], *, long: bool) -> int:
        calls.append(["long", *arguments] if long else arguments)
        return 1

    def quick(arguments: list[str]) -> int:
        calls.append(["quick", *arguments])
        return 1

    monkeypatch.setattr(pipeline, "build", build)
    monkeypatch.setattr(versions, "renew_pins", lambda: calls.append("pins"))
    monkeypatch.setattr(cli, "main", main)
    monkeypatch.setattr(suite, "test", test)
    monkeypatch.setattr(suite, "quick", quick)
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
        (["test", "--long"], [["long"]], 1),
        (["test", "--quick", "--", "-x"], [["quick", "-x"]], 1),
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
        assert process.wait(timeout=120) == 143
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
