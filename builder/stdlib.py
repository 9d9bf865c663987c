"""Pyodide's standard library as an archive of bytecode, without what no page can use."""

from __future__ import annotations

import zipfile
from functools import partial
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING

from builder import bytecode
from builder.cache import combine, file_sha256
from builder.packing import zip_bytes

if TYPE_CHECKING:
    from builder.cache import Cache

KIND = "stdlib"
NAME = "python_stdlib.zip"
INSTALL_PREFIX = "/lib/python313.zip"

# Not usable without processes, sockets or a terminal; or tools for developing, not for running.
UNUSED = frozenset(
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


def is_shipped(name: str) -> bool:
    """Whether a file of the standard library's archive, by its POSIX path, goes into ours."""
    if not name.endswith(".py"):
        return False
    module = PurePosixPath(name.removesuffix(".py"))
    if module.parts[0] == "encodings":
        return module.name in CODECS
    return module.parts[0] not in UNUSED and str(module) not in UNUSED


def stdlib_archive(pyodide: Path, cache: Cache) -> bytes:
    """The bytecode archive that replaces ``python_stdlib.zip`` of the npm package in ``pyodide``."""
    key = combine(file_sha256(Path(__file__)), bytecode.recipe(pyodide))
    return (cache.get(KIND, key, partial(_make, pyodide)).path / NAME).read_bytes()


def _make(pyodide: Path, out: Path) -> None:
    with zipfile.ZipFile(pyodide / NAME) as archive:
        names = [name for name in archive.namelist() if is_shipped(name)]
        sources = {name: archive.read(name) for name in names}
    files = bytecode.compile_files(sources, pyodide, INSTALL_PREFIX)
    (out / NAME).write_bytes(zip_bytes(files, deflate=True))
