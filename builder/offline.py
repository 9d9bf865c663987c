"""The service worker: which files the site's own page needs without a network, and how each is verified."""

from __future__ import annotations

import base64
import hashlib
import json
from typing import TYPE_CHECKING

from builder.bundle import join
from builder.cache import combine, of_digests, sha256
from builder.packing import DECODER

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

SCRIPT = "service-worker.js"
FOLDER = "service-worker"
SOURCE = f"{FOLDER}/service-worker.js"
RELEASE = f"{FOLDER}/release.js"
KILL_SWITCH = f"{FOLDER}/service-worker-off.js"
UNPACK = "runtime/unpack.js"
SOURCES = frozenset({SOURCE, KILL_SWITCH, UNPACK})
NAME_LENGTH = 12


def service_worker(scripts: Mapping[str, str], kept: Mapping[str, bytes], page: bytes, app: str) -> bytes:
    """The script that keeps ``kept`` (by path in the site, all named by content) and the ``page``.

    ``scripts``: the sources of ``web/``, by path; ``app``: the directory that only this release's page names.
    The same release has the same script.
    """
    digests = {path: sha256(data) for path, data in kept.items()}
    unpacker = next((path for path in kept if path.endswith(f"/{DECODER}")), "")
    release = {
        "name": combine(of_digests(digests), sha256(page), scripts[SOURCE], scripts[UNPACK])[:NAME_LENGTH],
        "files": {path: integrity(kept[path]) for path in sorted(kept)},
        "page_names": f"{app}/",
        "unpacker": unpacker,
    }
    written = {**scripts, RELEASE: f"export const RELEASE = {json.dumps(release)};\n"}
    return join(written, [SOURCE], form="iife")[SCRIPT].text.encode()


def kill_switch(scripts: Mapping[str, str]) -> bytes:
    """The script that removes everything the service worker kept, and itself, wherever it is registered."""
    (script,) = join(scripts, [KILL_SWITCH], form="iife").values()
    return script.text.encode()


def integrity(data: bytes) -> str:
    """The SHA-256 of some bytes as subresource integrity writes it."""
    return f"sha256-{base64.b64encode(hashlib.sha256(data).digest()).decode()}"


def wanted(path: str, scripts: Collection[str]) -> bool:
    """Whether a path below an immutable directory belongs to what the page needs to live."""
    directory, _, name = path.partition("/")
    if directory.startswith("app-"):
        return name in scripts
    if directory.startswith("pyodide-"):
        return name in {"pyodide.asm.js", "pyodide.mjs"}
    return directory.startswith("snapshot-")
