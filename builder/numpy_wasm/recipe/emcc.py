"""Stands in for emcc and em++ with Debian's clang and wasm-ld (run as a program by the shims).

    emcc.py CONFIG.json c|c++ ARGUMENT...

A ``.so`` is linked as a side module for Pyodide. Anything else is one of Meson's configure probes: it
links only if every symbol in it is one that Pyodide's WebAssembly really has.
"""

import json
import os
import re
import shlex
import subprocess
import sys
from pathlib import Path

# Options of emcc, of other linkers and of native processors, which clang for WebAssembly does not know.
DROPPED = re.compile(r"-s[A-Z_0-9]+(=.*)?|-pthread|-Wl,.*|-L.*|-l.*|-shared|-fPIC|-g|-ggdb|-msse.*")
FOR_COMPILING = ("-I", "-D", "-O", "-std", "-W", "-f", "-m", "-isystem")
NOT_LINKING = {"-c", "-E", "-S", "-dM", "-fsyntax-only", "-print-search-dirs", "--print-search-dirs"}
SOURCES = (".c", ".cc", ".cpp", ".cxx")
OBJECTS = (".o", ".a")
WITH_VALUE = {"-MF", "-MQ", "-MT"}
LINKER = ["wasm-ld-19", "--no-entry", "-mllvm", "-wasm-enable-sjlj", "-O2", "--no-demangle"]


class Compiler:
    """clang for one language, with the flags and headers that fit Pyodide."""

    def __init__(self, config: dict[str, str], language: str) -> None:
        major, minor, tiny = config["emscripten"].split(".")
        self._config = config
        self._clang = "clang++-19" if language == "c++" else "clang-19"
        self._flags = [
            "--target=wasm32-unknown-emscripten", "-nostdlibinc", "-DEMSCRIPTEN=1",
            f"-D__EMSCRIPTEN_major__={major}", f"-D__EMSCRIPTEN_minor__={minor}",
            f"-D__EMSCRIPTEN_tiny__={tiny}", "-D_LIBCPP_DISABLE_AVAILABILITY",
            "-fPIC", "-fvisibility=hidden", "-fwasm-exceptions", "-mllvm", "-wasm-enable-sjlj",
            "-mllvm", "-disable-lsr", "-mbulk-memory", "-mnontrapping-fptoint", "-msign-ext",
            "-mmutable-globals", "-Qunused-arguments", "-Wno-macro-redefined",
            f"-ffile-prefix-map={config['work']}=.",
        ]  # fmt: skip
        system = [config["libcxx"]] if language == "c++" else []
        self._headers = [part for path in (*system, config["musl"]) for part in ("-isystem", path)]

    def run(self, arguments: list[str]) -> int:
        """Run clang, for anything but linking."""
        kept = [argument for argument in arguments if not DROPPED.fullmatch(argument)]
        python = f"-I{self._config['python']}"
        return subprocess.call([self._clang, *self._flags, python, *kept, *self._headers])

    def link(self, arguments: list[str]) -> int:
        """Link objects, compiling the sources among the arguments first."""
        words = iter(expand(arguments))
        out, objects, sources, options = "a.out", [], [], []
        for word in words:
            if word == "-o":
                out = next(words)
            elif word in WITH_VALUE:
                next(words)
            elif word.endswith(OBJECTS):
                objects.append(word)
            elif word.endswith(SOURCES):
                sources.append(word)
            elif word.startswith(FOR_COMPILING):
                options.append(word)
        compiled = [f"{out}.{Path(source).name}.o" for source in sources]
        for source, target in zip(sources, compiled, strict=True):
            status = self.run(["-c", "-o", target, source, *options])
            if status:
                return status
        status = subprocess.call([*LINKER, *self._link_mode(out), "-o", out, *objects, *compiled])
        for target in compiled:
            Path(target).unlink()
        return status

    def _link_mode(self, out: str) -> list[str]:
        name = Path(out).name
        if ".so" not in name:
            return [f"--allow-undefined-file={self._config['allowed']}", "--export-if-defined=main",
                    "--export-if-defined=__main_argc_argv"]  # fmt: skip
        return ["--experimental-pic", "-shared", "--unresolved-symbols=import-dynamic", "--no-export-dynamic",
                "--strip-all", f"--export=PyInit_{name.split('.')[0]}"]  # fmt: skip


def expand(arguments: list[str]) -> list[str]:
    """The arguments with each ``@file`` replaced by the words in that file."""
    expanded: list[str] = []
    for argument in arguments:
        is_file = argument.startswith("@") and os.path.exists(argument[1:])  # noqa: PTH110  # few imports: run often
        expanded += shlex.split(Path(argument[1:]).read_text(encoding="utf-8")) if is_file else [argument]
    return expanded


def main(config_path: str, language: str, *arguments: str) -> int:
    """Answer as emcc would; returns the exit status."""
    config = json.loads(Path(config_path).read_text(encoding="utf-8"))
    if "--version" in arguments:
        print(f"emcc (Emscripten gcc/clang-like replacement) {config['emscripten']} (clang 19)")
        return 0
    if "-Wl,--version" in arguments:
        print("LLD 19.0.0")
        return 0
    compiler = Compiler(config, language)
    if NOT_LINKING.isdisjoint(arguments):
        return compiler.link(list(arguments))
    return compiler.run(list(arguments))


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
