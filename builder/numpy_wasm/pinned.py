"""Pinned downloads: which NumPy the pinned Pyodide wants, and fetching a file whose SHA-256 is known."""

from __future__ import annotations

import http.client
import json
import re
import urllib.error
import urllib.request
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from builder.cache import sha256
from builder.steps import BuildError

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    Fetch = Callable[[str, float], bytes]

LOCK = "pyodide-lock.json"
FILE_NAME = re.compile(r"numpy-[0-9.]+-cp\d+-cp\d+-\w+\.whl")
SHA256 = re.compile(r"[0-9a-f]{64}")
TIMEOUT_S = 5.0


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


class DownloadError(Exception):
    """A file could not be had, or was not the one that was expected."""


def fetch(url: str, timeout_s: float = TIMEOUT_S) -> bytes:
    """The contents at a URL; each wait for the network ends after ``timeout_s``.

    Raises:
        DownloadError: no answer, or an answer other than the file.
    """
    try:
        with urllib.request.urlopen(url, timeout=timeout_s) as response:
            return bytes(response.read())
    except urllib.error.HTTPError as error:
        raise DownloadError(f"HTTP {error.code}") from error
    except (OSError, http.client.HTTPException) as error:
        raise DownloadError(str(getattr(error, "reason", error))) from error


def verified(data: bytes, expected_sha256: str) -> bytes:
    """The same ``data``, once its SHA-256 is known to be the expected one.

    Raises:
        DownloadError: it is another; the message gives both.
    """
    actual = sha256(data)
    if actual != expected_sha256:
        raise DownloadError(f"its SHA-256 is {actual}, expected {expected_sha256}: refused")
    return data
