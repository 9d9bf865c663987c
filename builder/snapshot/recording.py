"""Making the snapshot: recorded once for each content of what is in it, and checked before it is shipped."""

from __future__ import annotations

import io
import json
import zipfile
from functools import partial
from pathlib import Path, PurePosixPath
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

from builder import packing
from builder.cache import combine, directory_hash, file_sha256, of_digests, sha256
from builder.packing import DECODER, SUFFIX, pack
from builder.snapshot import image
from builder.steps import BuildError, run
from builder.workspace import WEB

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from builder.cache import Cache

KIND = "snapshot"
FORMAT = 1
HERE = Path(__file__).parent
MEMORY, LINK, MAIN = f"memory.bin{SUFFIX}", "link.json", f"main.wasm{SUFFIX}"
SITE_PACKAGES = "/lib/python3.13/site-packages"
SCRIPTS = (
    "runtime/snapshot.js",
    "runtime/unpack.js",
    "runtime/wheels.js",
)  # of web/: what records and restores
MAIN_MODULE = "pyodide.asm.wasm"
PAGE_BYTES = 65536
# Also imported: what an exception in a frame needs, when the network may be gone.
EXTRA_MODULES = ("traceback",)
RECORD_TIMEOUT_S = 300.0
WORKOUT = HERE.parent / "numpy_wasm" / "workout.py"
CHECK_TIMEOUT_S = 180.0


def snapshot_files(
    pyodide: Mapping[str, bytes], wheels: Sequence[tuple[str, bytes]], decoder: bytes, cache: Cache
) -> tuple[dict[str, bytes], bool]:
    """The files of the snapshot of ``pyodide`` with ``wheels`` imported, and whether they were cached.

    All that is large is packed, Pyodide's own code too, and beside it is the ``decoder`` that unpacks it.

    Raises:
        BuildError: it cannot be recorded, or a restored interpreter does not do what a started one does.
    """
    key = combine(
        node_version(),
        directory_hash(pyodide),
        directory_hash(dict(wheels)),
        sha256(decoder),
        file_sha256(Path(packing.__file__)),
        of_digests({path.name: file_sha256(path) for path in sorted(HERE.iterdir()) if path.is_file()}),
        of_digests({name: file_sha256(WEB / name) for name in SCRIPTS}),
    )
    made = cache.get(KIND, key, partial(_make, pyodide, wheels, decoder))
    return {path.name: path.read_bytes() for path in sorted(made.path.iterdir())}, made.from_cache


def node_version() -> str:
    """What records: another engine may lay out memory in another way."""
    return run(["node", "--version"], what="asking Node for its version").strip()


def module_names(wheels: Sequence[tuple[str, bytes]]) -> list[str]:
    """Every Python module in the wheels, packages before what is in them."""
    paths = [PurePosixPath(name) for _, data in wheels for name in _archive(data).namelist()]
    modules = [path.with_suffix("") for path in paths if path.suffix == ".pyc"]
    packages = (path.parent if path.name == "__init__" else path for path in modules)
    return sorted(".".join(path.parts) for path in packages)


def data_files(wheels: Sequence[tuple[str, bytes]]) -> dict[str, str]:
    """The data files of the packages, by their path in the interpreter: memory holds no files."""
    return {
        f"{SITE_PACKAGES}/{name}": archive.read(name).decode()
        for _, data in wheels
        for archive in [_archive(data)]
        for name in archive.namelist()
        if PurePosixPath(name).suffix == ".toml"
    }


def _archive(data: bytes) -> zipfile.ZipFile:
    return zipfile.ZipFile(io.BytesIO(data))


def _make(
    pyodide: Mapping[str, bytes], wheels: Sequence[tuple[str, bytes]], decoder: bytes, out: Path
) -> None:
    with TemporaryDirectory() as folder:
        work = Path(folder)
        for name, data in [*pyodide.items(), *wheels]:
            (work / name).write_bytes(data)
        recorded = _record(work, pyodide, wheels)
        files = _pack(work, recorded, wheels)
        files |= {MAIN: pack(pyodide[MAIN_MODULE]), DECODER: decoder}
        for name, data in files.items():
            (out / name).write_bytes(data)
        check(work, out, MEMORY, DECODER, [name for name, _ in wheels])


def _record(work: Path, pyodide: Mapping[str, bytes], wheels: Sequence[tuple[str, bytes]]) -> dict[str, Any]:
    job = {
        "pyodide_dir": str(work),
        "wheels": [str(work / name) for name, _ in wheels],
        "modules": [*module_names(wheels), *EXTRA_MODULES],
        "static_end": image.data_end(pyodide[MAIN_MODULE]),
        "out": str(work),
    }
    (work / "job.json").write_text(json.dumps(job), encoding="utf-8")
    run(
        ["node", HERE / "record.mjs", work / "job.json"],
        what="recording the snapshot",
        timeout_s=RECORD_TIMEOUT_S,
    )
    return {**json.loads((work / "link.json").read_text(encoding="utf-8")), "static_end": job["static_end"]}


def _pack(work: Path, link: dict[str, Any], wheels: Sequence[tuple[str, bytes]]) -> dict[str, bytes]:
    """The files that are shipped, by name."""
    memory, fresh = (work / "memory.raw").read_bytes(), (work / "fresh.raw").read_bytes()
    end = link["static_end"] // image.WORD * image.WORD
    packed = image.pack(memory, fresh, end)
    if image.unpack(packed, fresh, end, len(memory)) != memory:
        raise BuildError("the packed memory image does not give back the memory it was made from")
    code = _side_modules(link["libraries"], wheels)
    link |= {
        "format": FORMAT,
        "static_end": end,
        "memory_bytes": -(-len(memory) // PAGE_BYTES) * PAGE_BYTES,
        "image_sha256": sha256(packed),
        "files": data_files(wheels),
    }
    return {MEMORY: pack(packed), LINK: json.dumps(link, separators=(",", ":")).encode(), **code}


def _side_modules(
    libraries: Sequence[dict[str, Any]], wheels: Sequence[tuple[str, bytes]]
) -> dict[str, bytes]:
    """The code of the shared libraries by file name, which each library is told."""
    code: dict[str, bytes] = {}
    for library in libraries:
        path = library["path"].removeprefix(f"{SITE_PACKAGES}/")
        found = next(_archive(data).read(path) for _, data in wheels if path in _archive(data).namelist())
        library["file"] = PurePosixPath(path).name.partition(".")[0].lstrip("_") + f".wasm{SUFFIX}"
        code[library["file"]] = pack(image.without_data(found))
    return code


def check(work: Path, snapshot: Path, memory: str, decoder: str, wheels: Sequence[str]) -> None:
    """Compare a restored interpreter with a started one: memory, NumPy's workout and a fish's life.

    ``work`` holds Pyodide, the wheels and what was recorded, ``snapshot`` what will be shipped, the image of
    the ``memory`` and the ``decoder`` among it.

    Raises:
        BuildError: the restored one fails, or does anything else than the started one.
    """
    job = {
        "pyodide_dir": str(work),
        "wheels": [str(work / name) for name in wheels],
        "snapshot": str(snapshot),
        "image": memory,
        "decoder": decoder,
        "recorded": str(work),
        "workout": WORKOUT.read_text(encoding="utf-8"),
        "witness": (HERE / "witness.py").read_text(encoding="utf-8"),
    }
    path = work / "check.json"
    path.write_text(json.dumps(job), encoding="utf-8")
    said = run(["node", HERE / "check.mjs", path], what="checking the snapshot", timeout_s=CHECK_TIMEOUT_S)
    report = json.loads(said.splitlines()[-1])
    if report["started"] != report["restored"]:
        raise BuildError(f"a restored interpreter is not like a started one:\n{json.dumps(report, indent=1)}")
