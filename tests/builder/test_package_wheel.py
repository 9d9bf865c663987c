"""The wheel that a page loads."""

from __future__ import annotations

import io
import shutil
import zipfile
from typing import TYPE_CHECKING

import pytest

from builder import package_wheel
from builder.cache import Cache
from builder.steps import BuildError
from builder.workspace import NODE_MODULES

if TYPE_CHECKING:
    from pathlib import Path

PYODIDE = NODE_MODULES / "pyodide"


def names(archive: bytes) -> set[str]:
    return set(zipfile.ZipFile(io.BytesIO(archive)).namelist())


def make_package(root: Path) -> Path:
    """A package with the parts a page runs, and one it does not."""
    package = root / "candlefish"
    for part in (*package_wheel.PAGE_PARTS, "service"):
        (package / part).mkdir(parents=True)
        (package / part / "__init__.py").write_text(f'"""The {part}."""\n')
    (package / "__init__.py").write_text('__version__ = "1"\n')
    (package / "sim" / "fish.py").write_text("def glow():\n    return 1 / 0\n")
    (package / "sim" / "moods.toml").write_text("[curious]\n")
    return package


def test_the_wheel_holds_what_a_page_runs_as_bytecode(tmp_path: Path) -> None:
    package = make_package(tmp_path)
    wheel = package_wheel.package_wheel(package, "1", PYODIDE, Cache(tmp_path / "cache"))
    assert names(wheel) == {
        "candlefish/__init__.pyc",
        "candlefish/browser/__init__.pyc",
        "candlefish/draw/__init__.pyc",
        "candlefish/events/__init__.pyc",
        "candlefish/experiments/__init__.pyc",
        "candlefish/sim/__init__.pyc",
        "candlefish/sim/fish.pyc",
        "candlefish/sim/moods.toml",
        "candlefish-1.dist-info/METADATA",
        "candlefish-1.dist-info/RECORD",
        "candlefish-1.dist-info/WHEEL",
    }
    assert b"/lib/python3.13/site-packages/candlefish/sim/fish.py" in wheel
    assert package_wheel.wheel_name("1") == "candlefish-1-py3-none-any.whl"


def test_the_same_package_makes_the_same_wheel(tmp_path: Path) -> None:
    package = make_package(tmp_path)
    wheels = [
        package_wheel.package_wheel(package, "1", PYODIDE, Cache(tmp_path / name)) for name in ("a", "b")
    ]
    assert wheels[0] == wheels[1]


def test_a_missing_part_is_a_clear_error(tmp_path: Path) -> None:
    package = make_package(tmp_path)
    shutil.rmtree(package / "draw")
    with pytest.raises(BuildError, match=r"draw/__init__\.py is missing: a page needs candlefish\.draw"):
        package_wheel.package_wheel(package, "1", PYODIDE, Cache(tmp_path / "cache"))
