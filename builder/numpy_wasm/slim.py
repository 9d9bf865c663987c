"""The wheel that is shipped: only the modules that are loaded, as bytecode, ready for Brotli.

Which modules those are is not listed anywhere: NumPy is imported and put through the smoke test's workout
in Pyodide, and what it loaded stays. The rest (``numpy.random``, ``numpy.fft``, ``numpy.ma`` and with it
``numpy.median``, tests, …) then raises ModuleNotFoundError.
"""

from __future__ import annotations

import json
import subprocess
import tempfile
import zipfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from builder import bytecode
from builder.cache import combine, of_digests, tree_digests, write_atomically
from builder.numpy_wasm.pinned import Pin, read_pin
from builder.packing import with_record, zip_bytes
from builder.steps import BuildError

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

LICENSE_NAMES = ("LICENSE.txt", "LICENSES_bundled.txt")
MINIMAL_METADATA = "Metadata-Version: 2.1\nName: numpy\nVersion: {version}\nLicense: BSD-3-Clause\n"
SCRIPT = Path(__file__).with_name("smoke.mjs")
INSTALL_PREFIX = "/lib/python3.13/site-packages"
SHOWN = 3000


@dataclass(frozen=True)
class SlimReport:
    """What a wheel was and became."""

    files_before: int
    files_after: int
    unpacked_bytes_before: int
    unpacked_bytes_after: int
    check: SmokeReport  # of the slim wheel, installed as in the page


def fingerprint(pyodide_dir: Path) -> str:
    """A digest of all that decides what becomes of a wheel, but the wheel itself."""
    here = tree_digests(Path(__file__).parent)
    own = {name: digest for name, digest in here.items() if Path(name).suffix in {".py", ".mjs"}}
    return combine(of_digests(own), bytecode.recipe(pyodide_dir))


def slim(wheel: Path, out: Path, pyodide_dir: Path) -> SlimReport:
    """Make the shipped wheel ``out`` from a whole ``wheel``, which stays as it is.

    Its files are stored, not deflated: under the Brotli it travels with, that is 30 % smaller.
    The same wheel gives the same bytes every time.

    Raises:
        BuildError: the wheel is damaged, or NumPy fails its smoke test before or after.
    """
    pin = read_pin(pyodide_dir)
    contents = read_wheel(wheel)
    used = smoke_test(wheel.read_bytes(), pin, pyodide_dir).files
    sources = select(contents, used)
    files = bytecode.compile_files(sources, pyodide_dir, INSTALL_PREFIX)
    everything = with_record("numpy", pin.numpy, pin.tag, files, metadata(contents, pin))
    data = zip_bytes(everything)
    report = smoke_test(data, pin, pyodide_dir, as_in_page=True)
    write_atomically(out, data)
    return SlimReport(
        files_before=len(contents),
        files_after=len(everything),
        unpacked_bytes_before=total_bytes(contents),
        unpacked_bytes_after=total_bytes(everything),
        check=report,
    )


def read_wheel(path: Path) -> dict[str, bytes]:
    """The files of a wheel by name.

    Raises:
        BuildError: it is not a whole zip archive.
    """
    try:
        with zipfile.ZipFile(path) as archive:
            names = [name for name in archive.namelist() if not name.endswith("/")]
            return {name: archive.read(name) for name in names}
    except (OSError, zipfile.BadZipFile) as error:
        raise BuildError(f"{path} is not a usable wheel: {error}") from error


def select(contents: Mapping[str, bytes], used: Iterable[str]) -> dict[str, bytes]:
    """The files of the modules that were loaded.

    Raises:
        BuildError: the wheel lacks one of them.
    """
    missing = sorted(set(used) - set(contents))
    if missing:
        raise BuildError(f"the NumPy wheel lacks {', '.join(missing)}, which it loaded")
    return {name: contents[name] for name in sorted(set(used))}


def metadata(contents: Mapping[str, bytes], pin: Pin) -> dict[str, bytes]:
    """What the shipped wheel says of itself: the least an installer reads, and every licence."""
    licences = {Path(name).name: data for name, data in contents.items() if Path(name).name in LICENSE_NAMES}
    return {"METADATA": MINIMAL_METADATA.format(version=pin.numpy).encode(), **licences}


def total_bytes(files: Mapping[str, bytes]) -> int:
    """The size of all files together."""
    return sum(map(len, files.values()))


@dataclass(frozen=True)
class SmokeReport:
    """What a smoke test measured."""

    version: str  # NumPy's
    install_ms: float  # unpacking, and linking if that was done as in the page
    import_ms: float
    heap_before_bytes: int  # WebAssembly memory with Pyodide started
    heap_after_bytes: int  # and after ``import numpy``
    files: tuple[str, ...]  # of NumPy's modules that were loaded, by path from site-packages


def smoke_test(wheel: bytes, pin: Pin, pyodide_dir: Path, *, as_in_page: bool = False) -> SmokeReport:
    """Install a wheel in a new Pyodide and put NumPy through the workout.

    ``as_in_page`` installs it as the page does, which wants its files stored without compression.

    Raises:
        BuildError: it cannot be imported, is another version than the pin's, or computes wrongly.
    """
    with tempfile.TemporaryDirectory() as folder:
        path, job = Path(folder, pin.file_name), Path(folder, "job.json")
        path.write_bytes(wheel)
        settings = {"pyodide_dir": str(pyodide_dir.resolve()), "wheel": str(path), "as_in_page": as_in_page,
                    "install_prefix": INSTALL_PREFIX}  # fmt: skip
        job.write_text(json.dumps(settings), encoding="utf-8")
        done = subprocess.run(["node", SCRIPT, job], capture_output=True, text=True, check=False)
    if done.returncode:
        raise BuildError(f"{pin.file_name} fails its smoke test in Pyodide:\n{done.stderr[-SHOWN:]}")
    found = json.loads(done.stdout)
    report = SmokeReport(**{**found, "files": tuple(found["files"])})
    if report.version != pin.numpy:
        raise BuildError(f"{pin.file_name} holds NumPy {report.version}, but Pyodide's lock says {pin.numpy}")
    return report
