"""Compile Python sources to sourceless ``.pyc`` files for the pinned Pyodide.

The bytecode must come from the very interpreter that will read it, so Pyodide itself compiles, in
Node: no native CPython of the same version is needed.
"""

from __future__ import annotations

import json
import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

_SCRIPT = Path(__file__).with_name("pyc_in_pyodide.mjs")

Docstrings = Literal["keep", "empty"]


class PycError(Exception):
    """Pyodide could not compile a tree; the message ends with what it printed."""


@dataclass(frozen=True)
class PycReport:
    """Files of one compiled tree: modules compiled, and other files copied as they are."""

    compiled: int
    copied: int


def compile_tree_with_pyodide(
    source: Path,
    out: Path,
    *,
    pyodide_dir: Path,
    install_prefix: str,
    docstrings: Docstrings = "keep",
) -> PycReport:
    """Copy the tree ``source`` to ``out``, replacing every ``name.py`` by a sourceless ``name.pyc``.

    ``pyodide_dir`` holds ``pyodide.mjs`` and its files (the npm package's folder).
    ``install_prefix`` is where the tree will lie in Pyodide's file system, such as
    ``/lib/python313.zip``: tracebacks name files below it. ``docstrings="empty"`` leaves ``""``
    for each docstring (asserts stay). The same input gives the same bytes every time.

    Raises PycError when a source does not compile or Node or Pyodide cannot start.
    """
    out.mkdir(parents=True, exist_ok=True)
    job = {
        "pyodide_dir": str(pyodide_dir.resolve()),
        "source": str(source.resolve()),
        "out": str(out.resolve()),
        "install_prefix": install_prefix,
        "docstrings": docstrings,
    }
    with tempfile.TemporaryDirectory() as folder:
        job_file = Path(folder, "job.json")
        job_file.write_text(json.dumps(job), encoding="utf-8")
        counts = json.loads(_run_node(job_file))
    return PycReport(compiled=counts["compiled"], copied=counts["copied"])


def _run_node(job_file: Path) -> str:
    command = ["node", str(_SCRIPT), str(job_file)]
    try:
        done = subprocess.run(command, capture_output=True, text=True, check=False)
    except FileNotFoundError as error:
        raise PycError("node was not found on PATH: install Node 20 or newer") from error
    if done.returncode != 0:
        raise PycError(f"Pyodide could not compile the sources:\n{done.stderr[-3000:]}")
    return done.stdout
