"""Steps of a build: running programs, and reporting."""

from __future__ import annotations

import sys
import time

import pytest

from builder import steps
from builder.steps import BuildError, run


def python(code: str) -> list[str]:
    return [sys.executable, "-c", code]


def test_what_a_command_prints_is_returned() -> None:
    printing = python("import sys; print('glow'); print('dim', file=sys.stderr)")
    assert sorted(run(printing, what="glowing").split()) == ["dim", "glow"]


def test_a_failed_command_shows_the_end_of_its_output() -> None:
    failing = python("print('\\n'.join(f'line {n}' for n in range(100))); raise SystemExit(3)")
    with pytest.raises(BuildError, match=r"^glowing: .* ended with status 3\n") as error:
        run(failing, what="glowing")
    assert "line 99" in str(error.value)
    assert "line 9\n" not in str(error.value)


def test_a_command_that_nobody_answers_says_what_to_do() -> None:
    failing = python("print('npm error code ENOTFOUND'); raise SystemExit(1)")
    with pytest.raises(BuildError, match=r"glowing: .* could not reach the network: connect"):
        run(failing, what="glowing")


def test_a_missing_command_is_a_clear_error() -> None:
    with pytest.raises(BuildError, match="glowing: cannot run no-such-program: No such file or directory"):
        run(["no-such-program"], what="glowing")


def test_a_command_that_takes_too_long_is_stopped() -> None:
    with pytest.raises(BuildError, match=r"glowing: .* was stopped after 0\.2 s"):
        run(python("import time; time.sleep(60)"), what="glowing", timeout_s=0.2)


def test_a_step_says_its_time_and_result(capsys: pytest.CaptureFixture[str]) -> None:
    with steps.step("glow") as current:
        current.note = "bright"
    assert capsys.readouterr().out.strip().endswith("s  glow: bright")


def test_a_failed_step_says_so(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(ValueError, match="dark"), steps.step("glow"):
        raise ValueError("dark")
    assert capsys.readouterr().err.strip().endswith("s  glow: failed")


def test_a_long_step_shows_that_it_lives(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(steps, "HEARTBEAT_S", 0.02)
    with steps.step("glow"):
        time.sleep(0.2)
    assert "glow: still working" in capsys.readouterr().out
