"""Writing ``dist``: Brotli and gzip forms, made once for each content; the manifest; one swap at the end."""

from __future__ import annotations

import gzip
import json
import os
import shutil
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Any

import brotli

from builder.cache import combine, sha256, tree_digests

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from builder.cache import Cache

MANIFEST = "manifest.json"
KIND = "compressed"
COMPRESSIBLE = frozenset(
    {".bin", ".css", ".html", ".js", ".json", ".mjs", ".svg", ".toml", ".wasm", ".whl", ".zip"}
)
BROTLI_QUALITY = 11
BROTLI_WINDOW_BITS = 24  # the largest a browser takes
GZIP_LEVEL = 9
RECIPE = combine(KIND, brotli.__version__, str(BROTLI_QUALITY), str(BROTLI_WINDOW_BITS), str(GZIP_LEVEL))


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


@dataclass(frozen=True)
class Compressed:
    """The compressed forms of one file, each None where it would not be smaller."""

    br: bytes | None
    gz: bytes | None


def compress_all(files: Mapping[str, bytes], cache: Cache) -> dict[str, Compressed]:
    """The compressed forms of those ``files`` whose type compresses, by name; on every core."""
    names = [name for name in files if PurePosixPath(name).suffix in COMPRESSIBLE]
    names.sort(key=lambda name: len(files[name]), reverse=True)  # the longest work first
    with ThreadPoolExecutor(os.cpu_count()) as pool:  # both compressors let go of the interpreter lock
        results = pool.map(lambda name: _compress(files[name], cache), names)
        return dict(zip(names, results, strict=True))


def _compress(data: bytes, cache: Cache) -> Compressed:
    key = combine(RECIPE, sha256(data))
    made = cache.get(KIND, key, partial(_write_forms, data)).path
    forms = ((made / form).read_bytes() for form in ("br", "gz"))
    br, gz = (form if len(form) < len(data) else None for form in forms)
    return Compressed(br, gz)


def _write_forms(data: bytes, out: Path) -> None:
    compressed = brotli.compress(data, quality=BROTLI_QUALITY, lgwin=BROTLI_WINDOW_BITS)
    (out / "br").write_bytes(compressed)
    (out / "gz").write_bytes(gzip.compress(data, GZIP_LEVEL, mtime=0))
