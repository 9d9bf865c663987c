"""Each version is fixed in one place, and what must agree agrees."""

from __future__ import annotations

import json
import re
import tomllib
from typing import TYPE_CHECKING

import numpy as np
import pytest

import candlefish
from builder import versions
from builder.steps import BuildError
from builder.versions import read_versions, source_address
from builder.workspace import REQUIREMENTS, ROOT

if TYPE_CHECKING:
    from pathlib import Path

HOST = re.compile(r"\w+://|--(extra-)?index-url|--find-links", re.IGNORECASE)


def make_tree(root: Path, installed: str = "1.0") -> None:
    """A repository with the least that says its versions."""
    (root / "node_modules" / "pyodide").mkdir(parents=True)
    (root / "candlefish").mkdir()
    (root / "package.json").write_text('{"dependencies": {"pyodide": "1.0"}}')
    (root / "node_modules" / "pyodide" / "package.json").write_text(json.dumps({"version": installed}))
    lock = {"info": {"python": "3.13.2"}, "packages": {"numpy": {"version": "2.2.5"}}}
    (root / "node_modules" / "pyodide" / "pyodide-lock.json").write_text(json.dumps(lock))
    (root / "candlefish" / "__init__.py").write_text('"""Fish."""\n\n__version__ = "3.4.5"\n')


def test_versions_are_read_where_they_are_fixed(tmp_path: Path) -> None:
    make_tree(tmp_path)
    found = read_versions(tmp_path)
    assert (found.candlefish, found.pyodide, found.numpy, found.python) == (
        "3.4.5",
        "1.0",
        "2.2.5",
        "3.13.2",
    )


def test_another_pyodide_than_pinned_is_refused(tmp_path: Path) -> None:
    make_tree(tmp_path, installed="2.0")
    with pytest.raises(BuildError, match=r"pins Pyodide 1\.0, but .* holds 2\.0"):
        read_versions(tmp_path)


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(BuildError, match=r"package\.json: .*No such file"):
        read_versions(tmp_path)


def test_a_package_without_a_version_is_refused(tmp_path: Path) -> None:
    make_tree(tmp_path)
    (tmp_path / "candlefish" / "__init__.py").write_text("")
    with pytest.raises(BuildError, match=r"__init__\.py has no line __version__"):
        read_versions(tmp_path)


def test_the_native_numpy_is_the_browsers() -> None:
    numpy = read_versions(ROOT).numpy
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    assert f"numpy=={numpy}; python_version < '3.14'" in project["dependencies"]
    assert re.search(rf"^numpy=={re.escape(numpy)} ;", (REQUIREMENTS / "dev.txt").read_text(), re.MULTILINE)
    assert np.__version__ == numpy


def test_the_package_says_its_version() -> None:
    assert read_versions(ROOT).candlefish == candlefish.__version__


@pytest.mark.parametrize("name", ["dev.txt", "uv.txt"])
def test_requirements_are_hashed_and_name_no_host(name: str) -> None:
    text = (REQUIREMENTS / name).read_text()
    assert not HOST.search(text)
    requirements = re.split(r"\n(?=\S)", text.strip())
    assert requirements
    assert all("==" in requirement and "--hash=sha256:" in requirement for requirement in requirements)


def test_the_npm_lock_has_integrity_and_names_no_host() -> None:
    packages = json.loads((ROOT / "package-lock.json").read_text())["packages"]
    locked = {name: entry for name, entry in packages.items() if name}
    assert {"node_modules/pyodide", "node_modules/@pyscript/core"} <= locked.keys()
    assert all(entry["integrity"].startswith("sha512-") for entry in locked.values())
    assert not any("resolved" in entry for entry in locked.values())


@pytest.mark.parametrize(
    ("urls", "address"),
    [
        ("", ""),
        ('[project.urls]\nDocs = "https://docs.example"', ""),
        ('[project.urls]\nSource = "https://code.example/fish"', "https://code.example/fish"),
    ],
)
def test_the_sources_address_is_read_from_the_project(tmp_path: Path, urls: str, address: str) -> None:
    (tmp_path / "pyproject.toml").write_text(f'[project]\nname = "fish"\n{urls}\n', encoding="utf-8")
    assert source_address(tmp_path) == address


def test_an_address_that_is_none_is_refused(tmp_path: Path) -> None:
    text = '[project]\nname = "fish"\n[project.urls]\nSource = "javascript:alert(1)"\n'
    (tmp_path / "pyproject.toml").write_text(text, encoding="utf-8")
    with pytest.raises(BuildError, match="is no address with https"):
        source_address(tmp_path)


def test_pins_resolve_the_project_and_uv(monkeypatch: pytest.MonkeyPatch) -> None:
    commands: list[list[object]] = []
    monkeypatch.setattr(versions, "run", lambda command, **_options: commands.append(command))
    versions.renew_pins()
    outputs = [command[command.index("--output-file") + 1] for command in commands]
    assert outputs == [REQUIREMENTS / name for name in ("dev.txt", "lambda.txt", "uv.txt")]
    assert commands[0][-3:] == ["--extra", "dev", "pyproject.toml"]
    assert all("--generate-hashes" in command and "--no-header" in command for command in commands)
