"""Node and the locked npm packages."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from builder import node
from builder.steps import BuildError

if TYPE_CHECKING:
    from pathlib import Path

USED = ("fish",)


class FakeNpm:
    """Stands for ``npm ci``: installs one package of one file, and counts."""

    def __init__(self, root: Path) -> None:
        self.runs = 0
        self._package = root / "node_modules" / "fish"

    def __call__(self, command: list[str], **_options: object) -> str:
        if command[1] == "--version":
            return "v20.1.0\n"
        self.runs += 1
        self._package.mkdir(parents=True, exist_ok=True)
        (self._package / "fish.js").write_text("glow")
        return ""


@pytest.fixture
def npm(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> FakeNpm:
    for name in node.INPUTS:
        (tmp_path / name).write_text(name)
    fake = FakeNpm(tmp_path)
    monkeypatch.setattr(node, "run", fake)
    monkeypatch.setattr("shutil.which", lambda program: f"/bin/{program}")
    return fake


def test_packages_are_installed_once(tmp_path: Path, npm: FakeNpm) -> None:
    assert node.install_packages(tmp_path, USED)
    assert not node.install_packages(tmp_path, USED)
    assert npm.runs == 1


@pytest.mark.parametrize("name", node.INPUTS)
def test_a_changed_input_installs_them_anew(tmp_path: Path, npm: FakeNpm, name: str) -> None:
    node.install_packages(tmp_path, USED)
    (tmp_path / name).write_text("changed")
    assert node.install_packages(tmp_path, USED)


def test_a_damaged_package_is_installed_anew(tmp_path: Path, npm: FakeNpm) -> None:
    node.install_packages(tmp_path, USED)
    (tmp_path / "node_modules" / "fish" / "fish.js").write_text("dull")
    assert node.install_packages(tmp_path, USED)
    assert not node.install_packages(tmp_path, USED)


def test_a_missing_lock_file_is_a_clear_error(tmp_path: Path, npm: FakeNpm) -> None:
    (tmp_path / "package-lock.json").unlink()
    with pytest.raises(BuildError, match=r"package-lock\.json is missing"):
        node.install_packages(tmp_path, USED)


def test_a_package_npm_did_not_install_is_a_clear_error(tmp_path: Path, npm: FakeNpm) -> None:
    with pytest.raises(BuildError, match=r"npm did not install .*whale"):
        node.install_packages(tmp_path, ("fish", "whale"))


@pytest.mark.parametrize("program", ["node", "npm"])
def test_a_missing_program_says_what_to_install(program: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("shutil.which", lambda name: None if name == program else f"/bin/{name}")
    with pytest.raises(BuildError, match=rf"^{program} was not found on PATH: install Node 20"):
        node.node_version()


@pytest.mark.parametrize("version", ["v18.19.1", "v0.10.0", "nonsense"])
def test_an_old_node_is_refused(version: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("shutil.which", lambda name: f"/bin/{name}")
    monkeypatch.setattr(node, "run", lambda *_arguments, **_options: f"{version}\n")
    with pytest.raises(BuildError, match=rf"Node 20 or newer is needed; the one on PATH is {version}"):
        node.node_version()


@pytest.mark.parametrize("version", ["v20.0.0", "v22.1.0", "v100.0.0"])
def test_a_new_node_is_taken(version: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("shutil.which", lambda name: f"/bin/{name}")
    monkeypatch.setattr(node, "run", lambda *_arguments, **_options: f"{version}\n")
    assert node.node_version() == version
