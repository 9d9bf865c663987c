"""The examples of the site: pages as they are, and what a framework's own tool makes of its sources."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from builder.cache import combine, sha256
from builder.steps import BuildError, run

if TYPE_CHECKING:
    from pathlib import Path

    from builder.cache import Cache

DIRECTORY = "examples"
KIND = "examples"
ESBUILD = "esbuild/bin/esbuild"
BUNDLED = {"react.jsx": "react.js", "vue.js": "vue.js"}
"""Source of a page's script, and the script it becomes."""
DEFINES = (
    '--define:process.env.NODE_ENV="production"',
    *(f"--define:__VUE_{name}__=false" for name in ("OPTIONS_API", "PROD_DEVTOOLS")),
    "--define:__VUE_PROD_HYDRATION_MISMATCH_DETAILS__=false",
)
OPTIONS = ("--bundle", "--format=esm", "--minify", "--jsx=automatic", "--log-level=error", *DEFINES)
SUFFIXES = frozenset({".css", ".html", ".js", ".jsx"})


def example_files(directory: Path, node_modules: Path, cache: Cache) -> dict[str, bytes]:
    """The files of ``directory`` for the site, by name, the frameworks' scripts bundled.

    Raises:
        BuildError: a script cannot be bundled; esbuild's message is in it.
    """
    sources = {
        path.name: path.read_bytes() for path in sorted(directory.iterdir()) if path.suffix in SUFFIXES
    }
    plain = {name: data for name, data in sources.items() if name not in BUNDLED}
    lock = (node_modules / ".package-lock.json").read_bytes()
    for name, becomes in BUNDLED.items():
        if name in sources:
            key = combine(KIND, name, sha256(sources[name]), sha256(lock), *OPTIONS)
            made = cache.get(KIND, key, partial(bundle, directory / name, node_modules))
            plain[becomes] = (made.path / "bundle.js").read_bytes()
    return plain


def bundle(source: Path, node_modules: Path, out: Path) -> None:
    """Write ``out/bundle.js``: ``source`` and what it imports from ``node_modules``."""
    program = node_modules / ESBUILD
    if not program.exists():
        raise BuildError(f"{program} is missing: esbuild bundles {source.name}")
    target = out / "bundle.js"
    run(
        [program, source, *OPTIONS, f"--outfile={target}"], what=f"bundling {source}", cwd=node_modules.parent
    )
