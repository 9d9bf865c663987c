"""Writing ``dist``: compressed forms, the manifest, and one swap at the end."""

from __future__ import annotations

import json
import shutil
from typing import TYPE_CHECKING, Any

from builder.cache import sha256, tree_digests

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from builder.compress import Compressed

MANIFEST = "manifest.json"


def with_compressed(files: Mapping[str, bytes], compressed: Mapping[str, Compressed]) -> dict[str, bytes]:
    """The files and, beside each, its ``.br`` and ``.gz`` where these are smaller."""
    everything = dict(files)
    for name, forms in compressed.items():
        if forms.br is not None:
            everything[f"{name}.br"] = forms.br
        if forms.gz is not None:
            everything[f"{name}.gz"] = forms.gz
    return everything


def manifest(
    files: Mapping[str, bytes], compressed: Mapping[str, Compressed], version: str
) -> dict[str, Any]:
    """What ``manifest.json`` says: for each file its digest and its sizes in bytes (null: no such form)."""
    return {
        "version": version,
        "files": {name: _entry(files[name], compressed.get(name)) for name in sorted(files)},
    }


def _entry(data: bytes, forms: Compressed | None) -> dict[str, Any]:
    br, gz = (forms.br, forms.gz) if forms else (None, None)
    return {
        "sha256": sha256(data),
        "bytes": len(data),
        "br": None if br is None else len(br),
        "gz": None if gz is None else len(gz),
    }


def manifest_bytes(content: Mapping[str, Any]) -> bytes:
    """The manifest as the file holds it."""
    return (json.dumps(content, indent=1, sort_keys=True) + "\n").encode()


def write(dist: Path, files: Mapping[str, bytes]) -> bool:
    """Make the directory ``dist`` hold exactly ``files``; returns whether it had to be written.

    It is written beside the old one and put in its place when it is whole, so that a failure or an
    interruption leaves the old one as it was.
    """
    if dist.is_dir() and tree_digests(dist) == {name: sha256(files[name]) for name in sorted(files)}:
        return False
    making, old = dist.with_name(f"{dist.name}.tmp"), dist.with_name(f"{dist.name}.old")
    for leftover in (making, old):
        shutil.rmtree(leftover, ignore_errors=True)
    for name, data in files.items():
        path = making / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
    if dist.exists():
        dist.rename(old)
    making.rename(dist)
    shutil.rmtree(old, ignore_errors=True)
    return True
