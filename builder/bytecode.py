"""Python files to the bytecode of the pinned Pyodide.

The bytecode must come from the very interpreter that will read it, so Pyodide itself compiles, in
Node: no native CPython of the same version is needed.
"""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from builder import packing
from builder.cache import combine, file_sha256
from builder.packing import read_tree
from builder.steps import BuildError

if TYPE_CHECKING:
    from collections.abc import Mapping

SCRIPT = Path(__file__).with_name("bytecode_in_pyodide.mjs")
PROGRAM = Path(__file__).with_name("bytecode_in_pyodide.py")
COMPILER_INPUTS = ("pyodide.asm.wasm", "pyodide-lock.json", "python_stdlib.zip")
SHOWN = 3000


def compile_files(files: Mapping[str, bytes], pyodide: Path, install_prefix: str) -> dict[str, bytes]:
    """``files`` with every ``name.py`` compiled to ``name.pyc``, its docstrings emptied; the rest as it is.

    ``pyodide`` is the folder of its npm package. ``install_prefix`` is where the files will lie in Pyodide's
    file system, such as ``/lib/python313.zip``: tracebacks name files below it. A docstring becomes ``""``
    (asserts stay). The same files give the same bytes every time.

    Raises:
        BuildError: a module does not compile, or Node or Pyodide cannot start.
    """
    with TemporaryDirectory() as folder:
        sources, compiled, job = Path(folder, "py"), Path(folder, "pyc"), Path(folder, "job.json")
        compiled.mkdir()
        for name, data in files.items():
            (sources / name).parent.mkdir(parents=True, exist_ok=True)
            (sources / name).write_bytes(data)
        settings = {
            "pyodide_dir": str(pyodide.resolve()),
            "source": str(sources.resolve()),
            "out": str(compiled.resolve()),
            "install_prefix": install_prefix,
        }
        job.write_text(json.dumps(settings), encoding="utf-8")
        _run_in_pyodide(job)
        return read_tree(compiled)


def recipe(pyodide: Path) -> str:
    """A digest of all that decides what an archive of modules is, but the modules themselves."""
    inputs = (pyodide / name for name in COMPILER_INPUTS)
    ours = (Path(__file__), SCRIPT, PROGRAM, Path(packing.__file__))
    return combine(*(file_sha256(path) for path in (*ours, *inputs)))


def _run_in_pyodide(job: Path) -> None:
    command = ["node", str(SCRIPT), str(job)]
    try:
        done = subprocess.run(command, capture_output=True, text=True, check=False)
    except FileNotFoundError as error:
        raise BuildError("node was not found on PATH: install Node 20 or newer") from error
    if done.returncode:
        raise BuildError(f"Pyodide could not compile the sources:\n{done.stderr[-SHOWN:]}")
