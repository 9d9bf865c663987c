"""Brotli and gzip copies of files, made once for each content and kept."""

from __future__ import annotations

import gzip
import os
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

import brotli

from builder.cache import combine, sha256

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from builder.cache import Cache

KIND = "compressed"
COMPRESSIBLE = frozenset(
    {".bin", ".css", ".html", ".js", ".json", ".mjs", ".svg", ".toml", ".wasm", ".whl", ".zip"}
)
BROTLI_QUALITY = 11
BROTLI_WINDOW_BITS = 24  # the largest a browser takes
GZIP_LEVEL = 9
RECIPE = combine(KIND, brotli.__version__, str(BROTLI_QUALITY), str(BROTLI_WINDOW_BITS), str(GZIP_LEVEL))


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
