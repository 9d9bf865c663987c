"""NumPy for Pyodide from its source distribution: everything here decides what the built wheel is.

Needs of the machine only Debian's package archive (for the compiler and headers) and a Python package
index (for NumPy's sources, Cython and ninja). No part of NumPy is changed; what it builds are the two
extension modules that ``import numpy`` loads, without those of ``numpy.random`` and ``numpy.fft``.
"""

from __future__ import annotations

import shutil
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING

from builder.cache import file_sha256, of_digests, tree_digests
from builder.numpy_wasm.recipe import compilation, pack, sdist, symbols, sysroot, toolchain
from builder.steps import timed
from builder.workspace import REQUIREMENTS

if TYPE_CHECKING:
    from collections.abc import Callable

    from builder.numpy_wasm.pin import Pin

TOOLS = REQUIREMENTS / "numpy-wasm.txt"
PREFIX = "building-"
ABANDONED_S = 6 * 3600.0


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
            allowed = symbols.provided_by(pyodide_dir)
            tools = toolchain.make(pin, target, allowed, work, TOOLS)
        built = compilation.build(source, tools, target.extension_suffix, work, log)
        symbols.check_resolved(built.modules, allowed)
        return pack.wheel_bytes(pin, source, built)
