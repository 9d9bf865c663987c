"""Files packed with Zstandard for the worker to unpack, and the decoder it does that with.

What a start waits for travels like this whatever the server can do, and comes to the worker still packed:
a quarter of the bytes to hand from process to process and to verify.
"""

from __future__ import annotations

import base64
import re
from typing import TYPE_CHECKING

import zstandard

from builder.archive import read_file
from builder.steps import BuildError

if TYPE_CHECKING:
    from pathlib import Path

SUFFIX = ".zst"
PACKAGE = "zstddec/dist"
DECODER = "unpack.wasm"
LEVEL = 22
EMBEDDED = re.compile(rb"const wasm = [\"']([A-Za-z0-9+/=]+)[\"']")


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
