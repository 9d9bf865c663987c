"""One file for each thing a page loads: a script together with the modules it imports.

A page that fetches twenty small modules is slow to begin, whatever their size. Each module becomes a
function that returns its exports; comments that take whole lines, and type casts, are left out.
"""

from __future__ import annotations

import posixpath
import re
from typing import TYPE_CHECKING

from builder.errors import BuildError

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

IMPORT = re.compile(r'^import (?:\{\s*([\w\s,]+?),?\s*\} from )?"(\.[\w./-]+\.js)";\n', re.MULTILINE)
ANY_IMPORT = re.compile(r"^\s*import\b(?!\(|\.)", re.MULTILINE)
EXPORT = re.compile(r"^export (async function|function\*?|class|const) (\w+)", re.MULTILINE)
NOTHING = re.compile(r"^export \{\};\n", re.MULTILINE)
ANY_EXPORT = re.compile(r"^\s*export\b", re.MULTILINE)
COMMENT_LINES = re.compile(r"^[ \t]*(?:/\*(?:(?!\*/).)*\*/|//[^\n]*)[ \t]*\n", re.MULTILINE | re.DOTALL)
CAST = re.compile(r"/\*\* @(?:type|param) [^\n]*?\*/ ?")
LOADED = re.compile(r"""((?:import\(|new URL\()")(\.[\w./-]+\.js)\"""")
META_URL = "import.meta.url"


def bundles(
    scripts: Mapping[str, str], asked_for: Iterable[str] = (), apart: Iterable[str] = ()
) -> dict[str, str]:
    """The scripts that are shipped, by path, each with the modules that only scripts import.

    Shipped is what ``asked_for`` names (pages), what a script loads when it runs, and what no script
    imports. ``apart``: modules that come from elsewhere and stay apart.

    Raises:
        BuildError: a script imports or exports in a way that cannot be joined, or what is not there.
    """
    scripts = {name: without_comments(text) for name, text in scripts.items()}
    imported = {found for name, text in scripts.items() for found in _imported(name, text)}
    loaded = {found for name, text in scripts.items() for found in _loaded(name, text)}
    shipped = {name for name in scripts if name not in imported} | (
        scripts.keys() & (loaded | set(asked_for))
    )
    return {name: _Bundle(scripts, shipped | set(apart)).of(name) for name in sorted(shipped)}


def reached(shipped: Mapping[str, str], first: Iterable[str]) -> set[str]:
    """The names of those scripts that a page which loads ``first`` may load, as they are shipped."""
    found: set[str] = set()
    left = [name for name in first if name in shipped]
    while left:
        name = left.pop()
        found.add(name)
        names = [*_loaded(name, shipped[name]), *_imported(name, shipped[name])]
        left += [other for other in names if other in shipped and other not in found]
    return found


def _imported(name: str, text: str) -> list[str]:
    return [_resolved(name, path) for _, path in IMPORT.findall(text)]


def _loaded(name: str, text: str) -> list[str]:
    return [_resolved(name, path) for _, path in LOADED.findall(text)]


def _resolved(name: str, path: str) -> str:
    """The path, from the root, of what a script names relative to itself."""
    return posixpath.normpath(posixpath.join(posixpath.dirname(name), path))


def _relative(name: str, directory: str) -> str:
    """A path from the root, as an import in a directory names it."""
    path = posixpath.relpath(name, directory or ".")
    return path if path.startswith(".") else f"./{path}"


def without_comments(text: str) -> str:
    """A script without comments that take whole lines and without type casts."""
    return CAST.sub("", COMMENT_LINES.sub("", text))


def _scope(name: str) -> str:
    return "$" + re.sub(r"\W", "_", name.removesuffix(".js"))


class _Bundle:
    """Joins one script with its parts, each once and before whatever needs it."""

    def __init__(self, scripts: Mapping[str, str], apart: set[str]) -> None:
        self._scripts, self._apart = scripts, apart
        self._outside: list[str] = []
        self._parts: dict[str, str] = {}
        self._open: list[str] = []
        self._home = ""

    def of(self, name: str) -> str:
        """The whole script."""
        self._home = posixpath.dirname(name)
        body = NOTHING.sub("", self._linked(name))
        return "".join([*dict.fromkeys(self._outside), *self._parts.values(), body])

    def _linked(self, name: str) -> str:
        """The text of a module with its imports taken from the parts, which are made first."""
        if name not in self._scripts:
            raise BuildError(
                f"web/{self._open[-1] if self._open else name} imports {name}, which is not there"
            )
        if name in self._open:
            raise BuildError(f"web/{name} imports itself by way of {', '.join(self._open)}")
        self._open.append(name)
        text = IMPORT.sub(
            lambda match: self._import(match[1] or "", _resolved(name, match[2])), self._scripts[name]
        )
        if (left := ANY_IMPORT.search(text)) is not None:
            raise BuildError(f"web/{name}: an import that cannot be joined: {_line(text, left.start())}")
        self._open.pop()
        return self._moved(name, text)

    def _moved(self, name: str, text: str) -> str:
        """The text of a module, with what it names relative to itself as the whole script has to name it."""
        if posixpath.dirname(name) == self._home:
            return text
        text = LOADED.sub(
            lambda match: (
                f'{match[1]}{_relative(_resolved(name, match[2]), self._home)}"'
                if match[1].startswith("import")
                else match[0]
            ),
            text,
        )
        base = _relative(posixpath.join(posixpath.dirname(name), "."), self._home)
        return text.replace(META_URL, f'new URL("{base}/", {META_URL}).href')

    def _import(self, names: str, module: str) -> str:
        if module in self._apart:
            given = f"{{ {' '.join(names.split())} }} from " if names else ""
            self._outside.append(f'import {given}"{_relative(module, self._home)}";\n')
            return ""
        if module not in self._parts:
            self._parts[module] = self._part(module)
        if not names:
            return ""
        return f"const {{ {' '.join(names.split()).replace(' as ', ': ')} }} = {_scope(module)};\n"

    def _part(self, name: str) -> str:
        text = self._linked(name)
        exported = [export for _, export in EXPORT.findall(text)]
        text = EXPORT.sub(r"\1 \2", text)
        if (left := ANY_EXPORT.search(text)) is not None:
            raise BuildError(f"web/{name}: an export that cannot be joined: {_line(text, left.start())}")
        return f"const {_scope(name)} = (() => {{\n{text}return {{ {', '.join(exported)} }};\n}})();\n"


def _line(text: str, at: int) -> str:
    return text[at:].strip().partition("\n")[0]
