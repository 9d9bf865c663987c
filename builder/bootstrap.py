"""The way from a fresh clone to ``.venv``, and the command line of ``build.py`` (standard library only).

``.venv`` is made by ``venv``; pip puts one hash-pinned uv into it, and uv everything else, hash-pinned
too. A stamp of all that goes in makes the next run skip this in milliseconds.
"""

from __future__ import annotations

import argparse
import hashlib
import importlib.util
import os
import shutil
import subprocess
import sys
from typing import TYPE_CHECKING

from builder import debian, node
from builder.steps import BuildError, exit_status, run, step
from builder.workspace import CACHE, REQUIREMENTS, ROOT, VENV, exclusive, venv_program

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

LOCKED = (REQUIREMENTS / "uv.txt", REQUIREMENTS / "dev.txt")
BASE_STAMP = VENV / "candlefish-base.stamp"
BASE = (REQUIREMENTS / "uv.txt",)
STAMP = VENV / "candlefish.stamp"
CONTENTS = (*LOCKED, ROOT / "pyproject.toml", ROOT / "candlefish" / "__init__.py")
NEEDING_NODE = frozenset({"build", "serve", "test"})
LARGEST_PORT = 65535


def main(arguments: Sequence[str]) -> int:
    """Make ``.venv`` what it should be, then run the builder in it. Returns the exit status."""
    options = parser().parse_args(arguments)

    def prepared() -> int:
        if options.command in NEEDING_NODE:
            node.node_version()  # said at once, not after the minutes before it is needed
        with exclusive(CACHE / "venv.lock"):
            prepare()
        return _hand_over(arguments)

    return exit_status(prepared)


def prepare() -> None:
    """Create or renew ``.venv`` unless its stamp says that it is as pinned.

    Raises:
        BuildError: it cannot be made; the message says what to install.
    """
    if _is_stamped(STAMP, CONTENTS):
        return
    STAMP.unlink(missing_ok=True)
    if not _is_stamped(BASE_STAMP, BASE):
        _make_venv()
    with step("Python packages") as packages:
        _install_packages()
        packages.note = f"installed in {VENV.relative_to(ROOT)}"
    STAMP.write_text(_stamp(CONTENTS))


def _is_stamped(stamp: Path, inputs: Sequence[Path]) -> bool:
    """Whether a part of ``.venv`` was made whole, here, by this interpreter and from these files."""
    return venv_program("python").exists() and stamp.exists() and stamp.read_text() == _stamp(inputs)


def _stamp(inputs: Sequence[Path]) -> str:
    """A digest of the interpreter, the place and the files that decide what is in ``.venv``."""
    digest = hashlib.sha256(f"{ROOT}\n{sys.version}\n{sys.base_prefix}\n".encode())
    for path in inputs:
        digest.update(hashlib.sha256(path.read_bytes()).digest())
    return digest.hexdigest()


def _make_venv() -> None:
    """A virtual environment with pip and the pinned uv, in place of whatever was there."""
    if any(importlib.util.find_spec(module) is None for module in ("venv", "ensurepip")):
        _install_venv()
    with step("virtual environment"):
        shutil.rmtree(VENV, ignore_errors=True)
        run([sys.executable, "-m", "venv", VENV], what="making .venv")
    with step("uv"):
        pip = [str(venv_program("python")), "-m", "pip", "--disable-pip-version-check", "--quiet"]
        run(
            [*pip, "install", "--no-user", "--require-hashes", "--only-binary", ":all:", "-r", str(BASE[0])],
            what="installing uv",
        )
    BASE_STAMP.write_text(_stamp(BASE))


def _install_packages() -> None:
    """The pinned packages, and no others; then the ``candlefish`` command, from this directory."""
    uv = [str(venv_program("uv")), "pip"]
    target = ["--python", str(venv_program("python")), "--quiet"]
    run(
        [*uv, "sync", *target, "--require-hashes", *map(str, LOCKED)],
        what="installing the pinned Python packages",
    )
    run(
        [*uv, "install", *target, "--no-deps", "--no-build-isolation", "--editable", str(ROOT)],
        what="installing candlefish",
    )


def _install_venv() -> None:
    """Install what Debian keeps in a package of its own."""
    package = f"python{sys.version_info.major}.{sys.version_info.minor}-venv"
    if not debian.may_install():
        raise BuildError(
            f"this Python ({sys.executable}) lacks its venv or ensurepip module, so it cannot make a virtual"
            f" environment: install it and run this again (Debian, Ubuntu: apt-get install {package})"
        )
    with step(package):
        debian.install(package)


def _hand_over(arguments: Sequence[str]) -> int:
    """Run the builder inside ``.venv``, in this process where the system can."""
    python = str(venv_program("python"))
    command = [python, "-m", "builder", *arguments]
    os.chdir(ROOT)
    sys.stdout.flush()
    if sys.platform == "win32":
        return subprocess.run(command, check=False).returncode
    return os.execv(python, command)


def parser() -> argparse.ArgumentParser:
    """The parser of ``build.py``'s commands."""
    top = argparse.ArgumentParser(prog="build.py", description="Build, serve or test Candlefish.")
    commands = top.add_subparsers(dest="command", required=True, metavar="command")
    commands.add_parser("setup", help="make .venv with what is pinned, and no more")
    build = commands.add_parser("build", help="write the site to dist/")
    build.add_argument(
        "--no-offline",
        dest="offline",
        action="store_false",
        help="the kill switch instead of the service worker: browsers forget what they kept",
    )
    serve = commands.add_parser("serve", help="build, then serve dist/ and print its address")
    serve.add_argument("--port", type=port, default=None, help="default: 8000, or the next free")
    serve.add_argument("--host", default="127.0.0.1", help="address to listen on (default: %(default)s)")
    test = commands.add_parser("test", help="build, then run lint, types and every test")
    extent = test.add_mutually_exclusive_group()
    extent.add_argument("--quick", action="store_true", help="no build, no browser: lint, types, pure tests")
    extent.add_argument("--long", action="store_true", help="also soaks, chaos, and every case of a kind")
    test.add_argument("pytest", nargs="*", metavar="-- ARG", help="further arguments for pytest")
    commands.add_parser("lambda", help="write the service for AWS Lambda to artefacts/")
    commands.add_parser("pins", help="renew builder/requirements/*.txt from pyproject.toml")
    return top


def port(text: str) -> int:
    """A TCP port from its text, for argparse: 0 (any free one) to 65535.

    Raises:
        argparse.ArgumentTypeError: it is none.
    """
    if text.isdecimal() and int(text) <= LARGEST_PORT:
        return int(text)
    message = f"{text!r} is not a port: a whole number from 0 (any free one) to {LARGEST_PORT}"
    raise argparse.ArgumentTypeError(message)
