"""Building the wheel: NumPy's own Meson configures, ninja compiles two modules, and they are packed."""

from __future__ import annotations

import shutil
import subprocess
import tempfile
import time
from collections import deque
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from builder.cache import file_sha256, of_digests, tree_digests
from builder.numpy_wasm.recipe import sdist, sysroot, toolchain
from builder.packing import with_record, zip_bytes
from builder.steps import BuildError, run, timed
from builder.workspace import REQUIREMENTS, venv_program

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from builder.numpy_wasm.pinned import Pin
    from builder.numpy_wasm.recipe.toolchain import Tools

TOOLS = REQUIREMENTS / "numpy-wasm.txt"
PREFIX = "building-"
ABANDONED_S = 6 * 3600.0
MODULES = ("numpy/_core/_multiarray_umath", "numpy/linalg/_umath_linalg")
OPTIONS = (
    "--prefix=/usr", "-Dblas=none", "-Dlapack=none", "-Dallow-noblas=true", "-Dcpu-baseline=none",
    "-Dcpu-dispatch=none",
)  # fmt: skip
NICENESS = "10"
SAID_EVERY_S = 10.0
LINES_SHOWN = 60
LEFT_OUT = frozenset(
    {"tests", "f2py", "distutils", "_pyinstaller", "_build_utils", "_examples", "code_generators"}
)
BUILD_FOLDER = "/numpy-build"


def fingerprint() -> str:
    """A digest of the recipe: a wheel made by another one is made again."""
    here = tree_digests(Path(__file__).parent)
    steps = {name: digest for name, digest in here.items() if not name.endswith(".pyc")}
    return of_digests({**steps, TOOLS.name: file_sha256(TOOLS)})


def remove_abandoned(cache_dir: Path) -> None:
    """Delete what builds that were killed left behind: half a gigabyte each."""
    oldest_s = time.time() - ABANDONED_S
    for folder in cache_dir.glob(f"{PREFIX}*"):
        if folder.stat().st_mtime < oldest_s:
            shutil.rmtree(folder, ignore_errors=True)


def build_wheel(pin: Pin, pyodide_dir: Path, cache_dir: Path, log: Callable[[str], None]) -> bytes:
    """Build the wheel ``pin`` names, working in a temporary directory under ``cache_dir``.

    Raises:
        BuildError: something it needs cannot be had, or a step fails; the message ends with its output.
    """
    cache_dir.mkdir(parents=True, exist_ok=True)
    remove_abandoned(cache_dir)
    with tempfile.TemporaryDirectory(dir=cache_dir, prefix=PREFIX) as folder:
        work = Path(folder).resolve()
        source = sdist.unpack(pin.numpy, cache_dir, work, log)
        with timed(log, "compiler, headers and build tools"):
            toolchain.install_compiler(log)
            target = sysroot.make(pin, pyodide_dir, work, log)
            allowed = toolchain.symbols_of(pyodide_dir)
            tools = toolchain.make(pin, target, allowed, work, TOOLS)
        built = _build(source, tools, target.extension_suffix, work, log)
        toolchain.require_symbols(built.modules, allowed)
        return wheel_bytes(pin, source, built)


@dataclass(frozen=True)
class Built:
    """What the compilation made."""

    modules: tuple[Path, ...]  # extension modules, below ``folder`` as they are below site-packages
    config: Path  # the generated numpy/__config__.py
    folder: Path
    work: Path  # the directory whose path must not end up in the wheel


def _build(source: Path, tools: Tools, suffix: str, work: Path, log: Callable[[str], None]) -> Built:
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


def wheel_bytes(pin: Pin, source: Path, built: Built) -> bytes:
    """The wheel: NumPy's modules without its tests and its tools for building other packages."""
    config = built.config.read_text(encoding="utf-8").replace(str(built.work), BUILD_FOLDER)
    files = {
        **{path.relative_to(source).as_posix(): path.read_bytes() for path in python_files(source)},
        **{path.relative_to(built.folder).as_posix(): path.read_bytes() for path in built.modules},
        "numpy/__config__.py": config.encode(),
    }
    metadata = {
        "METADATA": (source / "PKG-INFO").read_bytes(),
        "LICENSE.txt": (source / "LICENSE.txt").read_bytes(),
    }
    return zip_bytes(with_record("numpy", pin.numpy, pin.tag, files, metadata), deflate=True)


def python_files(source: Path) -> Iterator[Path]:
    """NumPy's modules in its source tree."""
    for path in sorted((source / "numpy").rglob("*.py")):
        if LEFT_OUT.isdisjoint(path.relative_to(source).parts):
            yield path
