"""The files of Pyodide and PyScript that a page fetches, taken from their npm packages."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING

from builder import stdlib
from builder.packing import read_file
from builder.steps import BuildError

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from builder.cache import Cache

PYODIDE_PACKAGE = "pyodide"
PYSCRIPT_PACKAGE = "@pyscript/core/dist"
PYODIDE_PLAIN = ("pyodide.asm.wasm",)
PYODIDE_SCRIPTS = ("pyodide.asm.js", "pyodide.mjs")
LOCK = "pyodide-lock.json"
SOURCE_MAP_LINE = re.compile(rb"\n?//# sourceMappingURL=\S*\s*\Z")
# What PyScript only loads for a page with a terminal in it. Its own plugins it always loads.
PYSCRIPT_UNUSED = re.compile(r"xterm")
EDITOR = "codemirror.js"
# The parts of PyScript's editor under names that stay, whatever the hashes in those of its files.
_EDITOR_PARTS = {
    "codemirror": "{ EditorView, basicSetup }",
    "codemirror_state": "{ EditorState, StateEffect, StateField }",
    "codemirror_lang-python": "{ python }",
    "codemirror_language": "* as language",
    "codemirror_view": "* as view",
}


def pyodide_files(node_modules: Path, cache: Cache) -> dict[str, bytes]:
    """Pyodide's files by name: its scripts, its WebAssembly, our standard library, a short lock file.

    Raises:
        BuildError: the npm package lacks one of them.
    """
    package = node_modules / PYODIDE_PACKAGE
    files = {name: read_file(package / name) for name in PYODIDE_PLAIN}
    files |= {name: without_source_map(read_file(package / name)) for name in PYODIDE_SCRIPTS}
    files[LOCK] = short_lock(read_file(package / LOCK))
    files[stdlib.NAME] = stdlib.stdlib_archive(package, cache)
    return files


def pyscript_files(node_modules: Path) -> dict[str, bytes]:
    """PyScript's files by name, without source maps and the parts no page uses, and its editor.

    Raises:
        BuildError: the npm package has no ``core.js``.
    """
    package = node_modules / PYSCRIPT_PACKAGE
    read_file(package / "core.js")
    scripts = [path for path in sorted(package.iterdir()) if path.suffix in {".css", ".js"}]
    used = [path for path in scripts if not PYSCRIPT_UNUSED.match(path.name)]
    files = {path.name: without_source_map(path.read_bytes()) for path in used}
    return {**files, EDITOR: _editor_module(files)}


def _editor_module(names: Iterable[str]) -> bytes:
    """The generated module by which the studio has PyScript's editor.

    Raises:
        BuildError: a part of it is not among the files.
    """
    lines = []
    for part, taken in _EDITOR_PARTS.items():
        found = [name for name in names if re.fullmatch(rf"{part}-[\w-]{{8}}\.js", name)]
        if len(found) != 1:
            raise BuildError(f"{PYSCRIPT_PACKAGE}: expected one {part}-….js, found {found}")
        lines.append(f'export {taken} from "./{found[0]}";\n')
    return "".join(lines).encode()


def short_lock(lock: bytes) -> bytes:
    """Pyodide's lock file without its packages: none of the distribution's is served with the page."""
    info = json.loads(lock)["info"]
    return json.dumps({"info": info, "packages": {}}, sort_keys=True).encode()


def without_source_map(script: bytes) -> bytes:
    """A script without the line that names a source map, which is not shipped."""
    return SOURCE_MAP_LINE.sub(b"\n", script)
