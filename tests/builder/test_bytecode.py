"""Bytecode that the pinned Pyodide itself makes."""

from __future__ import annotations

import pytest

from builder.bytecode import compile_files
from builder.steps import BuildError
from builder.workspace import NODE_MODULES

PYODIDE = NODE_MODULES / "pyodide"


def test_a_module_that_does_not_compile_is_named() -> None:
    with pytest.raises(BuildError, match=r"/lib/x/fish\.py"):
        compile_files({"fish.py": b"def glow(:"}, PYODIDE, "/lib/x")
