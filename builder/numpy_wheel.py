"""The step that gets NumPy for the page: the whole wheel from wherever it can be had, made small once."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from builder import numpy_wasm
from builder.cache import combine
from builder.numpy_wasm.slim import fingerprint

if TYPE_CHECKING:
    from pathlib import Path

    from builder.cache import Cache
    from builder.steps import Step

KIND = "numpy-slim"


def numpy_wheel(pyodide: Path, wheels: Path, cache: Cache, step: Step) -> tuple[str, bytes]:
    """The name and the contents of the NumPy wheel that is shipped.

    ``wheels`` is where whole wheels are kept; ``step`` is told what is done and how it ended.

    Raises:
        BuildError: the wheel cannot be had, or does not work in the Pyodide of the directory ``pyodide``.
    """
    whole = numpy_wasm.provide(pyodide, wheels, step.say)
    key = combine(whole.sha256, fingerprint(pyodide))
    made = cache.get(KIND, key, partial(_slim, whole.path, pyodide, step))
    data = (made.path / whole.path.name).read_bytes()
    step.note = f"{whole.version} ({whole.origin}), {len(data) / 1e6:.1f} MB"
    return whole.path.name, data


def _slim(wheel: Path, pyodide: Path, step: Step, out: Path) -> None:
    report = numpy_wasm.slim(wheel, out / wheel.name, pyodide)
    before, after = report.unpacked_bytes_before / 1e6, report.unpacked_bytes_after / 1e6
    files = f"{report.files_after} of {report.files_before} files"
    step.say(f"kept {files}, {after:.1f} of {before:.1f} MB unpacked")
