"""The command line: its exit statuses, and that it refuses before it measures."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from candlefish import cli

if TYPE_CHECKING:
    from pathlib import Path

COULD_NOT_RUN = 3


def bench(*arguments: str) -> int:
    try:
        return cli.main(["bench", *arguments])
    except SystemExit as ended:
        assert isinstance(ended.code, int)
        return ended.code


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        (["--nonsense"], "unrecognized arguments: --nonsense"),
        (["--rounds", "0"], "not a number of rounds"),
        (["--seconds", "forever"], "not a length"),
        (["no-such-place"], "neither an address nor a built site"),
        (["--scenario", "nope"], "no scenario 'nope'"),
        (["--compare", "none.json"], "none.json: No such file"),
        (["--budgets", "none.toml"], "none.toml: No such file"),
        (["--html", "no/such/place.html"], "its directory does not exist"),
        (["--peers", "--scenario", "idle"], "--peers knows the scenarios swarm-150"),
        (["--peers", "--compare", "base.json"], "--peers does not use --compare"),
        (["--self-test", "--html", "a.html"], "--self-test does not use --html"),
        (["--self-test", "--scenario", "idle"], "--self-test knows busy-frames"),
        (["--self-test", "--peers"], "choose one of --self-test, --peers"),
        (["--trace", "there", "--scenario", "cold-load"], "a trace is of one scenario"),
        (["http://127.0.0.1:9", "--scenario", "idle"], "does not answer"),
    ],
)
def test_what_cannot_run_says_why(
    arguments: list[str],
    complaint: str,
    capsys: pytest.CaptureFixture[str],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "dist").mkdir()
    if "--peers" in arguments:
        monkeypatch.setattr("candlefish.bench.peers.comparison.install_packages", lambda: tmp_path)
        (tmp_path / "dist" / "index.html").write_text("<p>a page", encoding="utf-8")
        (tmp_path / "dist" / "manifest.json").write_text('{"files": {}, "version": "1"}', encoding="utf-8")
    assert bench(*arguments) == COULD_NOT_RUN
    assert complaint in capsys.readouterr().err


def test_the_scenarios_are_listed(capsys: pytest.CaptureFixture[str]) -> None:
    assert bench("--list") == 0
    assert "idle                 Idle, 20 s (default)" in capsys.readouterr().out
