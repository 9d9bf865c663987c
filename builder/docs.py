"""The docs site: MkDocs with a theme of our own, which has no script at all."""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

from builder.steps import run

SUFFIXES = frozenset({".css", ".html", ".jpg", ".png", ".svg"})


def docs_files(root: Path) -> dict[str, bytes]:
    """The files of the docs site by path, made from ``docs/`` and the data at ``root``.

    Raises:
        BuildError: MkDocs refuses; its message says which page.
    """
    with tempfile.TemporaryDirectory() as folder:
        command = [sys.executable, "-m", "mkdocs", "build", "--strict", "--quiet", "--site-dir", folder]
        run(command, what="building the docs", cwd=root)
        made = sorted(path for path in Path(folder).rglob("*") if path.suffix in SUFFIXES)
        return {path.relative_to(folder).as_posix(): path.read_bytes() for path in made}
