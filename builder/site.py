"""What is in ``dist``: every path and its contents, from the contents of what goes in."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from html import escape
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from builder import offline, runtime
from builder.bundle import Script, join, reached
from builder.cache import directory_hash, sha256
from builder.packing import DECODER, SUFFIX, unpacked_bytes
from builder.snapshot.recording import LINK, MAIN, MEMORY
from builder.steps import BuildError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from builder.versions import Versions

ENTRY = "candle-fish.js"
INDEX = "index.html"
STATIC = "static"
FALLBACK = "fallback.svg"
NPM = "package.json"
ASSETS = "assets.js"
SCRIPT_NAME = re.compile(r"[\w-]+\.js")
STAGE = "stage.js"
"""Stays a module of its own, through which ``candlefish bench`` looks at a frame."""
STUDIO_ASSETS = "studio-assets.js"
STUDIO_WHEEL = "candlefish-studio.whl"
TOKEN = re.compile(r"\{\{\s*([^{}]*?)\s*\}\}")
INLINE = "inline:"


@dataclass(frozen=True)
class Contents:
    """What goes into the site: files by name, for each directory it will have."""

    web: Mapping[str, bytes]  # pages, scripts and styles, as in web/
    scripts: Mapping[str, Script]  # the scripts as they are shipped, by file name
    package: Mapping[str, bytes]  # what makes it an npm package, as in web/package/
    static: Mapping[str, bytes]  # as in static/, the fallback among them
    pyodide: Mapping[str, bytes]
    pyscript: Mapping[str, bytes]
    numpy_wheel: tuple[str, bytes]  # name, contents
    candlefish_wheel: tuple[str, bytes]
    studio_wheel: bytes
    snapshot: Mapping[str, bytes]  # memory image, link map, code
    examples: Mapping[str, bytes] = field(default_factory=dict)  # as served, pages still with their tokens
    docs: Mapping[str, bytes] = field(default_factory=dict)  # as served
    source: str = ""  # address of the source, which the pages link to; "" while it has none
    offline: bool = True  # or the kill switch in the place of the service worker


def site_files(contents: Contents, versions: Versions) -> dict[str, bytes]:
    """Every file of the site, by its path.

    Directories named ``…-<hash of their contents>`` never change; the pages and ``candle-fish.js``,
    which lead to them, do.

    Raises:
        BuildError: a page has an unknown token, or ``web/`` lacks the element's script.
    """
    wheels = dict([contents.numpy_wheel, contents.candlefish_wheel])
    pyodide = _directory(f"pyodide-{versions.pyodide}", contents.pyodide)
    python = _directory("py", wheels)
    pyscript = _directory("pyscript", contents.pyscript)
    snapshot = _directory("snapshot", contents.snapshot)
    studio = _directory("studio", {STUDIO_WHEEL: contents.studio_wheel})
    fetched = {pyodide: contents.pyodide, python: wheels, snapshot: contents.snapshot}
    app_files = _app_files(contents, versions, fetched)
    app_files |= {STUDIO_ASSETS: _studio_module(studio, contents.studio_wheel, pyscript)}
    app = _directory("app", app_files)
    files: dict[str, bytes] = {}
    for directory, inside in (
        (pyodide, contents.pyodide),
        (python, wheels),
        (snapshot, contents.snapshot),
        (pyscript, contents.pyscript),
        (studio, {STUDIO_WHEEL: contents.studio_wheel}),
        (app, app_files),
    ):
        files |= {f"{directory}/{name}": data for name, data in inside.items()}
    files[ENTRY] = f'import "./{app}/{ENTRY}";\n'.encode()
    files |= _below(STATIC, contents.static)
    files |= _package_files(contents.package, versions, contents.source)
    places = {
        "app": app,
        "pyodide": pyodide,
        "pyscript": pyscript,
        "numpy_wheel": f"{python}/{contents.numpy_wheel[0]}",
        "candlefish_wheel": f"{python}/{contents.candlefish_wheel[0]}",
    }
    picture = {"fallback_svg": contents.static[FALLBACK].decode()}
    links = {"source_link": _source_link(contents.source)}
    pages_of_web = _filled_pages("web", contents.web, _from("./", places) | picture | links)
    files |= _by_name(pages_of_web, ".html")
    files |= _service_worker(contents, files, app)
    files |= _below("docs", contents.docs)
    return files | _below("examples", _examples(contents.examples, _from("../", places) | picture))


def _from(base: str, places: Mapping[str, str]) -> dict[str, str]:
    return {name: base + place for name, place in places.items()}


def _below(directory: str, files: Mapping[str, bytes]) -> dict[str, bytes]:
    return {f"{directory}/{name}": data for name, data in files.items()}


def _examples(examples: Mapping[str, bytes], tokens: Mapping[str, str]) -> dict[str, bytes]:
    scripts = {name: data for name, data in examples.items() if not _is_page(name)}
    return scripts | _filled_pages("examples", examples, tokens)


def _directory(name: str, files: Mapping[str, bytes]) -> str:
    return f"{name}-{directory_hash(files)}"


def _app_files(
    contents: Contents, versions: Versions, fetched: Mapping[str, Mapping[str, bytes]]
) -> dict[str, bytes]:
    """Scripts and styles of ``web/``, side by side, and the generated module that says where the rest is."""
    if ENTRY not in contents.scripts:
        raise BuildError(f"web/ has no {ENTRY}: it defines the element")
    files = _by_name(contents.web, ".css")
    files |= {name: script.text.encode() for name, script in contents.scripts.items()}
    pyodide, python, snapshot = (f"../{directory}/" for directory in fetched)
    libraries = json.loads(contents.snapshot[LINK])["libraries"]
    assets = {
        "version": versions.candlefish,
        "pyodide": pyodide,
        "lock": json.loads(contents.pyodide[runtime.LOCK]),
        "wheels": [python + name for name, _ in (contents.numpy_wheel, contents.candlefish_wheel)],
        "snapshot": {
            "unpacker": snapshot + DECODER,
            "main": snapshot + MAIN,
            "image": snapshot + MEMORY,
            "link": snapshot + LINK,
            "code": [snapshot + library["file"] for library in libraries],
        },
        "digests": {
            f"../{directory}/{name}": sha256(data)
            for directory, inside in fetched.items()
            for name, data in inside.items()
        },
        "unpacked": {
            snapshot + name: unpacked_bytes(data)
            for name, data in contents.snapshot.items()
            if name.endswith(SUFFIX)
        },
    }
    return files | {ASSETS: f"export const ASSETS = {json.dumps(assets)};\n".encode()}


def joined_scripts(web: Mapping[str, bytes], examples: Mapping[str, bytes]) -> dict[str, Script]:
    """The scripts of ``web/`` that are shipped, by file name: those that pages name, and what they load."""
    sources = _sources(web)
    named = {
        name
        for files in (web, examples)
        for page, data in files.items()
        if _is_page(page)
        for name in SCRIPT_NAME.findall(data.decode())
    }
    entries = [path for path in sources if PurePosixPath(path).name in named | {STAGE}]
    return join(sources, entries, apart=[ASSETS, STUDIO_ASSETS])


def _sources(web: Mapping[str, bytes]) -> dict[str, str]:
    return {path: data.decode() for path, data in web.items() if path.endswith(".js")}


def _by_name(files: Mapping[str, bytes], suffix: str) -> dict[str, bytes]:
    """The files with a suffix, by name: where they are served they lie side by side."""
    return {PurePosixPath(path).name: data for path, data in files.items() if path.endswith(suffix)}


def _service_worker(contents: Contents, files: Mapping[str, bytes], app: str) -> dict[str, bytes]:
    """The service worker of the index page (none for a site without either), or the kill switch."""
    sources = _sources(contents.web)
    if not sources.keys() >= offline.SOURCES or INDEX not in files:
        return {}
    if not contents.offline:
        return {offline.SCRIPT: offline.kill_switch(sources)}
    scripts = reached(contents.scripts, SCRIPT_NAME.findall(files[INDEX].decode()))
    kept = {path: data for path, data in files.items() if offline.wanted(path, scripts)}
    return {offline.SCRIPT: offline.service_worker(sources, kept, files[INDEX], app)}


def _studio_module(studio: str, wheel: bytes, pyscript: str) -> bytes:
    """The generated module that says where the studio's part of the package is, and its code editor."""
    path = f"../{studio}/{STUDIO_WHEEL}"
    told = {"wheel": path, "digests": {path: sha256(wheel)}, "editor": f"../{pyscript}/{runtime.EDITOR}"}
    return f"export const STUDIO = {json.dumps(told)};\n".encode()


def _source_link(address: str) -> str:
    return f'<a href="{escape(address)}">Source</a>' if address else ""


def _package_files(package: Mapping[str, bytes], versions: Versions, source: str) -> dict[str, bytes]:
    """Manifest, types and npm's ``package.json``, which has our version and where the source is."""
    if NPM not in package:
        raise BuildError(f"web/package/{NPM} is missing")
    npm = {**json.loads(package[NPM]), "version": versions.candlefish}
    if source:
        npm["repository"] = {"type": "git", "url": source}
    return {**package, NPM: (json.dumps(npm, indent=2) + "\n").encode()}


def _filled_pages(where: str, files: Mapping[str, bytes], tokens: Mapping[str, str]) -> dict[str, bytes]:
    names = [name for name in files if _is_page(name)]
    beside = _by_name(files, "")
    return {name: fill(f"{where}/{name}", files[name].decode(), tokens, beside).encode() for name in names}


def _is_page(name: str) -> bool:
    return PurePosixPath(name).suffix == ".html"


def fill(name: str, text: str, tokens: Mapping[str, str], sources: Mapping[str, bytes]) -> str:
    """The page ``text`` with every token replaced.

    ``{{word}}`` becomes ``tokens[word]``; ``{{inline:file}}`` the contents of that file of
    ``sources``, which are the files beside the page.

    Raises:
        BuildError: a token is unknown or names no file; the message says in which line of ``name``.
    """

    def replacement(match: re.Match[str]) -> str:
        word = match[1]
        if word in tokens:
            return tokens[word]
        file = word.removeprefix(INLINE)
        if word.startswith(INLINE) and file in sources:
            return sources[file].decode()
        line = text.count("\n", 0, match.start()) + 1
        known = ", ".join(sorted(tokens))
        raise BuildError(f"{name}, line {line}: unknown token {match[0]} (known: {known}, {INLINE}<file>)")

    return TOKEN.sub(replacement, text)
