"""Configuring with NumPy's own Meson and compiling its two modules with ninja."""

from __future__ import annotations

import shutil
import subprocess
import time
from collections import deque
from dataclasses import dataclass
from typing import TYPE_CHECKING

from builder.steps import BuildError, run, timed
from builder.workspace import venv_program

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from builder.numpy_wasm.recipe.toolchain import Tools

MODULES = ("numpy/_core/_multiarray_umath", "numpy/linalg/_umath_linalg")
OPTIONS = (
    "--prefix=/usr", "-Dblas=none", "-Dlapack=none", "-Dallow-noblas=true", "-Dcpu-baseline=none",
    "-Dcpu-dispatch=none",
)  # fmt: skip
NICENESS = "10"
SAID_EVERY_S = 10.0
LINES_SHOWN = 60


@dataclass(frozen=True)
class Built:
    """What the compilation made."""

    modules: tuple[Path, ...]  # extension modules, below ``folder`` as they are below site-packages
    config: Path  # the generated numpy/__config__.py
    folder: Path
    work: Path  # the directory whose path must not end up in the wheel


def build(source: Path, tools: Tools, suffix: str, work: Path, log: Callable[[str], None]) -> Built:
    """Configure and compile in ``work``.

    Raises:
        BuildError: Meson or ninja fails; the message ends with its output.
    """
    folder = work / "build"
    meson = source / "vendored-meson" / "meson" / "meson.py"
    with timed(log, "configuring NumPy"):
        run(
            [
                *_nicely(),
                tools.python,
                meson,
                "setup",
                folder,
                source,
                "--cross-file",
                tools.cross_file,
                *OPTIONS,
            ],
            what="configuring NumPy",
            env=tools.environment,
        )
    targets = [f"{module}{suffix}" for module in MODULES]
    ninja = venv_program("ninja", tools.python.parent.parent)
    with timed(log, "compiling NumPy"):
        _stream([*_nicely(), str(ninja), "-C", str(folder), *targets], tools.environment, log)
    modules = tuple(folder / target for target in targets)
    return Built(modules, folder / "numpy" / "__config__.py", folder, work)


def _nicely() -> list[str]:
    """The words that make a command yield to the machine's other work."""
    return ["nice", "-n", NICENESS] if shutil.which("nice") else []


def _stream(command: Sequence[str], environment: dict[str, str], log: Callable[[str], None]) -> None:
    """Run a command that prints its progress line by line, passing some of it on."""
    tail: deque[str] = deque(maxlen=LINES_SHOWN)
    said_s = time.monotonic()
    with subprocess.Popen(
        command,
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors="replace",
    ) as process:
        for line in process.stdout or ():
            tail.append(line.rstrip())
            if line.startswith("[") and time.monotonic() - said_s > SAID_EVERY_S:
                said_s = time.monotonic()
                log(f"compiling NumPy {line.split(' ', 1)[0]}")
    if process.returncode:
        raise BuildError("\n".join([f"compiling NumPy: ninja ended with status {process.returncode}", *tail]))
