"""Whether a NumPy wheel works in Pyodide: NumPy is imported there, in Node, and put through a workout."""

from __future__ import annotations

import json
import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from builder.steps import BuildError

if TYPE_CHECKING:
    from builder.numpy_wasm.pin import Pin

SCRIPT = Path(__file__).with_name("smoke.mjs")
INSTALL_PREFIX = "/lib/python3.13/site-packages"
SHOWN = 3000


@dataclass(frozen=True)
class Report:
    """What a smoke test measured."""

    version: str  # NumPy's
    install_ms: float  # unpacking, and linking if that was done as in the page
    import_ms: float
    heap_before_bytes: int  # WebAssembly memory with Pyodide started
    heap_after_bytes: int  # and after ``import numpy``
    files: tuple[str, ...]  # of NumPy's modules that were loaded, by path from site-packages


def check(wheel: bytes, pin: Pin, pyodide_dir: Path, *, as_in_page: bool = False) -> Report:
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
    report = Report(**{**found, "files": tuple(found["files"])})
    if report.version != pin.numpy:
        raise BuildError(f"{pin.file_name} holds NumPy {report.version}, but Pyodide's lock says {pin.numpy}")
    return report
