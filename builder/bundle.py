"""Joining scripts with esbuild: one file for each script that is loaded by its address, with its imports.

A page that fetches twenty small modules is slow to begin, whatever their size. ``join.mjs`` calls esbuild;
what it knows of the result (which module takes how much of which file, which file loads which) comes back.

An example's script is bundled with the packages that it imports.
"""

from __future__ import annotations

import json
import tempfile
from dataclasses import dataclass
from functools import partial
from graphlib import CycleError, TopologicalSorter
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from builder.cache import combine, sha256
from builder.steps import BuildError, run

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping

    from builder.cache import Cache

PROGRAM = Path(__file__).with_name("join.mjs")
TIMEOUT_S = 120.0
KIND = "examples"
ESBUILD = "esbuild/bin/esbuild"
BUNDLED = {"react.jsx": "react.js", "vue.js": "vue.js"}
"""Source of a page's script, and the script it becomes."""
DEFINES = (
    '--define:process.env.NODE_ENV="production"',
    *(f"--define:__VUE_{name}__=false" for name in ("OPTIONS_API", "PROD_DEVTOOLS")),
    "--define:__VUE_PROD_HYDRATION_MISMATCH_DETAILS__=false",
)
BUNDLE_OPTIONS = ("--bundle", "--format=esm", "--minify", "--jsx=automatic", "--log-level=error", *DEFINES)
EXAMPLE_SUFFIXES = frozenset({".css", ".html", ".js", ".jsx"})


@dataclass(frozen=True, slots=True)
class Script:
    """A script as it is shipped."""

    text: str
    modules: Mapping[str, int]
    """Bytes of it that each module takes, by path in ``web/``."""
    loads: tuple[str, ...]
    """Names of the shipped scripts that it imports, at once or later, or starts as workers."""


def join(
    scripts: Mapping[str, str],
    entries: Collection[str],
    *,
    apart: Iterable[str] = (),
    form: Literal["esm", "iife"] = "esm",
) -> dict[str, Script]:
    """The scripts that are shipped, by file name: ``entries`` (paths), and what these load by address.

    A shipped script is a module of its own for every other. ``apart``: file names of modules that are written
    later and lie beside them; ``form``: "iife" for a script that must run where modules do not.

    Raises:
        BuildError: an import leads nowhere or in a circle, a script is no JavaScript, or two have one name.
    """
    job = {"scripts": dict(scripts), "entries": sorted(entries), "apart": sorted(apart), "format": form}
    with tempfile.TemporaryDirectory() as folder:
        asked, answered = Path(folder, "job.json"), Path(folder, "result.json")
        asked.write_text(json.dumps(job), encoding="utf-8")
        run(["node", PROGRAM, asked, answered], what="joining the scripts of web/", timeout_s=TIMEOUT_S)
        found = json.loads(answered.read_text(encoding="utf-8"))
    _require_no_circle(found["imports"])
    return {
        name: Script(script["text"], script["modules"], tuple(script["loads"]))
        for name, script in sorted(found["scripts"].items())
    }


def reached(shipped: Mapping[str, Script], first: Iterable[str]) -> set[str]:
    """The names of those scripts that a page which loads ``first`` may load, written ones among them."""
    found: set[str] = set()
    left = [name for name in first if name in shipped]
    while left:
        name = left.pop()
        found.add(name)
        if name in shipped:
            left += [other for other in shipped[name].loads if other not in found]
    return found


def _require_no_circle(imports: Mapping[str, list[str]]) -> None:
    try:
        TopologicalSorter(imports).prepare()
    except CycleError as error:
        raise BuildError(f"a circle of imports in web/: {' → '.join(reversed(error.args[1]))}") from error


def example_files(directory: Path, node_modules: Path, cache: Cache) -> dict[str, bytes]:
    """The files of ``directory`` for the site, by name, the frameworks' scripts bundled.

    Raises:
        BuildError: a script cannot be bundled; esbuild's message is in it.
    """
    sources = {
        path.name: path.read_bytes()
        for path in sorted(directory.iterdir())
        if path.suffix in EXAMPLE_SUFFIXES
    }
    plain = {name: data for name, data in sources.items() if name not in BUNDLED}
    lock = (node_modules / ".package-lock.json").read_bytes()
    for name, becomes in BUNDLED.items():
        if name in sources:
            key = combine(KIND, name, sha256(sources[name]), sha256(lock), *BUNDLE_OPTIONS)
            made = cache.get(KIND, key, partial(_bundle, directory / name, node_modules))
            plain[becomes] = (made.path / "bundle.js").read_bytes()
    return plain


def _bundle(source: Path, node_modules: Path, out: Path) -> None:
    """Write ``out/bundle.js``: ``source`` and what it imports from ``node_modules``."""
    program = node_modules / ESBUILD
    if not program.exists():
        raise BuildError(f"{program} is missing: esbuild bundles {source.name}")
    target = out / "bundle.js"
    run(
        [program, source, *BUNDLE_OPTIONS, f"--outfile={target}"],
        what=f"bundling {source}",
        cwd=node_modules.parent,
    )
