"""The headers NumPy is compiled against, made to agree with Pyodide's Emscripten.

musl's come from Debian's older Emscripten, libc++'s from LLVM 19, CPython's with a ``pyconfig.h``
generated from Pyodide's own build variables.
"""

from __future__ import annotations

import re
import shutil
import zipfile
from dataclasses import dataclass
from typing import TYPE_CHECKING

from builder.numpy_wasm.recipe import debian_files, headers
from builder.steps import BuildError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from builder.numpy_wasm.pin import Pin

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
    packages = debian_files.download(DEBIAN_SUITE, ["emscripten", "libc++-19-dev"], work)
    root = work / "sysroot"
    musl = debian_files.extract(packages["emscripten"], MUSL, root / "emscripten")
    shutil.rmtree(musl / "c++", ignore_errors=True)
    replace_all(musl / "bits" / "alltypes.h", WIDER_TIME)
    libcxx = debian_files.extract(packages["libc++-19-dev"], LIBCXX, root / "libcxx")
    replace_all(libcxx / "__config_site", EMSCRIPTEN_LIBCXX)
    variables = build_variables(pyodide_dir)
    python = root / f"python{pin.python}"
    found = headers.find(pin.python, work, log)
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
