"""Contents by their hash: digests of files and trees, and a cache of results made from them.

Standard library only: Node's packages are compared by them before ``.venv`` is there.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

DIRECTORY_HASH_LENGTH = 12
RECEIPT = "receipt.json"
FILES = "files"
UNUSED_DAYS = 30
DAY_S = 86400.0


def sha256(data: bytes) -> str:
    """The SHA-256 of some bytes, in hexadecimal."""
    return hashlib.sha256(data).hexdigest()


def file_sha256(path: Path) -> str:
    """The SHA-256 of a file's contents, in hexadecimal."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def combine(*parts: str) -> str:
    """One digest of several strings, each kept apart from its neighbours."""
    return sha256("".join(f"{len(part)}:{part}" for part in parts).encode())


def tree_digests(root: Path) -> dict[str, str]:
    """The SHA-256 of every file below ``root``, by POSIX path relative to it, in order."""
    files = sorted(path for path in root.rglob("*") if path.is_file())
    return {path.relative_to(root).as_posix(): file_sha256(path) for path in files}


def of_digests(digests: Mapping[str, str]) -> str:
    """One digest of a tree, from its files' names and digests."""
    return combine(*(f"{name}\n{digests[name]}" for name in sorted(digests)))


def directory_hash(files: Mapping[str, bytes]) -> str:
    """The short hash in an immutable directory's name, from its files' names and contents."""
    return of_digests({name: sha256(data) for name, data in files.items()})[:DIRECTORY_HASH_LENGTH]


def write_atomically(path: Path, data: bytes) -> None:
    """Write a file so that it is there whole or not at all."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=path.parent, prefix=".writing-") as folder:
        part = Path(folder, path.name)
        part.write_bytes(data)
        part.replace(path)


class Result(NamedTuple):
    """A directory of made files, and whether they were taken from the cache."""

    path: Path
    from_cache: bool


class Cache:
    """Directories of files under ``root``, one for each (kind, key).

    An entry is written whole or not at all, and its files are compared with the digests recorded
    when it was made every time it is asked for, so a damaged entry is made again.
    """

    def __init__(self, root: Path) -> None:
        self._root = root

    def get(self, kind: str, key: str, make: Callable[[Path], None]) -> Result:
        """The files of an entry; ``make`` writes them into an empty directory when there are none."""
        entry = self._root / kind / key
        if _is_whole(entry):
            os.utime(entry)
            return Result(entry / FILES, from_cache=True)
        shutil.rmtree(entry, ignore_errors=True)
        entry.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=entry.parent, prefix=".making-") as folder:
            making = Path(folder, "entry")
            (making / FILES).mkdir(parents=True)
            make(making / FILES)
            (making / RECEIPT).write_text(json.dumps(tree_digests(making / FILES), indent=1))
            making.rename(entry)
        return Result(entry / FILES, from_cache=False)

    def prune(self, kind: str, unused_days: float = UNUSED_DAYS) -> int:
        """Delete the entries of a kind that nothing has asked for lately; returns how many."""
        oldest_s = time.time() - unused_days * DAY_S
        stale = [entry for entry in (self._root / kind).glob("*") if entry.stat().st_mtime < oldest_s]
        for entry in stale:
            shutil.rmtree(entry)
        return len(stale)


def _is_whole(entry: Path) -> bool:
    """Whether an entry's files are exactly those its receipt names."""
    try:
        receipt = json.loads((entry / RECEIPT).read_text())
    except (OSError, ValueError):
        return False
    return bool(tree_digests(entry / FILES) == receipt)
