"""Debian's packages: who may install them, and which mirror has those of another release."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from builder import debian
from builder.steps import BuildError

if TYPE_CHECKING:
    from pathlib import Path


def test_without_apt_get_it_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("shutil.which", lambda _program: None)
    assert not debian.may_install()
    with pytest.raises(BuildError, match="please install chromium: there is no apt-get here"):
        debian.install("chromium")


def test_without_the_right_to_it_says_what_to_run(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("shutil.which", lambda program: None if program == "sudo" else f"/usr/bin/{program}")
    monkeypatch.setattr("os.geteuid", lambda: 1000)
    assert not debian.may_install()
    with pytest.raises(BuildError, match="please run: sudo apt-get install chromium"):
        debian.install("chromium")


def test_with_apt_get_packages_are_named_and_installed(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    commands: list[list[str]] = []
    monkeypatch.setattr("shutil.which", lambda program: f"/usr/bin/{program}")
    monkeypatch.setattr("os.geteuid", lambda: 0)
    monkeypatch.setattr(debian, "run", lambda command, **_options: commands.append(command))
    assert debian.may_install()
    debian.install("chromium", "node")
    assert [command[-1] for command in commands] == ["update", "node"]
    assert commands[1][-4:] == ["-y", "--no-install-recommends", "chromium", "node"]
    assert capsys.readouterr().out == "           apt-get install chromium node\n"


def test_the_likeliest_mirror_comes_first() -> None:
    targets = (
        "http://other.example/apt/|stable|Other\n"
        "http://deb.example/security/|bookworm-security|Debian\n"
        "http://deb.example/debian/|bookworm|Debian\n"
        "http://deb.example/debian/|bookworm-updates|Debian\n"
        "a warning\n"
    )
    assert debian.mirrors(targets) == ["http://deb.example/debian/", "http://other.example/apt/"]


def test_a_source_line_trusts_the_archives_keys_only(tmp_path: Path) -> None:
    keyring = tmp_path / "keys.gpg"
    assert debian.source_line("http://m/", "trixie", keyring) == "deb http://m/ trixie main\n"
    keyring.touch()
    signed = f"deb [signed-by={keyring}] http://m/ trixie main\n"
    assert debian.source_line("http://m/", "trixie", keyring) == signed
