"""The files of Pyodide and PyScript that a page fetches, taken from their npm packages.

Pyodide's standard library is an archive of bytecode, without what no page can use.
"""

from __future__ import annotations

import json
import re
import zipfile
from functools import partial
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING

from builder import bytecode
from builder.cache import combine, file_sha256
from builder.packing import read_file, zip_bytes
from builder.steps import BuildError

if TYPE_CHECKING:
    from collections.abc import Iterable

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
KIND = "stdlib"
STDLIB = "python_stdlib.zip"
INSTALL_PREFIX = "/lib/python313.zip"

# Not usable without processes, sockets or a terminal; or tools for developing, not for running.
STDLIB_UNUSED = frozenset(
    """
    __hello__ __phello__ _android_support _apple_support _ios_support _pyio _pyrepl antigravity
    asyncio/__main__ asyncio/proactor_events asyncio/windows_events asyncio/windows_utils bdb cmd
    compileall concurrent/futures/process cProfile doctest fileinput ftplib getpass http/server
    imaplib logging/config mailbox modulefinder multiprocessing netrc nturl2path optparse pdb
    pickletools plistlib poplib profile pstats pty py_compile pyclbr pydoc sched smtplib
    socketserver tabnanny this timeit trace tty unittest wave webbrowser wsgiref xml xmlrpc zipapp
    """.split()
)
# Text in a page is Unicode; cp437 is what zip archives name their files in.
CODECS = frozenset(
    """
    __init__ aliases ascii base64_codec charmap cp1252 cp437 hex_codec idna latin_1 punycode
    raw_unicode_escape undefined unicode_escape utf_16 utf_16_be utf_16_le utf_32 utf_32_be utf_32_le
    utf_7 utf_8 utf_8_sig zlib_codec
    """.split()
)


def pyodide_files(node_modules: Path, cache: Cache) -> dict[str, bytes]:
    """Pyodide's files by name: its scripts, its WebAssembly, our standard library, a short lock file.

    Raises:
        BuildError: the npm package lacks one of them.
    """
    package = node_modules / PYODIDE_PACKAGE
    files = {name: read_file(package / name) for name in PYODIDE_PLAIN}
    files |= {name: without_source_map(read_file(package / name)) for name in PYODIDE_SCRIPTS}
    files[LOCK] = short_lock(read_file(package / LOCK))
    files[STDLIB] = stdlib_archive(package, cache)
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


def is_shipped(name: str) -> bool:
    """Whether a file of the standard library's archive, by its POSIX path, goes into ours."""
    if not name.endswith(".py"):
        return False
    module = PurePosixPath(name.removesuffix(".py"))
    if module.parts[0] == "encodings":
        return module.name in CODECS
    return module.parts[0] not in STDLIB_UNUSED and str(module) not in STDLIB_UNUSED


def stdlib_archive(pyodide: Path, cache: Cache) -> bytes:
    """The bytecode archive that replaces ``python_stdlib.zip`` of the npm package in ``pyodide``."""
    key = combine(file_sha256(Path(__file__)), bytecode.recipe(pyodide))
    return (cache.get(KIND, key, partial(_make_stdlib, pyodide)).path / STDLIB).read_bytes()


def _make_stdlib(pyodide: Path, out: Path) -> None:
    with zipfile.ZipFile(pyodide / STDLIB) as archive:
        names = [name for name in archive.namelist() if is_shipped(name)]
        sources = {name: archive.read(name) for name in names}
    files = bytecode.compile_files(sources, pyodide, INSTALL_PREFIX)
    (out / STDLIB).write_bytes(zip_bytes(files, deflate=True))
