"""The working tree: where things are in it, and one build at a time (standard library only)."""

from __future__ import annotations

import sys
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).resolve().parent.parent
CACHE = ROOT / ".cache"
DIST = ROOT / "dist"
NODE_MODULES = ROOT / "node_modules"
PACKAGE = ROOT / "candlefish"
REQUIREMENTS = ROOT / "builder" / "requirements"
STATIC = ROOT / "static"
VENV = ROOT / ".venv"
WEB = ROOT / "web"


def venv_program(name: str, venv: Path = VENV) -> Path:
    """The path of a program in a virtual environment."""
    if sys.platform == "win32":
        return venv / "Scripts" / f"{name}.exe"
    return venv / "bin" / name


@contextmanager
def exclusive(path: Path) -> Iterator[None]:
    """Hold the lock file ``path``; wait, and say so, while another build holds it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w") as file:
        _acquire(file.fileno())
        yield


if sys.platform == "win32":
    import msvcrt

    def _acquire(descriptor: int) -> None:
        msvcrt.locking(descriptor, msvcrt.LK_LOCK, 1)

else:
    import fcntl

    def _acquire(descriptor: int) -> None:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            print("  waiting for another build in this directory to end", flush=True)
            fcntl.flock(descriptor, fcntl.LOCK_EX)
