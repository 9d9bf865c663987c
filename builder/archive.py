"""Zip archives that are the same bytes whenever their files are."""

from __future__ import annotations

import io
import zipfile
from typing import TYPE_CHECKING

from builder.steps import BuildError

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

EARLIEST = (1980, 1, 1, 0, 0, 0)
PLAIN_FILE = 0o100644 << 16
UNIX = 3
DEFLATE_LEVEL = 9


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
