"""The shipped wheel: what is left in it, and that it works the way the page installs it."""

from __future__ import annotations

import json
import subprocess
import zipfile
from io import BytesIO
from pathlib import Path

import pytest

from builder.numpy_wasm import slim
from builder.numpy_wasm.pinned import Pin, read_pin
from builder.numpy_wasm.slim import metadata, read_wheel, select
from builder.packing import zip_bytes
from builder.steps import BuildError
from builder.workspace import NODE_MODULES

PYODIDE = NODE_MODULES / "pyodide"
INSTALL_WHEEL = Path(__file__).with_name("install_wheel.mjs")
CONTENTS = {
    "numpy/__init__.py": b"import numpy.core\n",
    "numpy/core.py": b"",
    "numpy/tests/test_core.py": b"",
    "numpy-2.2.5.dist-info/LICENSE.txt": b"BSD",
    "numpy-2.2.5.dist-info/METADATA": b"Name: numpy\n\nA long description\n",
}


def test_only_what_was_loaded_is_kept() -> None:
    assert list(select(CONTENTS, ["numpy/core.py", "numpy/__init__.py"])) == [
        "numpy/__init__.py",
        "numpy/core.py",
    ]
    with pytest.raises(BuildError, match=r"the NumPy wheel lacks numpy/fft\.py"):
        select(CONTENTS, ["numpy/fft.py"])


def test_the_licence_stays_and_the_long_description_goes() -> None:
    pin = Pin("0.29.5", "3.13", "4.0.9", "2.2.5", "numpy-2.2.5-a-b-c.whl", "0" * 64)
    assert metadata(CONTENTS, pin) == {
        "LICENSE.txt": b"BSD",
        "METADATA": b"Metadata-Version: 2.1\nName: numpy\nVersion: 2.2.5\nLicense: BSD-3-Clause\n",
    }


def test_a_damaged_wheel_is_a_clear_error(tmp_path: Path) -> None:
    wheel = tmp_path / "numpy.whl"
    wheel.write_bytes(zip_bytes(CONTENTS)[:-9])
    with pytest.raises(BuildError, match=r"numpy\.whl is not a usable wheel"):
        read_wheel(wheel)


def pretend_numpy(init: str) -> bytes:
    """A wheel with a package that calls itself numpy."""
    return zip_bytes({"numpy/__init__.py": init.encode()}, deflate=True)


@pytest.mark.parametrize(
    ("init", "complaint"),
    [
        ("raise ImportError('no symbol npy_sin')", "fails its smoke test in Pyodide(.|\n)*no symbol npy_sin"),
        ("__version__ = '2.2.5'", "fails its smoke test in Pyodide(.|\n)*No module named 'numpy.typing'"),
    ],
)
def test_a_numpy_that_does_not_work_is_refused(init: str, complaint: str) -> None:
    with pytest.raises(BuildError, match=complaint):
        slim.smoke_test(pretend_numpy(init), read_pin(PYODIDE), PYODIDE)


def test_a_wheel_that_fails_makes_no_slim_one(tmp_path: Path) -> None:
    wheel, out = tmp_path / "numpy.whl", tmp_path / "slim" / "numpy.whl"
    wheel.write_bytes(pretend_numpy("raise ImportError('damaged')"))
    with pytest.raises(BuildError, match="damaged"):
        slim.slim(wheel, out, PYODIDE)
    assert not out.exists()


def install(wheel: bytes, folder: Path) -> subprocess.CompletedProcess[str]:
    """Install a wheel as the page does, and import ``fish`` from it."""
    path = folder / "fish.whl"
    path.write_bytes(wheel)
    command = ["node", str(INSTALL_WHEEL), str(PYODIDE), str(path)]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def test_the_page_installs_stored_wheels(tmp_path: Path) -> None:
    done = install(zip_bytes({"fish/__init__.py": b"COLOUR = 'amber'\n"}), tmp_path)
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout) == ["/lib/python3.13/site-packages/fish/__init__.py", "amber"]


@pytest.mark.parametrize(
    ("wheel", "complaint"),
    [
        (b"<!doctype html>", "not a wheel"),
        (zip_bytes({"fish/__init__.py": b"x = 1\n" * 99}, deflate=True), "fish/__init__.py is compressed"),
        (zip_bytes({"fish/__init__.py": b"x = 1\n"})[30:], "damaged wheel"),
    ],
)
def test_the_page_says_what_is_wrong_with_a_wheel(tmp_path: Path, wheel: bytes, complaint: str) -> None:
    done = install(wheel, tmp_path)
    assert done.returncode == 1
    assert complaint in done.stderr


def test_the_same_files_make_the_same_wheel() -> None:
    backwards = dict(reversed(CONTENTS.items()))
    assert zip_bytes(CONTENTS) == zip_bytes(backwards)
    assert zipfile.ZipFile(BytesIO(zip_bytes(CONTENTS))).testzip() is None
