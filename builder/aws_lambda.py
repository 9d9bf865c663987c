"""``build.py lambda``: the service as AWS Lambda takes it, one zip file, the same bytes each time.

It holds the part of the package that serves, and what that needs from PyPI as wheels for Lambda's processor
and Python: ``requirements/lambda.txt`` pins them by hash, at the versions the tests run. Nothing is compiled.
"""

from __future__ import annotations

import shutil
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Final

from builder.cache import sha256
from builder.packing import read_tree, zip_bytes
from builder.steps import BuildError, run, step
from builder.versions import LAMBDA_PLATFORM, LAMBDA_PYTHON
from builder.workspace import CACHE, PACKAGE, REQUIREMENTS, ROOT, venv_program

if TYPE_CHECKING:
    from collections.abc import Mapping

PINS: Final = REQUIREMENTS / "lambda.txt"
ARTEFACT: Final = ROOT / "artefacts" / "candlefish-lambda-arm64.zip"
UNPACKED_MAX: Final = 250 * 1024 * 1024
"""As much as Lambda unpacks, bytes."""
_LEFT_OUT: Final = frozenset({"bench", "browser", "draw", "ops", "render", "report", "simulate", "studio"})
"""Parts of candlefish that do not serve."""
_NOT_RUN: Final = frozenset({"tests", "test", "__pycache__", "bin"})


def build_lambda(artefact: Path = ARTEFACT) -> str:
    """Write the zip file and return its SHA-256.

    Raises:
        BuildError: the packages cannot be had, or are more than Lambda unpacks.
    """
    with step("packages for Lambda") as current:
        libraries = _libraries()
        current.note = f"{len(libraries)} files for {LAMBDA_PLATFORM}, Python {LAMBDA_PYTHON}"
    files = {**libraries, **own_files()}
    with step("zip file") as current:
        data = packed(files)
        artefact.parent.mkdir(parents=True, exist_ok=True)
        artefact.write_bytes(data)
        current.note = f"{len(data) / 1e6:.1f} MB"
    digest = sha256(data)
    print(f"{artefact.relative_to(ROOT)}  sha256:{digest}", flush=True)
    return digest


def packed(files: Mapping[str, bytes]) -> bytes:
    """The zip file of some files.

    Raises:
        BuildError: unpacked they are more than Lambda takes.
    """
    size = sum(map(len, files.values()))
    if size > UNPACKED_MAX:
        raise BuildError(
            f"the service unpacks to {size / 1e6:.0f} MB; Lambda takes {UNPACKED_MAX / 1e6:.0f} MB"
        )
    return zip_bytes(files, deflate=True)


def own_files() -> dict[str, bytes]:
    """The files of the package that serve, by their place in the zip file."""
    files = read_tree(PACKAGE)
    return {
        f"candlefish/{name}": data
        for name, data in files.items()
        if name.split("/")[0] not in _LEFT_OUT and not _NOT_RUN & set(name.split("/"))
    }


def _libraries() -> dict[str, bytes]:
    kept = CACHE / "lambda" / sha256(PINS.read_bytes())[:16]
    if not kept.is_dir():
        kept.parent.mkdir(parents=True, exist_ok=True)
        with TemporaryDirectory(dir=kept.parent) as scratch:
            target = Path(scratch) / "site"
            run(
                [
                    *(venv_program("uv"), "pip", "install", "--quiet", "--no-deps", "--require-hashes"),
                    *(
                        "--only-binary",
                        ":all:",
                        "--python-version",
                        LAMBDA_PYTHON,
                        "--python-platform",
                        LAMBDA_PLATFORM,
                    ),
                    *("--target", target, "--requirement", PINS),
                ],
                what="installing the packages for Lambda",
                cwd=ROOT,
            )
            shutil.move(target, kept)
    files = read_tree(kept)
    return {name: data for name, data in files.items() if not _NOT_RUN & set(name.split("/"))}
