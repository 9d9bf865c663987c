"""The versions a build uses, each read from the one place that fixes it, and the renewal of those pinned."""

from __future__ import annotations

import json
import re
import tomllib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from builder.steps import BuildError, run, step
from builder.workspace import REQUIREMENTS, ROOT, venv_program

if TYPE_CHECKING:
    from pathlib import Path

VERSION_LINE = re.compile(r'^__version__ = "([^"]+)"$', re.MULTILINE)
LAMBDA_PYTHON = "3.13"
LAMBDA_PLATFORM = "aarch64-manylinux_2_28"
PIN_OPTIONS = ("--generate-hashes", "--upgrade", "--no-header", "--no-annotate", "--quiet")
ANYWHERE = ("--universal", "--python-version", "3.11")
ON_LAMBDA = (
    *("--python-version", LAMBDA_PYTHON, "--python-platform", LAMBDA_PLATFORM),
    *("--only-binary", ":all:", "--constraint", "builder/requirements/dev.txt"),
)


@dataclass(frozen=True)
class Versions:
    """Version numbers of what ends up in ``dist``."""

    candlefish: str  # candlefish/__init__.py
    pyodide: str  # package.json
    numpy: str  # pyodide-lock.json
    python: str  # pyodide-lock.json


def read_versions(root: Path) -> Versions:
    """Read the versions of the repository at ``root``, whose npm packages are installed.

    Raises:
        BuildError: a file is missing or does not say its version, or npm installed another Pyodide.
    """
    pinned = _read_json(root / "package.json")["dependencies"]["pyodide"]
    package = root / "node_modules" / "pyodide"
    installed = _read_json(package / "package.json")["version"]
    if installed != pinned:
        raise BuildError(f"package.json pins Pyodide {pinned}, but {package} holds {installed}")
    lock = _read_json(package / "pyodide-lock.json")
    return Versions(
        candlefish=_candlefish_version(root / "candlefish" / "__init__.py"),
        pyodide=pinned,
        numpy=lock["packages"]["numpy"]["version"],
        python=lock["info"]["python"],
    )


def source_address(root: Path) -> str:
    """Where the source is published: ``Source`` in ``[project.urls]`` of ``pyproject.toml``; "" without one.

    Raises:
        BuildError: it is not an address with https.
    """
    path = root / "pyproject.toml"
    address = tomllib.loads(path.read_text(encoding="utf-8"))["project"].get("urls", {}).get("Source", "")
    if address and not address.startswith("https://"):
        raise BuildError(f"{path}: project.urls.Source is {address!r}, which is no address with https")
    return str(address)


def _candlefish_version(path: Path) -> str:
    found = VERSION_LINE.search(path.read_text(encoding="utf-8"))
    if found is None:
        raise BuildError(f'{path} has no line __version__ = "…"')
    return found[1]


def _read_json(path: Path) -> Any:
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise BuildError(f"{path}: {error}") from error


def renew_pins() -> None:
    """``build.py pins``: resolve ``pyproject.toml`` and uv itself anew, and write ``builder/requirements/``.

    Raises:
        BuildError: they cannot be resolved.
    """
    _compile("dev.txt", *ANYWHERE, "--extra", "dev", "pyproject.toml")
    _compile("lambda.txt", *ON_LAMBDA, "--extra", "aws", "--extra", "service", "pyproject.toml")
    _compile("uv.txt", *ANYWHERE, "builder/requirements/uv.in")


def _compile(output: str, *sources: str) -> None:
    uv = venv_program("uv")
    with step(f"builder/requirements/{output}"):
        run(
            [uv, "pip", "compile", *PIN_OPTIONS, "--output-file", REQUIREMENTS / output, *sources],
            what=f"resolving builder/requirements/{output}",
            cwd=ROOT,
        )
