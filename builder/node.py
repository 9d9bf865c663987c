"""Node and npm: their versions, and the locked packages in ``node_modules`` (standard library only)."""

from __future__ import annotations

import json
import re
import shutil
from typing import TYPE_CHECKING

from builder.cache import combine, file_sha256
from builder.steps import BuildError, run

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

MINIMUM_NODE = 20
INPUTS = ("package.json", "package-lock.json", ".npmrc")
STAMP = ".candlefish.json"


def node_version() -> str:
    """The version of the Node on PATH.

    Raises:
        BuildError: Node or npm is missing, or Node is too old.
    """
    for program in ("node", "npm"):
        if shutil.which(program) is None:
            raise BuildError(
                f"{program} was not found on PATH: install Node {MINIMUM_NODE} or newer, with npm"
                " (Debian 13 or newer: apt-get install nodejs npm)"
            )
    version = run(["node", "--version"], what="asking Node for its version").strip()
    major = re.match(r"v(\d+)\.", version)
    if major is None or int(major[1]) < MINIMUM_NODE:
        raise BuildError(
            f"Node {MINIMUM_NODE} or newer is needed; the one on PATH is {version} ({shutil.which('node')}):"
            " install a newer one, or put it first on PATH"
        )
    return version


def install_packages(root: Path, used: Sequence[str]) -> bool:
    """Make ``root/node_modules`` what the lock file says; returns whether npm had to run.

    ``used`` are the directories of node_modules whose files the build reads: they are hashed when
    npm has installed them, and again on every build, so that a damaged copy is installed anew.

    Raises:
        BuildError: Node is missing or too old, an input is missing, or npm fails.
    """
    version = node_version()
    key = combine(version, *(_input_digest(root / name) for name in INPUTS))
    modules = root / "node_modules"
    if _is_installed(modules, key, used):
        return False
    npm = shutil.which("npm") or "npm"
    run([npm, "ci", "--no-audit", "--no-fund"], what="installing the locked npm packages", cwd=root)
    for name in used:
        if not (modules / name).is_dir():
            raise BuildError(f"npm did not install {modules / name}")
    stamp = {"key": key, "files": _digests(modules, used)}
    (modules / STAMP).write_text(json.dumps(stamp, indent=1))
    return True


def _input_digest(path: Path) -> str:
    if not path.is_file():
        raise BuildError(f"{path} is missing")
    return file_sha256(path)


def _is_installed(modules: Path, key: str, used: Sequence[str]) -> bool:
    try:
        stamp = json.loads((modules / STAMP).read_text())
        return bool(stamp == {"key": key, "files": _digests(modules, used)})
    except (OSError, ValueError):
        return False


def _digests(modules: Path, used: Sequence[str]) -> dict[str, str]:
    """The digests of the files in the used directories themselves, not below them."""
    files = sorted(path for name in used for path in (modules / name).iterdir() if path.is_file())
    return {path.relative_to(modules).as_posix(): file_sha256(path) for path in files}
