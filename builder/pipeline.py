"""The build: every step from the sources to ``dist``, in order."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from builder import bundle, docs, node, output, package_wheel, packing, protocol, runtime, sizes
from builder.cache import Cache
from builder.numpy_wasm import wheel
from builder.packing import read_tree
from builder.site import Contents, joined_scripts, site_files
from builder.snapshot import recording
from builder.steps import BuildError, step
from builder.versions import Versions, read_versions, source_address
from builder.workspace import CACHE, DIST, NODE_MODULES, PACKAGE, ROOT, STATIC, WEB, exclusive

if TYPE_CHECKING:
    from pathlib import Path

WEB_SUFFIXES = frozenset({".css", ".html", ".js"})
WHEELS = CACHE / "numpy"
USED_PACKAGES = (runtime.PYODIDE_PACKAGE, runtime.PYSCRIPT_PACKAGE, packing.PACKAGE)


def build(*, offline: bool = True) -> None:
    """Bring ``dist`` up to date and print its sizes. Not ``offline``: with the service worker's kill switch.

    Raises:
        BuildError: something that goes in is missing or wrong.
    """
    with exclusive(CACHE / "build.lock"):
        manifest = _build(offline=offline)
    print(sizes.table(manifest), flush=True)


def _build(*, offline: bool) -> dict[str, Any]:
    cache = Cache(CACHE)
    with step("npm packages") as current:
        ran = node.install_packages(ROOT, USED_PACKAGES)
        current.note = "installed" if ran else "as locked"
    with step("protocol"):
        protocol.require_current()
    versions = read_versions(ROOT)
    contents = replace(_contents(versions, cache), offline=offline)
    files = site_files(contents, versions)
    with step("Brotli and gzip") as current:
        compressed = output.compress_all(files, cache)
        current.note = f"{len(compressed)} files"
    manifest = output.manifest(files, compressed, versions.candlefish)
    with step("sizes") as current:
        spent = sizes.budget_uses(manifest)
        sizes.require_within(spent)
        current.note = f"within {len(spent)} budgets"
        files |= sizes.reports(manifest, spent, contents.scripts)
        compressed = output.compress_all(files, cache)
        manifest = output.manifest(files, compressed, versions.candlefish)
    everything = output.with_compressed(files, compressed)
    everything[output.MANIFEST] = output.manifest_bytes(manifest)
    with step("dist") as current:
        current.note = "written" if output.write(DIST, everything) else "as it was"
    makers = (bundle, output, package_wheel, recording, runtime, wheel)
    for maker in makers:
        cache.prune(maker.KIND)
    return manifest


def _contents(versions: Versions, cache: Cache) -> Contents:
    """All that goes in, made or read."""
    web = read_web(WEB)
    pyodide = NODE_MODULES / runtime.PYODIDE_PACKAGE
    with step("NumPy wheel") as current:
        numpy_wheel = wheel.numpy_wheel(pyodide, WHEELS, cache, current)
    with step("Pyodide and its standard library"):
        pyodide_files = runtime.pyodide_files(NODE_MODULES, cache)
    with step("candlefish wheel"):
        name = package_wheel.wheel_name(versions.candlefish)
        page_wheel = package_wheel.package_wheel(PACKAGE, versions.candlefish, pyodide, cache)
        studio_wheel = package_wheel.studio_wheel(PACKAGE, versions.candlefish, pyodide, cache)
    with step("examples"):
        guests = bundle.example_files(ROOT / "examples", NODE_MODULES, cache)
    with step("scripts") as current:
        scripts = joined_scripts(web, guests)
        current.note = f"{len(scripts)} files"
    with step("docs"):
        docs_site = docs.docs_files(ROOT)
    with step("snapshot") as current:
        wheels = [numpy_wheel, (name, page_wheel)]
        decoder = packing.decoder(NODE_MODULES)
        recorded, cached = recording.snapshot_files(pyodide_files, wheels, decoder, cache)
        current.note = (
            "as recorded before" if cached else "recorded, and checked against a started interpreter"
        )
    return Contents(
        web=web,
        scripts=scripts,
        package=read_tree(WEB / "package"),
        static=read_tree(STATIC),
        pyodide=pyodide_files,
        pyscript=runtime.pyscript_files(NODE_MODULES),
        numpy_wheel=numpy_wheel,
        candlefish_wheel=(name, page_wheel),
        studio_wheel=studio_wheel,
        examples=guests,
        docs=docs_site,
        snapshot=recorded,
        source=source_address(ROOT),
    )


def read_web(directory: Path) -> dict[str, bytes]:
    """The pages, scripts and styles in a directory and its folders, by path.

    Raises:
        BuildError: there is no page.
    """
    paths = sorted(directory.rglob("*"))
    files = {
        path.relative_to(directory).as_posix(): path.read_bytes()
        for path in paths
        if path.suffix in WEB_SUFFIXES
    }
    if not any(name.endswith(".html") for name in files):
        raise BuildError(f"{directory} holds no page (*.html)")
    return files
