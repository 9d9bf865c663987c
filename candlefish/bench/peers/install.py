"""The peers' packages, installed by npm into a cache; what is pinned is in ``packages.json``."""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
from importlib.resources import files
from pathlib import Path

from candlefish.bench.errors import BenchError

INSTALL_S = 600.0
DONE = "installed"


def installed() -> Path:
    """The directory that holds ``node_modules`` with all peers; installs them the first time.

    Raises:
        BenchError: there is no npm, or it fails.
    """
    wanted = (files("candlefish.bench.peers") / "packages.json").read_bytes()
    directory = cache_directory() / f"peers-{hashlib.sha256(wanted).hexdigest()[:12]}"
    if not (directory / DONE).exists():
        shutil.rmtree(directory, ignore_errors=True)
        directory.mkdir(parents=True)
        (directory / "package.json").write_bytes(wanted)
        _install(directory)
        (directory / DONE).touch()
    return directory


def cache_directory() -> Path:
    """Where the bench keeps what it can fetch again."""
    home = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    return Path(home) / "candlefish"


def _install(directory: Path) -> None:
    npm = shutil.which("npm")
    if npm is None:
        raise BenchError("npm is needed to install the peers; install Node.js 20 or newer")
    command = [
        npm,
        "install",
        "--ignore-scripts",
        "--no-audit",
        "--no-fund",
        "--no-package-lock",
        "--loglevel=error",
    ]
    try:
        done = subprocess.run(
            command, cwd=directory, capture_output=True, text=True, check=False, timeout=INSTALL_S
        )
    except subprocess.TimeoutExpired as error:
        raise BenchError(f"npm did not install the peers within {INSTALL_S:g} s") from error
    if done.returncode:
        last = (done.stderr or done.stdout).strip().splitlines()[-3:]
        raise BenchError(f"npm could not install the peers: {' '.join(last)}")
