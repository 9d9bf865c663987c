"""What `pip install` gets: the whole package, its data, and nothing else; and the sources it is made of."""

from __future__ import annotations

import os
import subprocess
import sys
import sysconfig
import tarfile
import zipfile
from pathlib import Path

import pytest

import candlefish
from builder.workspace import PACKAGE, ROOT, VENV, venv_program

NAME = f"candlefish-{candlefish.__version__}"
# Built or fetched by build.py, or kept by a tool: none of it belongs in the sources.
MADE = {".cache", ".venv", "artefacts", "dist", "node_modules"}


def hatchling(source: Path, out: Path, *targets: str) -> None:
    """Build as CONTRIBUTING says, without a network."""
    chosen = [word for target in targets for word in ("--target", target)]
    command = [sys.executable, "-m", "hatchling", "build", *chosen, "--directory", str(out)]
    subprocess.run(command, cwd=source, check=True, capture_output=True)


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A directory with the wheel and the source distribution."""
    out = tmp_path_factory.mktemp("distributions")
    hatchling(ROOT, out, "sdist", "wheel")
    return out


def wheel_names(wheel: Path) -> set[str]:
    with zipfile.ZipFile(wheel) as archive:
        return set(archive.namelist())


def test_the_wheel_holds_the_package_and_its_data(built: Path) -> None:
    (wheel,) = built.glob("*.whl")
    names = wheel_names(wheel)
    with zipfile.ZipFile(wheel) as archive:
        entry_points = archive.read(f"{NAME}.dist-info/entry_points.txt").decode()
    modules = {path.relative_to(ROOT).as_posix() for path in PACKAGE.rglob("*.py")}
    data = {f"candlefish/sim/{name}.toml" for name in ("anatomy", "moods", "water")}
    assert modules | data | {"candlefish/py.typed"} <= names
    assert {Path(name).parts[0] for name in names} == {"candlefish", f"{NAME}.dist-info"}
    assert "candlefish = candlefish.__main__:main" in entry_points


def test_the_installed_wheel_runs(built: Path, tmp_path: Path) -> None:
    """In an environment of its own, which borrows the packages it depends on, but not this directory."""
    (wheel,) = built.glob("*.whl")
    venv = tmp_path / "venv"
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", str(venv)], check=True)
    python = venv_program("python", venv)
    install = [
        venv_program("uv", VENV),
        "pip",
        "install",
        "--offline",
        "--no-deps",
        "--python",
        python,
        wheel,
    ]
    subprocess.run([str(word) for word in install], check=True, capture_output=True)
    (site,) = venv.glob("lib/python*/site-packages")
    (site / "borrowed.pth").write_text(sysconfig.get_path("purelib") + "\n")
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}

    def said(*command: str) -> str:
        return subprocess.run(
            command, cwd=tmp_path, env=environment, capture_output=True, text=True, check=True
        ).stdout

    assert (
        said(str(venv_program("candlefish", venv)), "--version") == f"candlefish {candlefish.__version__}\n"
    )
    where = said(str(python), "-c", "import candlefish; print(candlefish.__file__)")
    assert Path(where.strip()).is_relative_to(venv)


def test_the_sources_hold_what_the_wheel_is_made_of(built: Path, tmp_path: Path) -> None:
    (sources,) = built.glob("*.tar.gz")
    with tarfile.open(sources) as archive:
        archive.extractall(tmp_path, filter="data")
    tree = tmp_path / NAME
    assert {"README.md", "LICENSE", "build.py", "builder", "candlefish", "tests", "web"} <= {
        path.name for path in tree.iterdir()
    }
    assert not {path.name for path in tree.iterdir()} & MADE
    hatchling(tree, tmp_path, "wheel")
    (again,) = tmp_path.glob("*.whl")
    (wheel,) = built.glob("*.whl")
    assert wheel_names(again) == wheel_names(wheel)
