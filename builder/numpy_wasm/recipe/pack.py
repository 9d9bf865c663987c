"""The built modules and NumPy's Python sources as a wheel."""

from __future__ import annotations

from typing import TYPE_CHECKING

from builder.packing import with_record, zip_bytes

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from builder.numpy_wasm.pin import Pin
    from builder.numpy_wasm.recipe.compilation import Built

LEFT_OUT = frozenset(
    {"tests", "f2py", "distutils", "_pyinstaller", "_build_utils", "_examples", "code_generators"}
)
BUILD_FOLDER = "/numpy-build"


def wheel_bytes(pin: Pin, source: Path, built: Built) -> bytes:
    """The wheel: NumPy's modules without its tests and its tools for building other packages."""
    config = built.config.read_text(encoding="utf-8").replace(str(built.work), BUILD_FOLDER)
    files = {
        **{path.relative_to(source).as_posix(): path.read_bytes() for path in python_files(source)},
        **{path.relative_to(built.folder).as_posix(): path.read_bytes() for path in built.modules},
        "numpy/__config__.py": config.encode(),
    }
    metadata = {
        "METADATA": (source / "PKG-INFO").read_bytes(),
        "LICENSE.txt": (source / "LICENSE.txt").read_bytes(),
    }
    return zip_bytes(with_record("numpy", pin.numpy, pin.tag, files, metadata), deflate=True)


def python_files(source: Path) -> Iterator[Path]:
    """NumPy's modules in its source tree."""
    for path in sorted((source / "numpy").rglob("*.py")):
        if LEFT_OUT.isdisjoint(path.relative_to(source).parts):
            yield path
