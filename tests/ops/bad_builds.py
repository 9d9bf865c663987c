"""Builds of the real site with something wrong in them."""

from __future__ import annotations

import hashlib
import json
import os
import re
import shutil
from pathlib import Path

import brotli

DIST = Path(__file__).parents[2] / "dist"
SLOW = b"""
{ const native = self.requestAnimationFrame.bind(self);
  self.requestAnimationFrame = (callback) => native((at) => {
    const end = performance.now() + 300; while (performance.now() < end); callback(at); }); }
"""
"""Put into what draws: each frame takes 300 ms."""


def changed(tmp_path: Path, edits: dict[str, bytes | None]) -> Path:
    """The real site with files changed or (None) gone, its manifest in accord: a bad build, not a bad copy.

    A name is that of a script in the directory of the app.
    """
    dist = tmp_path / "bad"
    shutil.copytree(DIST, dist, copy_function=os.link)
    manifest = json.loads((DIST / "manifest.json").read_text(encoding="utf-8"))
    for ending, content in edits.items():
        name = next(name for name in manifest["files"] if re.fullmatch(rf"app-\w+{re.escape(ending)}", name))
        for form in ("", ".br", ".gz"):
            (dist / (name + form)).unlink(missing_ok=True)
        if content is None:
            del manifest["files"][name]
            continue
        text = (DIST / name).read_bytes() + content
        (dist / name).write_bytes(text)
        (dist / f"{name}.br").write_bytes(brotli.compress(text, quality=1))
        digest = hashlib.sha256(text).hexdigest()
        size = (dist / f"{name}.br").stat().st_size
        manifest["files"][name] = {"bytes": len(text), "br": size, "gz": None, "sha256": digest}
    (dist / "manifest.json").unlink()
    (dist / "manifest.json").write_text(json.dumps(manifest), encoding="utf-8")
    return dist
