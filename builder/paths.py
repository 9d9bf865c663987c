"""Where things are in the repository (standard library only)."""

from __future__ import annotations

import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
CACHE = ROOT / ".cache"
DIST = ROOT / "dist"
NODE_MODULES = ROOT / "node_modules"
PACKAGE = ROOT / "candlefish"
REQUIREMENTS = ROOT / "requirements"
STATIC = ROOT / "static"
VENV = ROOT / ".venv"
WEB = ROOT / "web"


def venv_program(name: str, venv: Path = VENV) -> Path:
    """The path of a program in a virtual environment."""
    if sys.platform == "win32":
        return venv / "Scripts" / f"{name}.exe"
    return venv / "bin" / name
