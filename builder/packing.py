"""Archives: zip files and wheels that are the same bytes whenever their files are, and Zstandard frames.

What a start waits for travels in such a frame whatever the server can do, and comes to the worker still
packed: a quarter of the bytes to hand from process to process and to verify. The decoder goes along.
"""

from __future__ import annotations

import base64
import hashlib
import io
import re
import zipfile
from typing import TYPE_CHECKING

import zstandard

from builder.steps import BuildError

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

EARLIEST = (1980, 1, 1, 0, 0, 0)
PLAIN_FILE = 0o100644 << 16
UNIX = 3
DEFLATE_LEVEL = 9
SUFFIX = ".zst"
PACKAGE = "zstddec/dist"
DECODER = "unpack.wasm"
LEVEL = 22
EMBEDDED = re.compile(rb"const wasm = [\"']([A-Za-z0-9+/=]+)[\"']")


def read_tree(root: Path) -> dict[str, bytes]:
    """The contents of every file below ``root``, by POSIX path relative to it, in order."""
    files = sorted(path for path in root.rglob("*") if path.is_file())
    return {path.relative_to(root).as_posix(): path.read_bytes() for path in files}


def read_file(path: Path) -> bytes:
    """What a file holds.

    Raises:
        BuildError: it cannot be read.
    """
    try:
        return path.read_bytes()
    except OSError as error:
        raise BuildError(f"{path}: {error.strerror}") from error


def zip_bytes(files: Mapping[str, bytes], *, deflate: bool = False) -> bytes:
    """A zip archive of ``files`` in order of name, without times or permissions of their own.

    Stored unless ``deflate``: an archive that travels under Brotli is then smaller on the way, but one
    that stays in memory as it came, as Pyodide's standard library does, is better deflated.
    """
    method = zipfile.ZIP_DEFLATED if deflate else zipfile.ZIP_STORED
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name in sorted(files):
            entry = zipfile.ZipInfo(name, EARLIEST)
            entry.external_attr = PLAIN_FILE
            entry.create_system = UNIX
            archive.writestr(entry, files[name], method, DEFLATE_LEVEL)
    return buffer.getvalue()


def with_record(
    name: str, version: str, tag: str, files: Mapping[str, bytes], metadata: Mapping[str, bytes]
) -> dict[str, bytes]:
    """The files of a wheel, with ``metadata``, WHEEL and RECORD in its ``.dist-info``.

    ``files`` are by path below site-packages, ``metadata`` by name in the ``.dist-info`` directory.
    """
    info = f"{name}-{version}.dist-info"
    pure = str(tag.endswith("-none-any")).lower()
    described = f"Wheel-Version: 1.0\nGenerator: candlefish\nRoot-Is-Purelib: {pure}\nTag: {tag}\n"
    inside = {**metadata, "WHEEL": described.encode()}
    everything = {**files, **{f"{info}/{key}": data for key, data in inside.items()}}
    record = [record_line(path, data) for path, data in sorted(everything.items())]
    return everything | {f"{info}/RECORD": "\n".join([*record, f"{info}/RECORD,,", ""]).encode()}


def record_line(path: str, data: bytes) -> str:
    """One line of RECORD: path, hash and size of a file."""
    digest = base64.urlsafe_b64encode(hashlib.sha256(data).digest()).rstrip(b"=").decode()
    return f"{path},sha256={digest},{len(data)}"


def pack(data: bytes) -> bytes:
    """One Zstandard frame that says how long ``data`` is."""
    return zstandard.ZstdCompressor(level=LEVEL, write_content_size=True).compress(data)


def unpacked_bytes(packed: bytes) -> int:
    """How long what was packed is."""
    return zstandard.frame_content_size(packed)


def decoder(node_modules: Path) -> bytes:
    """The decoder of the npm package zstddec: its WebAssembly, without the script that it is embedded in.

    Raises:
        BuildError: the package has none.
    """
    path = node_modules / PACKAGE / "zstddec.mjs"
    found = EMBEDDED.search(read_file(path))
    if found is None:
        raise BuildError(f"{path}: no WebAssembly is embedded in it")
    return base64.b64decode(found[1])
