"""From a fresh clone to .venv, without making one: pip, uv and venv are watched, not run."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from builder import bootstrap, debian
from builder.steps import BuildError
from builder.workspace import ROOT, venv_program


class Commands:
    """Notes every command; making the environment leaves the interpreter behind."""

    def __init__(self, venv: Path) -> None:
        self.run: list[str] = []
        self._venv = venv

    def __call__(self, command: list[object], **_options: object) -> str:
        words = [Path(str(word)).name for word in command]
        self.run.append(" ".join(words[1:4]))
        if "venv" in words:
            python = venv_program("python", self._venv)
            python.parent.mkdir(parents=True)
            python.write_text("")
        return ""


MADE = ["-m venv .venv", "-m pip --disable-pip-version-check", "pip sync --python", "pip install --python"]
SYNCED = MADE[2:]


@pytest.fixture
def tree(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A place for an environment, with requirements of its own."""
    venv = tmp_path / ".venv"
    uv, dev = tmp_path / "uv.txt", tmp_path / "dev.txt"
    for file in (uv, dev):
        file.write_text(file.name)
    monkeypatch.setattr(bootstrap, "ROOT", tmp_path)
    monkeypatch.setattr(bootstrap, "VENV", venv)
    monkeypatch.setattr(bootstrap, "BASE", (uv,))
    monkeypatch.setattr(bootstrap, "BASE_STAMP", venv / "base.stamp")
    monkeypatch.setattr(bootstrap, "LOCKED", (uv, dev))
    monkeypatch.setattr(bootstrap, "CONTENTS", (uv, dev))
    monkeypatch.setattr(bootstrap, "STAMP", venv / "stamp")
    monkeypatch.setattr(bootstrap, "venv_program", lambda name: venv_program(name, venv))
    return tmp_path


@pytest.fixture
def commands(tree: Path, monkeypatch: pytest.MonkeyPatch) -> Commands:
    watched = Commands(tree / ".venv")
    monkeypatch.setattr(bootstrap, "run", watched)
    return watched


def test_a_fresh_clone_gets_an_environment(commands: Commands) -> None:
    bootstrap.prepare()
    assert commands.run == MADE


def test_the_second_time_nothing_runs(commands: Commands) -> None:
    bootstrap.prepare()
    commands.run.clear()
    bootstrap.prepare()
    assert commands.run == []


def test_changed_requirements_are_installed_into_the_same_environment(tree: Path, commands: Commands) -> None:
    bootstrap.prepare()
    commands.run.clear()
    (tree / "dev.txt").write_text("changed")
    bootstrap.prepare()
    assert commands.run == SYNCED


@pytest.mark.parametrize("change", ["uv", "interpreter", "stamp"])
def test_an_environment_of_another_kind_is_made_anew(tree: Path, commands: Commands, change: str) -> None:
    bootstrap.prepare()
    commands.run.clear()
    match change:
        case "uv":
            (tree / "uv.txt").write_text("changed")
        case "interpreter":
            venv_program("python", tree / ".venv").unlink()
        case _:
            (tree / ".venv" / "base.stamp").write_text("of another Python, or in another place")
            (tree / "dev.txt").write_text("changed")
    bootstrap.prepare()
    assert commands.run == MADE


def test_the_stamp_knows_the_interpreter_and_the_place(tree: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    before = bootstrap._stamp(bootstrap.CONTENTS)
    assert bootstrap._stamp(bootstrap.CONTENTS) == before
    monkeypatch.setattr(sys, "version", "3.99")
    other_python = bootstrap._stamp(bootstrap.CONTENTS)
    monkeypatch.setattr(bootstrap, "ROOT", tree / "elsewhere")
    assert len({before, other_python, bootstrap._stamp(bootstrap.CONTENTS)}) == 3


def test_a_failed_installation_is_not_taken_for_a_whole_one(
    tree: Path, commands: Commands, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(command: list[object], **options: object) -> str:
        if "sync" in command:
            raise BuildError("no network")
        return commands(command, **options)

    monkeypatch.setattr(bootstrap, "run", fail)
    with pytest.raises(BuildError, match="no network"):
        bootstrap.prepare()
    monkeypatch.setattr(bootstrap, "run", commands)
    commands.run.clear()
    bootstrap.prepare()
    assert commands.run == SYNCED


def test_a_python_without_ensurepip_says_what_to_install(
    commands: Commands, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("importlib.util.find_spec", lambda _name: None)
    monkeypatch.setattr(debian, "may_install", lambda: False)
    package = f"python{sys.version_info.major}.{sys.version_info.minor}-venv"
    with pytest.raises(BuildError, match=rf"lacks its venv or ensurepip module.*apt-get install {package}"):
        bootstrap.prepare()
    assert commands.run == []


def test_on_debian_ensurepip_is_installed(commands: Commands, monkeypatch: pytest.MonkeyPatch) -> None:
    installed: list[str] = []
    monkeypatch.setattr("importlib.util.find_spec", lambda _name: None)
    monkeypatch.setattr(debian, "may_install", lambda: True)
    monkeypatch.setattr(debian, "install", installed.append)
    bootstrap.prepare()
    assert installed == [f"python{sys.version_info.major}.{sys.version_info.minor}-venv"]
    assert commands.run == MADE


def test_an_error_is_one_plain_line(
    tree: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def fail() -> None:
        raise BuildError("no network")

    monkeypatch.setattr(bootstrap, "prepare", fail)
    monkeypatch.setattr(bootstrap, "CACHE", tree)
    assert bootstrap.main(["build"]) == 1
    assert capsys.readouterr().err == "error: no network\n"


def test_an_interruption_ends_quietly(
    tree: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def interrupt() -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(bootstrap, "prepare", interrupt)
    monkeypatch.setattr(bootstrap, "CACHE", tree)
    assert bootstrap.main(["build"]) == 130
    assert capsys.readouterr().err == "\ninterrupted\n"


def test_an_old_python_is_refused_in_plain_words() -> None:
    build = str(ROOT / "build.py")
    script = (
        f"import runpy, sys; sys.version_info = (3, 10, 4); runpy.run_path({build!r}, run_name='__main__')"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert done.stderr.startswith("error: Candlefish needs Python 3.11 or newer; this is 3.10.4 (")


def test_build_py_is_readable_to_an_old_python() -> None:
    import ast

    ast.parse((ROOT / "build.py").read_text(encoding="utf-8"), feature_version=(3, 6))
