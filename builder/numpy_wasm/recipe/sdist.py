"""NumPy's source distribution, from the package index that uv is set up to use."""

from __future__ import annotations

import shutil
import subprocess
import sys
import tomllib
from typing import TYPE_CHECKING

from builder.cache import file_sha256, write_atomically
from builder.numpy_wasm import pinned
from builder.steps import BuildError, run, timed
from builder.workspace import venv_program

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

SHA256 = {"2.2.5": "a9c0d994680cd991b1cb772e8b297340085466a6fe964bc9d4e80f5e2f43c291"}
TIMEOUT_S = 60.0


def unpack(version: str, cache_dir: Path, work: Path, log: Callable[[str], None]) -> Path:
    """The directory of NumPy's sources, unpacked in ``work``; the archive is kept in ``cache_dir``.

    Raises:
        BuildError: the version has no known hash, or the archive cannot be had or has another one.
    """
    archive = obtain(version, cache_dir, log)
    run(["tar", "-xzf", archive, "-C", work], what=f"unpacking {archive.name}")
    return work / archive.name.removesuffix(".tar.gz")


def obtain(version: str, cache_dir: Path, log: Callable[[str], None]) -> Path:
    """The verified archive in ``cache_dir``, fetched if it is not there."""
    if version not in SHA256:
        raise BuildError(
            f"no SHA-256 is known for NumPy {version}'s source distribution: add it to {__file__}"
        )
    archive = cache_dir / f"numpy-{version}.tar.gz"
    if archive.is_file() and file_sha256(archive) == SHA256[version]:
        log(f"{archive.name} is in the cache, SHA-256 verified")
        return archive
    with timed(log, f"fetching {archive.name} from the package index"):
        try:
            data = pinned.verified(pinned.fetch(url_of(version), TIMEOUT_S), SHA256[version])
        except pinned.DownloadError as error:
            raise BuildError(
                f"cannot fetch {archive.name}: {error}\n"
                f"check the network and uv's index settings, or put the file into {cache_dir} yourself"
            ) from error
    write_atomically(archive, data)
    return archive


def url_of(version: str) -> str:
    """Where the configured package index keeps the source distribution, as uv's lock format tells."""
    command = [
        find_uv(), "pip", "compile", "--quiet", "--no-header", "--no-deps", "--no-binary", "numpy",
        "--format", "pylock.toml", "--python", sys.executable, "-",
    ]  # fmt: skip
    done = subprocess.run(command, input=f"numpy=={version}\n", capture_output=True, text=True, check=False)
    if done.returncode:
        raise BuildError(f"uv cannot find NumPy {version} on the package index:\n{done.stderr.strip()}")
    return sdist_url(done.stdout)


def sdist_url(lock: str) -> str:
    """The URL of the one source distribution in a ``pylock.toml`` text.

    Raises:
        BuildError: there is none.
    """
    for package in tomllib.loads(lock).get("packages", []):
        url = package.get("sdist", {}).get("url")
        if isinstance(url, str):
            return url
    raise BuildError("the package index offers no source distribution of NumPy")


def find_uv() -> str:
    """The uv of this virtual environment, else the one on PATH."""
    own = venv_program("uv")
    found = str(own) if own.exists() else shutil.which("uv")
    if found is None:
        raise BuildError("uv was not found: run `python3 build.py build`, which installs it into .venv")
    return found
