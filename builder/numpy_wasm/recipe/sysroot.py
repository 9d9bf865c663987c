"""The headers NumPy is compiled against, made to agree with Pyodide's Emscripten.

musl's come from Debian's older Emscripten, libc++'s from LLVM 19; CPython's from an interpreter on this
machine, else from Debian, with a ``pyconfig.h`` generated from Pyodide's own build variables.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import zipfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from builder import debian
from builder.steps import BuildError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from builder.numpy_wasm.pinned import Pin

DEBIAN_SUITE = "bookworm"
MUSL = "usr/share/emscripten/cache/sysroot/include"
LIBCXX = "usr/lib/llvm-19/include/c++/v1"
# Emscripten widened time_t to 64 bits after the release whose headers these are.
WIDER_TIME = {
    "typedef long time_t;": "typedef long long time_t;",
    "typedef long suseconds_t;": "typedef long long suseconds_t;",
    "struct timespec { time_t tv_sec; long tv_nsec; };": (
        "struct timespec { time_t tv_sec; long tv_nsec; int :32; };"
    ),
}
EMSCRIPTEN_LIBCXX = {
    "_LIBCPP_ABI_VERSION 1": "_LIBCPP_ABI_VERSION 2",
    "_LIBCPP_ABI_NAMESPACE __1": "_LIBCPP_ABI_NAMESPACE __2",
    "/* #undef _LIBCPP_HAS_MUSL_LIBC */": "#define _LIBCPP_HAS_MUSL_LIBC",
    "/* #undef _LIBCPP_HAS_NO_THREADS */": "#define _LIBCPP_HAS_NO_THREADS",
    "#define _LIBCPP_PSTL_BACKEND_STD_THREAD": "#define _LIBCPP_PSTL_BACKEND_SERIAL",
}
SETTING = re.compile(r"#define (\w+)(?:\s.*)?$|/\* #undef (\w+) \*/$")
STRUCTURAL = frozenset({"Py_PYCONFIG_H", "WORDS_BIGENDIAN"})
SIZES = ("SIZEOF", "ALIGNOF")
# The Debian release that has the interpreter Pyodide is made of.
DEBIAN_SUITES = {"3.13": "trixie"}
ASK = "import sysconfig as s; print(s.get_path('include')); print(s.get_config_h_filename())"


@dataclass(frozen=True)
class Sysroot:
    """Header directories, and what Pyodide's CPython says of itself."""

    musl: Path
    libcxx: Path
    python: Path
    variables: Mapping[str, object]  # sysconfig's build_time_vars

    @property
    def extension_suffix(self) -> str:
        """How the file name of an extension module ends."""
        return str(self.variables["EXT_SUFFIX"])


def make(pin: Pin, pyodide_dir: Path, work: Path, log: Callable[[str], None]) -> Sysroot:
    """Assemble the headers under ``work``.

    Raises:
        BuildError: a package cannot be had, or its headers are not those this recipe was written for.
    """
    packages = debian.download(DEBIAN_SUITE, ["emscripten", "libc++-19-dev"], work)
    root = work / "sysroot"
    musl = debian.extract(packages["emscripten"], MUSL, root / "emscripten")
    shutil.rmtree(musl / "c++", ignore_errors=True)
    replace_all(musl / "bits" / "alltypes.h", WIDER_TIME)
    libcxx = debian.extract(packages["libc++-19-dev"], LIBCXX, root / "libcxx")
    replace_all(libcxx / "__config_site", EMSCRIPTEN_LIBCXX)
    variables = build_variables(pyodide_dir)
    python = root / f"python{pin.python}"
    found = find_headers(pin.python, work, log)
    shutil.copytree(found.include, python)
    template = found.pyconfig.read_text(encoding="utf-8")
    (python / "pyconfig.h").write_text(pyconfig(template, variables), encoding="utf-8")
    return Sysroot(musl, libcxx, python, variables)


def replace_all(path: Path, replacements: Mapping[str, str]) -> None:
    """Make each replacement in a file.

    Raises:
        BuildError: one of the texts is not in it.
    """
    text = path.read_text(encoding="utf-8")
    for old, new in replacements.items():
        if old not in text:
            raise BuildError(
                f"{path} has no {old!r}: this is another version than the recipe was written for"
            )
        text = text.replace(old, new)
    path.write_text(text, encoding="utf-8")


def build_variables(pyodide_dir: Path) -> dict[str, object]:
    """The build variables of Pyodide's CPython, from its standard library."""
    with zipfile.ZipFile(pyodide_dir / "python_stdlib.zip") as archive:
        names = [
            name for name in archive.namelist() if re.fullmatch(r"_sysconfigdata_\w*\W?[\w-]*\.py", name)
        ]
        if len(names) != 1:
            raise BuildError(f"{archive.filename} has {len(names)} _sysconfigdata modules, expected one")
        namespace: dict[str, dict[str, object]] = {}
        exec(archive.read(names[0]), namespace)  # Pyodide's own module, from the pinned package
    return namespace["build_time_vars"]


def pyconfig(template: str, variables: Mapping[str, object]) -> str:
    """A native ``pyconfig.h`` with the answers of another platform's build variables."""
    answered: set[str] = set()
    return "".join(f"{_answer(line, variables, answered)}\n" for line in template.splitlines())


def _answer(line: str, variables: Mapping[str, object], answered: set[str]) -> str:
    """One line of it; what is defined twice (under an #if) is only answered once."""
    found = SETTING.match(line)
    name = (found[1] or found[2]) if found else ""
    is_compilers = name.startswith("_") and name != "_PYTHONFRAMEWORK"
    if not name or name in STRUCTURAL or name in answered or is_compilers:
        return line
    value = variables.get(name)
    if value in {None, "", 0, "0"} and not (value is not None and name.startswith(SIZES)):
        return f"/* #undef {name} */"
    answered.add(name)
    return f"#define {name} {value}"


@dataclass(frozen=True)
class Headers:
    """CPython's headers, and the ``pyconfig.h`` that came with them (for a native platform)."""

    include: Path  # the directory with Python.h
    pyconfig: Path
    origin: str


def find_headers(python: str, work: Path, log: Callable[[str], None]) -> Headers:
    """The headers of CPython ``python`` (such as "3.13").

    Raises:
        BuildError: neither an interpreter here nor Debian's archive has them.
    """
    headers = native_headers(python) or debian_headers(python, work)
    log(f"CPython {python} headers: {headers.origin}")
    return headers


def native_headers(python: str) -> Headers | None:
    """The headers of an interpreter on PATH or of pyenv; None if there is none that has them."""
    pyenv = Path(os.environ.get("PYENV_ROOT") or Path.home() / ".pyenv")
    on_path = shutil.which(f"python{python}")
    programs = [Path(on_path)] if on_path else []
    programs += sorted(pyenv.glob(f"versions/{python}*/bin/python{python}"))
    return next(filter(None, map(_headers_of, programs)), None)


def _headers_of(program: Path) -> Headers | None:
    asked = subprocess.run([program, "-IS", "-c", ASK], capture_output=True, text=True, check=False)
    lines = asked.stdout.splitlines()
    if asked.returncode or len(lines) != 2:
        return None
    include, pyconfig = Path(lines[0]), Path(lines[1])
    if not (include / "Python.h").is_file() or not pyconfig.is_file():
        return None
    return Headers(include, pyconfig, str(include))


def debian_headers(python: str, work: Path) -> Headers:
    """The headers of Debian's ``libpython…-dev``, extracted into ``work``."""
    suite, package = DEBIAN_SUITES.get(python), f"libpython{python}-dev"
    if suite is None:
        raise BuildError(
            f"no headers of CPython {python} were found: install that interpreter with its headers"
        )
    archive = debian.download(suite, [package], work)[package]
    root = debian.extract(archive, "usr/include", work / package)
    pyconfig = next(root.glob(f"*/python{python}/pyconfig.h"))
    return Headers(root / f"python{python}", pyconfig, archive.name)
