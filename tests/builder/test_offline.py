"""The service worker that a build writes: what it keeps, and that it is one for each release."""

from __future__ import annotations

import base64
import hashlib
import json
import re

from builder.offline import kill_switch, service_worker, wanted
from builder.workspace import DIST, WEB

SOURCES = {path.relative_to(WEB).as_posix(): path.read_text(encoding="utf-8") for path in WEB.rglob("*.js")}
KEPT = {"app-1/a.js": b"a", "snapshot-1/memory.bin.zst": b"m", "snapshot-1/unpack.wasm": b"u"}


def made(kept: dict[str, bytes] = KEPT, page: bytes = b"page of app-1/", app: str = "app-1") -> str:
    return service_worker(SOURCES, kept, page, app).decode()


def test_the_same_release_has_the_same_script() -> None:
    assert made() == made(dict(reversed(KEPT.items())))
    others = {made({**KEPT, "app-1/a.js": b"b"}), made(page=b"words of app-1/"), made(app="app-2")}
    assert len({made(), *others}) == 4


def test_it_runs_where_modules_do_not() -> None:
    for script in (made(), kill_switch(SOURCES).decode()):
        assert not re.search(r"^(import|export)\b", script, re.MULTILINE)


def test_what_is_kept_is_what_the_page_needs() -> None:
    scripts = {"candle-fish.js", "worker.js"}
    assert wanted("app-1/worker.js", scripts)
    assert not wanted("app-1/mount.js", scripts)
    assert wanted("pyodide-1/pyodide.asm.js", scripts)
    assert not wanted("pyodide-1/pyodide.asm.wasm", scripts)
    assert not wanted("pyodide-1/python_stdlib.zip", scripts)
    assert wanted("snapshot-1/memory.bin.zst", scripts)
    assert not wanted("docs/index.html", scripts)


def test_the_built_site_keeps_files_that_are_there_and_as_they_are() -> None:
    script = (DIST / "service-worker.js").read_text(encoding="utf-8")
    found = re.search(r"RELEASE = (\{.*\});", script)
    assert found is not None
    release = json.loads(re.sub(r"([{,] )(\w+):", r'\1"\2":', found[1]))  # esbuild quotes only where it must
    for path, expected in release["files"].items():
        digest = base64.b64encode(hashlib.sha256((DIST / path).read_bytes()).digest()).decode()
        assert expected == f"sha256-{digest}", path
    names = {path.rpartition("/")[2] for path in release["files"]}
    assert {"candle-fish.js", "page.js", "worker.js", "assets.js", "analytics.js", "memory.bin.zst"} <= names
    assert not names & {"mount.js", "swarm.js", "python_stdlib.zip"}
    assert release["unpacker"] in release["files"]
    assert release["page_names"] in (DIST / "index.html").read_text(encoding="utf-8")
