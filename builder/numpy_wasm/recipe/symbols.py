"""Which symbols Pyodide's WebAssembly gives to extension modules, and which those want."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

from builder.steps import BuildError, run

if TYPE_CHECKING:
    from collections.abc import Iterable

SCRIPT = Path(__file__).with_name("wasm_symbols.mjs")
RUNTIME = "pyodide.asm.wasm"
LIBRARY_MODULES = frozenset({"env", "wasi_snapshot_preview1"})
# The dynamic linker itself makes these.
LINKERS = frozenset(
    {"memory", "__indirect_function_table", "__stack_pointer", "__memory_base", "__table_base",
     "__cpp_exception", "__c_longjmp"}
)  # fmt: skip


def provided_by(pyodide_dir: Path) -> frozenset[str]:
    """The functions and variables that an extension module may import from Pyodide."""
    module = _read(pyodide_dir / RUNTIME)
    exported = {item["name"] for item in module["exports"] if item["kind"] in {"function", "global"}}
    from_javascript = {
        item["name"]
        for item in module["imports"]
        if item["kind"] == "function" and item["module"] in LIBRARY_MODULES
    }
    return frozenset(exported | from_javascript)


def check_resolved(modules: Iterable[Path], provided: frozenset[str]) -> None:
    """Refuse extension modules that want what Pyodide does not have: they would only fail when called.

    Raises:
        BuildError: naming each missing symbol.
    """
    for path in modules:
        module = _read(path)
        own = {item["name"] for item in module["exports"]}
        wanted = {item["name"] for item in module["imports"]}
        missing = sorted(wanted - own - provided - LINKERS)
        if missing:
            raise BuildError(f"{path.name} wants symbols that Pyodide lacks: {', '.join(missing)}")


def _read(path: Path) -> Any:
    return json.loads(run(["node", SCRIPT, path], what=f"reading the symbols of {path.name}"))
