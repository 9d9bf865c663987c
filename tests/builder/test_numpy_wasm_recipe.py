"""The recipe that builds NumPy: headers, the compiler that poses as emcc, symbols, packing."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import zipfile
from io import BytesIO
from typing import TYPE_CHECKING

import pytest

from builder.numpy_wasm.pinned import Pin
from builder.numpy_wasm.recipe import compilation, emcc, sysroot, toolchain
from builder.numpy_wasm.recipe.compilation import Built
from builder.steps import BuildError
from builder.workspace import NODE_MODULES

if TYPE_CHECKING:
    from pathlib import Path

PYODIDE = NODE_MODULES / "pyodide"
PIN = Pin("0.29.5", "3.13", "4.0.9", "2.2.5", "numpy-2.2.5-cp313-cp313-x_wasm32.whl", "0" * 64)


def test_what_killed_builds_left_is_removed(tmp_path: Path) -> None:
    old, running = tmp_path / "building-old", tmp_path / "building-running"
    for folder in (old, running):
        (folder / "work").mkdir(parents=True)
    os.utime(old, (1.0, 1.0))
    compilation.remove_abandoned(tmp_path)
    assert list(tmp_path.iterdir()) == [running]


TEMPLATE = """\
#ifndef Py_PYCONFIG_H
#define Py_PYCONFIG_H
#define HAVE_FORK 1
/* #undef HAVE_WASM */
#define SIZEOF_LONG 8
#define SIZEOF_FPOS 16
#define _GNU_SOURCE 1
#if defined __BIG_ENDIAN__
# define WORDS_BIGENDIAN 1
#endif
#define HAVE_UNKNOWN 1
#endif
"""


def test_pyconfig_answers_for_the_other_platform() -> None:
    variables = {"HAVE_FORK": 0, "HAVE_WASM": 1, "SIZEOF_LONG": 4, "SIZEOF_FPOS": 0, "Py_PYCONFIG_H": 7}
    assert sysroot.pyconfig(TEMPLATE, variables) == (
        "#ifndef Py_PYCONFIG_H\n"
        "#define Py_PYCONFIG_H\n"
        "/* #undef HAVE_FORK */\n"
        "#define HAVE_WASM 1\n"
        "#define SIZEOF_LONG 4\n"
        "#define SIZEOF_FPOS 0\n"
        "#define _GNU_SOURCE 1\n"
        "#if defined __BIG_ENDIAN__\n"
        "# define WORDS_BIGENDIAN 1\n"
        "#endif\n"
        "/* #undef HAVE_UNKNOWN */\n"
        "#endif\n"
    )


def test_pyodides_own_build_variables_are_read() -> None:
    variables = sysroot.build_variables(PYODIDE)
    assert variables["EXT_SUFFIX"] == ".cpython-313-wasm32-emscripten.so"
    assert variables["SIZEOF_VOID_P"] == 4


def test_headers_of_another_version_are_refused(tmp_path: Path) -> None:
    header = tmp_path / "alltypes.h"
    header.write_text("typedef long time_t;\n")
    sysroot.replace_all(header, {"long time_t;": "long long time_t;"})
    assert header.read_text() == "typedef long long time_t;\n"
    with pytest.raises(BuildError, match="has no 'typedef long time_t;'"):
        sysroot.replace_all(header, {"typedef long time_t;": "x"})


def test_headers_of_an_unknown_python_are_a_clear_error(tmp_path: Path) -> None:
    with pytest.raises(BuildError, match=r"no headers of CPython 9\.9 were found: install"):
        sysroot.find_headers("9.9", tmp_path, print)


def test_an_interpreter_with_headers_is_used(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    include = tmp_path / "include"
    include.mkdir()
    program = tmp_path / "python3.13"
    program.write_text(f"#!/bin/sh\necho {include}\necho {include}/pyconfig.h\n")
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:/usr/bin:/bin")
    monkeypatch.setenv("PYENV_ROOT", str(tmp_path / "no-pyenv"))
    assert sysroot.native_headers("3.13") is None  # it is there, but its headers are not
    (include / "Python.h").touch()
    (include / "pyconfig.h").touch()
    assert sysroot.native_headers("3.13") == sysroot.Headers(include, include / "pyconfig.h", str(include))


class FakeTools:
    """A clang and a linker that write down how they were called."""

    def __init__(self, root: Path) -> None:
        self.calls = root / "calls"
        programs = root / "bin"
        programs.mkdir()
        for name in ("clang-19", "clang++-19", "wasm-ld-19"):
            script = f'#!/bin/sh\necho {name} "$@" >> {self.calls}\nwhile [ $# -gt 0 ]; do\n'
            script += '[ "$1" = -o ] && : > "$2"\nshift\ndone\n'
            (programs / name).write_text(script)
            (programs / name).chmod(0o755)
        folders = {name: str(root / name) for name in ("musl", "libcxx", "python", "allowed", "work")}
        self.config = root / "emcc.json"
        self.config.write_text(json.dumps({"emscripten": "4.0.9", **folders}))
        self.environment = {"PATH": f"{programs}:/usr/bin:/bin"}

    def run(self, language: str, *arguments: str, cwd: Path) -> list[str]:
        """Run emcc.py as the shims do; returns what it called."""
        command = [sys.executable, "-IS", emcc.__file__, str(self.config), language, *arguments]
        subprocess.run(command, env=self.environment, cwd=cwd, check=True)
        return self.calls.read_text().splitlines()


@pytest.fixture
def tools(tmp_path: Path) -> FakeTools:
    return FakeTools(tmp_path)


def test_emcc_says_who_it_poses_as(tools: FakeTools, capsys: pytest.CaptureFixture[str]) -> None:
    assert emcc.main(str(tools.config), "c", "--version") == 0
    assert capsys.readouterr().out.startswith("emcc (Emscripten gcc/clang-like replacement) 4.0.9")


def test_compiling_drops_what_clang_does_not_know(tools: FakeTools, tmp_path: Path) -> None:
    words = ("-sSIDE_MODULE=1", "-msse2", "-lm", "-O3", "-c", "a.c", "-o", "a.o")
    [call] = tools.run("c", *words, cwd=tmp_path)
    assert call.startswith("clang-19 --target=wasm32-unknown-emscripten ")
    assert "-O3 -c a.c -o a.o" in call
    assert "-D__EMSCRIPTEN_major__=4" in call
    assert f"-I{tmp_path}/python" in call
    assert "SIDE_MODULE" not in call
    assert "sse" not in call
    assert "libcxx" not in call


def test_a_shared_object_is_linked_as_a_side_module(tools: FakeTools, tmp_path: Path) -> None:
    (tmp_path / "rest.txt").write_text("b.o -lm")
    [call] = tools.run("c++", "-shared", "-o", "_umath.cpython-313.so", "a.o", "@rest.txt", cwd=tmp_path)
    assert call.startswith("wasm-ld-19 ")
    assert "--experimental-pic -shared" in call
    assert "--export=PyInit__umath " in call
    assert call.endswith("-o _umath.cpython-313.so a.o b.o")


def test_a_probe_only_links_with_what_pyodide_has(tools: FakeTools, tmp_path: Path) -> None:
    compiled, linked = tools.run("c++", "probe.cpp", "-O0", "-o", "probe", cwd=tmp_path)
    assert compiled.startswith("clang++-19 ")
    assert f"-isystem {tmp_path}/libcxx -isystem {tmp_path}/musl" in compiled
    assert f"--allow-undefined-file={tmp_path}/allowed" in linked
    assert not (tmp_path / "probe.probe.cpp.o").exists()


# A WebAssembly module that imports the function env.<name>.
def importing(name: str) -> bytes:
    entry = bytes([3, *b"env", len(name), *name.encode(), 0, 0])
    types, imports = bytes([1, 4, 1, 0x60, 0, 0]), bytes([2, len(entry) + 1, 1]) + entry
    return b"\0asm\1\0\0\0" + types + imports


def test_pyodide_provides_what_extensions_call() -> None:
    provided = toolchain.symbols_of(PYODIDE)
    assert {"PyArg_ParseTuple", "malloc", "sin", "_Py_NoneStruct"} <= provided
    assert "fedisableexcept" not in provided


def test_a_module_that_wants_what_pyodide_lacks_is_refused(tmp_path: Path) -> None:
    module = tmp_path / "x.so"
    module.write_bytes(importing("cblas"))
    toolchain.require_symbols([module], frozenset({"cblas"}))
    with pytest.raises(BuildError, match=r"x\.so wants symbols that Pyodide lacks: cblas"):
        toolchain.require_symbols([module], frozenset({"malloc"}))


def test_the_host_python_answers_for_pyodide(tmp_path: Path) -> None:
    target = sysroot.Sysroot(tmp_path, tmp_path, tmp_path / "python3.13", {"EXT_SUFFIX": ".wasm.so"})
    info = tmp_path / "info.json"
    info.write_text(json.dumps(toolchain.python_info(PIN, target)))
    program = tmp_path / "host-python"
    program.write_text(toolchain.HOST_PYTHON.format(info=info, python=sys.executable))
    program.chmod(0o755)
    asked = subprocess.run([program, "/a/python_info.py"], capture_output=True, text=True, check=True)
    answer = json.loads(asked.stdout)
    assert (answer["version"], answer["suffix"]) == ("3.13", ".wasm.so")
    assert answer["platform"] == "emscripten-4.0.9-wasm32"
    assert answer["paths"]["include"] == str(tmp_path / "python3.13")
    ran = subprocess.run([program, "-c", "print(6 * 7)"], capture_output=True, text=True, check=True)
    assert ran.stdout == "42\n"


def test_the_wheel_has_the_modules_and_no_trace_of_where_it_was_built(tmp_path: Path) -> None:
    source, folder = tmp_path / "numpy-2.2.5", tmp_path / "build"
    for name in ("__init__.py", "lib/a.py", "lib/tests/test_a.py", "f2py/f.py", "linalg/__init__.pyi"):
        (source / "numpy" / name).parent.mkdir(parents=True, exist_ok=True)
        (source / "numpy" / name).write_text("")
    (source / "PKG-INFO").write_text("Name: numpy\n")
    (source / "LICENSE.txt").write_text("BSD\n")
    (folder / "numpy").mkdir(parents=True)
    (folder / "numpy" / "core.so").write_bytes(b"\0asm")
    config = folder / "numpy" / "__config__.py"
    config.write_text(f"commands = '{tmp_path}/bin/emcc'\n")
    built = Built((folder / "numpy" / "core.so",), config, folder, tmp_path)
    wheel = zipfile.ZipFile(BytesIO(compilation.wheel_bytes(PIN, source, built)))
    info = "numpy-2.2.5.dist-info"
    assert sorted(wheel.namelist()) == [
        f"{info}/LICENSE.txt", f"{info}/METADATA", f"{info}/RECORD", f"{info}/WHEEL",
        "numpy/__config__.py", "numpy/__init__.py", "numpy/core.so", "numpy/lib/a.py",
    ]  # fmt: skip
    assert wheel.read("numpy/__config__.py") == b"commands = '/numpy-build/bin/emcc'\n"
    assert b"Tag: cp313-cp313-x_wasm32\n" in wheel.read(f"{info}/WHEEL")
    assert wheel.read(f"{info}/RECORD").decode().count("sha256=") == 7
