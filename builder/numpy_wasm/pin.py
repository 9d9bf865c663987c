"""Which NumPy the pinned Pyodide wants, from the lock file in its npm package."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from builder.steps import BuildError

if TYPE_CHECKING:
    from pathlib import Path

LOCK = "pyodide-lock.json"
FILE_NAME = re.compile(r"numpy-[0-9.]+-cp\d+-cp\d+-\w+\.whl")
SHA256 = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True)
class Pin:
    """The official NumPy wheel of one Pyodide, and the platform it is for."""

    pyodide: str  # version of Pyodide
    python: str  # its CPython, as in "3.13"
    emscripten: str  # its compiler's version, as in "4.0.9"
    numpy: str  # version of NumPy
    file_name: str  # of the official wheel
    sha256: str  # of the official wheel

    @property
    def tag(self) -> str:
        """The wheel tag, such as ``cp313-cp313-pyemscripten_2025_0_wasm32``."""
        return self.file_name.removesuffix(".whl").split("-", 2)[2]


def read_pin(pyodide_dir: Path) -> Pin:
    """Read the pin from Pyodide's npm package.

    Raises:
        BuildError: a file is missing or lacks what is needed; the message names it.
    """
    package = _read(pyodide_dir / "package.json")
    lock = _read(pyodide_dir / LOCK)
    try:
        numpy, info = lock["packages"]["numpy"], lock["info"]
        pin = Pin(
            pyodide=package["version"],
            python=".".join(info["python"].split(".")[:2]),
            emscripten=info["platform"].removeprefix("emscripten_").replace("_", "."),
            numpy=numpy["version"],
            file_name=numpy["file_name"],
            sha256=numpy["sha256"],
        )
    except (AttributeError, KeyError, TypeError) as error:
        raise BuildError(f"{pyodide_dir / LOCK} has no usable entry for NumPy: {error!r}") from error
    if not FILE_NAME.fullmatch(str(pin.file_name)) or not SHA256.fullmatch(str(pin.sha256)):
        raise BuildError(f"{pyodide_dir / LOCK} names NumPy {pin.file_name!r}, SHA-256 {pin.sha256!r}")
    return pin


def _read(path: Path) -> Any:
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise BuildError(f"{path}: {error}; is Pyodide's npm package installed?") from error
