"""The service worker: which files the site's own page needs without a network, and how each is verified."""

from __future__ import annotations

import base64
import hashlib
import json
from typing import TYPE_CHECKING

from builder.bundle import bundles
from builder.digest import combine, of_digests, sha256
from builder.packing import DECODER

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

SCRIPT = "service-worker.js"
KILL_SWITCH = "service-worker-off.js"
SCRIPTS = frozenset({SCRIPT, KILL_SWITCH})
RELEASE = "release.js"
UNPACK = "unpack.js"
NAME_LENGTH = 12


def service_worker(scripts: Mapping[str, str], kept: Mapping[str, bytes], page: bytes, app: str) -> bytes:
    """The script that keeps ``kept`` (by path in the site, all named by content) and the ``page``.

    ``app`` is the directory that only this release's page names. The same release has the same script.
    """
    digests = {path: sha256(data) for path, data in kept.items()}
    unpacker = next((path for path in kept if path.endswith(f"/{DECODER}")), "")
    release = {
        "name": combine(of_digests(digests), sha256(page), scripts[SCRIPT], scripts[UNPACK])[:NAME_LENGTH],
        "files": {path: integrity(kept[path]) for path in sorted(kept)},
        "page_names": f"{app}/",
        "unpacker": unpacker,
    }
    parts = {
        SCRIPT: scripts[SCRIPT],
        UNPACK: scripts[UNPACK],
        RELEASE: f"export const RELEASE = {json.dumps(release)};\n",
    }
    return bundles(parts)[SCRIPT].encode()


def kill_switch(scripts: Mapping[str, str]) -> bytes:
    """The script that removes everything the service worker kept, and itself, wherever it is registered."""
    return bundles({KILL_SWITCH: scripts[KILL_SWITCH]})[KILL_SWITCH].encode()


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
