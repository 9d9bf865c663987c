"""The wheel a page loads: the pure part of the ``candlefish`` package, as bytecode."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from builder import bytecode
from builder.cache import combine, file_sha256, of_digests, sha256
from builder.packing import read_tree, with_record, zip_bytes
from builder.steps import BuildError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from builder.cache import Cache

KIND = "package"
PAGE_PARTS = ("sim", "draw", "browser", "events", "experiments")
SUFFIXES = frozenset({".py", ".toml"})
# Analysis is the service's: a page deals variants and tells events, no more. Declarations are the builder's,
# and SVG is written natively.
LEFT_OUT = frozenset(f"experiments/{name}" for name in ("analysis.py", "experiments.toml", "report_page.py"))
LEFT_OUT |= {"browser/element.py", "browser/protocol.py", "draw/svg.py", "draw/vector.py"}
# What the studio needs besides: its page alone loads it.
STUDIO_PARTS = ("studio", "simulate")
STUDIO_LEFT_OUT = frozenset(
    {"studio/cli.py"} | {f"simulate/{name}.py" for name in ("cli", "describe", "simulation", "timeline")}
)
# The source that its code view shows; all else is bytecode.
SHOWN_SOURCE = "candlefish/studio/behaviour.txt"
TAG = "py3-none-any"
INSTALL_PREFIX = "/lib/python3.13/site-packages"


def wheel_name(version: str) -> str:
    """The file name of the wheel."""
    return f"candlefish-{version}-{TAG}.whl"


def package_wheel(package: Path, version: str, pyodide: Path, cache: Cache) -> bytes:
    """The wheel of the package directory ``package``: its ``__init__`` and the parts a page runs.

    Raises:
        BuildError: a part is missing, or a module does not compile.
    """
    sources = {"candlefish/__init__.py": (package / "__init__.py").read_bytes()}
    sources |= _sources(package, PAGE_PARTS, LEFT_OUT)
    return _wheel(sources, version, pyodide, cache)


def studio_wheel(package: Path, version: str, pyodide: Path, cache: Cache) -> bytes:
    """The wheel of what the studio's page runs besides. Raises like ``package_wheel``."""
    sources = _sources(package, STUDIO_PARTS, STUDIO_LEFT_OUT)
    sources |= {SHOWN_SOURCE: (package / "sim" / "behaviour.py").read_bytes()}
    return _wheel(sources, version, pyodide, cache)


def _wheel(sources: Mapping[str, bytes], version: str, pyodide: Path, cache: Cache) -> bytes:
    contents = of_digests({name: sha256(data) for name, data in sources.items()})
    key = combine(version, contents, file_sha256(Path(__file__)), bytecode.recipe(pyodide))
    made = cache.get(KIND, key, partial(_make, sources, version, pyodide))
    return (made.path / wheel_name(version)).read_bytes()


def _sources(package: Path, parts: tuple[str, ...], left_out: frozenset[str]) -> dict[str, bytes]:
    """The files of parts of the package, by path in the wheel."""
    sources: dict[str, bytes] = {}
    for part in parts:
        if not (package / part / "__init__.py").is_file():
            raise BuildError(f"{package / part / '__init__.py'} is missing: a page needs candlefish.{part}")
        for name, data in read_tree(package / part).items():
            if Path(name).suffix in SUFFIXES and f"{part}/{name}" not in left_out:
                sources[f"candlefish/{part}/{name}"] = data
    return sources


def _make(sources: Mapping[str, bytes], version: str, pyodide: Path, out: Path) -> None:
    files = bytecode.compile_files(sources, pyodide, INSTALL_PREFIX)
    metadata = {"METADATA": f"Metadata-Version: 2.1\nName: candlefish\nVersion: {version}\n".encode()}
    everything = with_record("candlefish", version, TAG, files, metadata)
    (out / wheel_name(version)).write_bytes(zip_bytes(everything))
