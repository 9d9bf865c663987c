"""A small built site, made by the builder's own output step."""

from __future__ import annotations

import gzip
from typing import TYPE_CHECKING

import brotli
import pytest

from builder import output
from builder.output import Compressed

if TYPE_CHECKING:
    from pathlib import Path

APP = "app-0123456789ab"
PAGE = "<!doctype html><title>fish</title><style>body { color: red }</style>" + "<p>glow</p>" * 40
FILES = {
    "index.html": PAGE.encode(),
    "pyscript.html": b"<!doctype html><title>python</title>",
    "docs/index.html": b"<!doctype html><title>docs</title>" + b"<p>how</p>" * 40,
    "candle-fish.js": f'import "./{APP}/candle-fish.js";\n'.encode(),
    f"{APP}/candle-fish.js": b"export const fish = 1;\n" * 40,
    f"{APP}/core.wasm": b"\0asm" + bytes(400),
    "static/fallback.svg": b"<svg xmlns='http://www.w3.org/2000/svg'><style>p{}</style></svg>",
    "py-0123456789ab/fish.whl": b"PK",
}


def write_site(dist: Path, files: dict[str, bytes]) -> None:
    """Write a site, with compressed forms of the files that are not tiny."""
    large = {name: data for name, data in files.items() if len(data) > 200}
    compressed = {
        name: Compressed(brotli.compress(data), gzip.compress(data, mtime=0)) for name, data in large.items()
    }
    content = output.manifest_bytes(output.manifest(files, compressed, "1.2.3"))
    output.write(dist, output.with_compressed(files, compressed) | {output.MANIFEST: content})


@pytest.fixture
def dist(tmp_path: Path) -> Path:
    """The directory of the small site."""
    write_site(tmp_path / "dist", FILES)
    return tmp_path / "dist"
