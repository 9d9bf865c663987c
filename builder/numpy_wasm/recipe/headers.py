"""CPython's headers: from an interpreter on this machine, else from Debian's package archive."""

from __future__ import annotations

import os
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from builder.numpy_wasm.recipe import debian_files
from builder.steps import BuildError

if TYPE_CHECKING:
    from collections.abc import Callable

# The Debian release that has the interpreter Pyodide is made of.
DEBIAN_SUITES = {"3.13": "trixie"}
ASK = "import sysconfig as s; print(s.get_path('include')); print(s.get_config_h_filename())"


@dataclass(frozen=True)
class Headers:
    """CPython's headers, and the ``pyconfig.h`` that came with them (for a native platform)."""

    include: Path  # the directory with Python.h
    pyconfig: Path
    origin: str


def find(python: str, work: Path, log: Callable[[str], None]) -> Headers:
    """The headers of CPython ``python`` (such as "3.13").

    Raises:
        BuildError: neither an interpreter here nor Debian's archive has them.
    """
    headers = native(python) or from_debian(python, work)
    log(f"CPython {python} headers: {headers.origin}")
    return headers


def native(python: str) -> Headers | None:
    """The headers of an interpreter on PATH or of pyenv; None if there is none that has them."""
    pyenv = Path(os.environ.get("PYENV_ROOT") or Path.home() / ".pyenv")
    on_path = shutil.which(f"python{python}")
    programs = [Path(on_path)] if on_path else []
    programs += sorted(pyenv.glob(f"versions/{python}*/bin/python{python}"))
    return next(filter(None, map(_headers_of, programs)), None)


def _headers_of(program: Path) -> Headers | None:
    asked = subprocess.run([program, "-IS", "-c", ASK], capture_output=True, text=True, check=False)
    lines = asked.stdout.splitlines()
    if asked.returncode or len(lines) != 2:
        return None
    include, pyconfig = Path(lines[0]), Path(lines[1])
    if not (include / "Python.h").is_file() or not pyconfig.is_file():
        return None
    return Headers(include, pyconfig, str(include))


def from_debian(python: str, work: Path) -> Headers:
    """The headers of Debian's ``libpython…-dev``, extracted into ``work``."""
    suite, package = DEBIAN_SUITES.get(python), f"libpython{python}-dev"
    if suite is None:
        raise BuildError(
            f"no headers of CPython {python} were found: install that interpreter with its headers"
        )
    archive = debian_files.download(suite, [package], work)[package]
    root = debian_files.extract(archive, "usr/include", work / package)
    pyconfig = next(root.glob(f"*/python{python}/pyconfig.h"))
    return Headers(root / f"python{python}", pyconfig, archive.name)
