"""The programs that Meson is given: an emcc that is clang, and a Python that answers as Pyodide's.

And the symbols that Pyodide's WebAssembly gives to extension modules, which may want no others.
"""

from __future__ import annotations

import json
import os
import shutil
import sys
from dataclasses import dataclass
from pathlib import Path
from shlex import quote
from typing import TYPE_CHECKING, Any

from builder import debian
from builder.numpy_wasm.recipe.sdist import find_uv
from builder.steps import BuildError, run, timed
from builder.workspace import venv_program

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from builder.numpy_wasm.pinned import Pin
    from builder.numpy_wasm.recipe.sysroot import Sysroot

PROGRAMS = ("clang-19", "clang++-19", "wasm-ld-19", "llvm-ar-19")
PACKAGES = ("clang-19", "lld-19", "llvm-19")
EMCC = Path(__file__).with_name("emcc.py")
CROSS_FILE = """\
[binaries]
c = 'emcc'
cpp = 'em++'
ar = 'llvm-ar-19'
strip = 'true'
python = 'host-python'
cython = 'cython'
pkg-config = 'false'

[built-in options]
buildtype = 'release'
b_ndebug = 'if-release'

[properties]
needs_exe_wrapper = true
skip_sanity_check = true
longdouble_format = 'IEEE_QUAD_LE'

[host_machine]
system = 'emscripten'
cpu_family = 'wasm32'
cpu = 'wasm'
endian = 'little'
"""
# Meson runs its python_info.py with the interpreter the modules are for. That one runs in WebAssembly, so
# its answers are in a file; everything else (NumPy's code generators) is for the interpreter of the build.
HOST_PYTHON = """\
#!/bin/sh
case "$1" in */python_info.py) exec cat {info} ;; esac
exec {python} "$@"
"""
SHIM = """\
#!/bin/sh
exec {python} -IS {emcc} {config} {language} "$@"
"""
SYMBOLS_SCRIPT = Path(__file__).with_name("wasm_symbols.mjs")
RUNTIME = "pyodide.asm.wasm"
LIBRARY_MODULES = frozenset({"env", "wasi_snapshot_preview1"})
# The dynamic linker itself makes these.
LINKERS = frozenset(
    {"memory", "__indirect_function_table", "__stack_pointer", "__memory_base", "__table_base",
     "__cpp_exception", "__c_longjmp"}
)  # fmt: skip


@dataclass(frozen=True)
class Tools:
    """What configuring and compiling need."""

    python: Path  # of the build's own virtual environment
    cross_file: Path
    environment: dict[str, str]  # with the programs first on PATH


def install_compiler(log: Callable[[str], None]) -> None:
    """Install clang 19 and its companions from Debian unless they are here.

    Raises:
        BuildError: they are not, and this account may not install them.
    """
    if any(shutil.which(program) is None for program in PROGRAMS):
        with timed(log, f"apt-get install {' '.join(PACKAGES)}"):
            debian.install(*PACKAGES)


def make(pin: Pin, target: Sysroot, allowed: frozenset[str], work: Path, requirements: Path) -> Tools:
    """Write the programs and Meson's cross file under ``work``, and install Cython and ninja there."""
    python = _make_venv(work / "venv", requirements)
    programs = work / "bin"
    programs.mkdir()
    allowed_path, config = work / "allowed-symbols.txt", work / "emcc.json"
    allowed_path.write_text("\n".join(sorted(allowed)))
    config.write_text(json.dumps(_emcc_config(pin, target, allowed_path, work)))
    info = work / "python_info.json"
    info.write_text(json.dumps(python_info(pin, target)))
    for name, language in (("emcc", "c"), ("em++", "c++")):
        words = {"python": python, "emcc": EMCC, "config": config, "language": language}
        _write_program(programs / name, SHIM.format(**{key: quote(str(word)) for key, word in words.items()}))
    _write_program(
        programs / "host-python", HOST_PYTHON.format(info=quote(str(info)), python=quote(str(python)))
    )
    cross_file = work / "cross.ini"
    cross_file.write_text(CROSS_FILE)
    path = os.pathsep.join([str(programs), str(python.parent), os.environ["PATH"]])
    return Tools(python, cross_file, {**os.environ, "PATH": path})


def python_info(pin: Pin, target: Sysroot) -> dict[str, object]:
    """What Meson's ``python_info.py`` would print if it ran in Pyodide."""
    include = str(target.python)
    paths = {"include": include, "platinclude": include, "stdlib": f"/usr/lib/python{pin.python}"}
    site = f"lib/python{pin.python}/site-packages"
    install = {"purelib": site, "platlib": site, "include": "include", "scripts": "bin", "data": ""}
    return {
        "variables": {**target.variables, "INCLUDEPY": include, "LIBPC": "", "base_prefix": "/usr"},
        "paths": paths,
        "sysconfig_paths": paths,
        "install_paths": install,
        "version": pin.python,
        "platform": f"emscripten-{pin.emscripten}-wasm32",
        "is_pypy": False,
        "is_venv": False,
        "link_libpython": False,
        "suffix": target.extension_suffix,
        "limited_api_suffix": ".abi3.so",
        "is_freethreaded": False,
    }


def _emcc_config(pin: Pin, target: Sysroot, allowed: Path, work: Path) -> dict[str, str]:
    folders = {"musl": target.musl, "libcxx": target.libcxx, "python": target.python}
    config = {name: str(path) for name, path in folders.items()}
    return config | {"emscripten": pin.emscripten, "allowed": str(allowed), "work": str(work)}


def _make_venv(folder: Path, requirements: Path) -> Path:
    """A private virtual environment with the hash-pinned build tools; returns its interpreter."""
    uv, python = find_uv(), venv_program("python", folder)
    run([uv, "venv", "--quiet", "--python", sys.executable, folder], what="making a virtual environment")
    run([uv, "pip", "sync", "--quiet", "--require-hashes", "--python", python, requirements],
        what="installing Cython and ninja")  # fmt: skip
    return python


def _write_program(path: Path, text: str) -> None:
    path.write_text(text)
    path.chmod(0o755)


def symbols_of(pyodide_dir: Path) -> frozenset[str]:
    """The functions and variables that an extension module may import from Pyodide."""
    module = _symbols(pyodide_dir / RUNTIME)
    exported = {item["name"] for item in module["exports"] if item["kind"] in {"function", "global"}}
    from_javascript = {
        item["name"]
        for item in module["imports"]
        if item["kind"] == "function" and item["module"] in LIBRARY_MODULES
    }
    return frozenset(exported | from_javascript)


def require_symbols(modules: Iterable[Path], provided: frozenset[str]) -> None:
    """Refuse extension modules that want what Pyodide does not have: they would only fail when called.

    Raises:
        BuildError: naming each missing symbol.
    """
    for path in modules:
        module = _symbols(path)
        own = {item["name"] for item in module["exports"]}
        wanted = {item["name"] for item in module["imports"]}
        missing = sorted(wanted - own - provided - LINKERS)
        if missing:
            raise BuildError(f"{path.name} wants symbols that Pyodide lacks: {', '.join(missing)}")


def _symbols(path: Path) -> Any:
    return json.loads(run(["node", SYMBOLS_SCRIPT, path], what=f"reading the symbols of {path.name}"))
