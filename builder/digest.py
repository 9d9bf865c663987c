"""Content hashes: what names a cached result and an immutable directory (standard library only)."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

DIRECTORY_HASH_LENGTH = 12


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
