"""The wheel that `pip install` gets: the whole package, its data, and nothing else."""

from __future__ import annotations

import subprocess
import sys
import zipfile
from pathlib import Path

import candlefish
from builder.paths import PACKAGE, ROOT


def test_the_wheel_holds_the_package_and_its_data(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "hatchling", "build", "--target", "wheel", "--directory", str(tmp_path)]
    subprocess.run(command, cwd=ROOT, check=True, capture_output=True)
    (wheel,) = tmp_path.glob("candlefish-*.whl")
    with zipfile.ZipFile(wheel) as archive:
        names = set(archive.namelist())
        entry_points = archive.read(
            f"candlefish-{candlefish.__version__}.dist-info/entry_points.txt"
        ).decode()
    modules = {path.relative_to(ROOT).as_posix() for path in PACKAGE.rglob("*.py")}
    assert modules | {"candlefish/sim/moods.toml", "candlefish/py.typed"} <= names
    assert {Path(name).parts[0] for name in names} == {
        "candlefish",
        f"candlefish-{candlefish.__version__}.dist-info",
    }
    assert "candlefish = candlefish.__main__:main" in entry_points
