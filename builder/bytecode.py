"""Python files to the bytecode of the pinned Pyodide, from contents to contents."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from builder import pyc
from builder.archive import read_tree
from builder.cache import combine, file_sha256
from builder.steps import BuildError

if TYPE_CHECKING:
    from collections.abc import Mapping

COMPILER_INPUTS = ("pyodide.asm.wasm", "pyodide-lock.json", "python_stdlib.zip")


def compile_files(files: Mapping[str, bytes], pyodide: Path, install_prefix: str) -> dict[str, bytes]:
    """``files`` with every ``name.py`` compiled to ``name.pyc``, its docstrings emptied; the rest as it is.

    Raises:
        BuildError: a module does not compile.
    """
    with TemporaryDirectory() as folder:
        sources, compiled = Path(folder, "py"), Path(folder, "pyc")
        for name, data in files.items():
            (sources / name).parent.mkdir(parents=True, exist_ok=True)
            (sources / name).write_bytes(data)
        try:
            pyc.compile_tree_with_pyodide(
                sources, compiled, pyodide_dir=pyodide, install_prefix=install_prefix, docstrings="empty"
            )
        except pyc.PycError as error:
            raise BuildError(str(error)) from error
        return read_tree(compiled)


def recipe(pyodide: Path) -> str:
    """A digest of all that decides what a module's bytecode is, but the module itself."""
    scripts = sorted(path for path in Path(pyc.__file__).parent.glob("pyc*.*") if path.is_file())
    inputs = (pyodide / name for name in COMPILER_INPUTS)
    return combine(*(file_sha256(path) for path in (Path(__file__), *scripts, *inputs)))
