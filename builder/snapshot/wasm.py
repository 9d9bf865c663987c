"""The little that must be known of a WebAssembly file: its sections, and where its data ends."""

from __future__ import annotations

from typing import TYPE_CHECKING

from builder.steps import BuildError

if TYPE_CHECKING:
    from collections.abc import Iterator

MAGIC = b"\0asm\1\0\0\0"
CUSTOM, DATA, DATA_COUNT = 0, 11, 12
ONE_SEGMENT_AT_BASE = b"\x01\x00\x23\x00\x0b"  # count, active, global.get 0, end
MEMORY_BASE = 1024  # of a main module, by Emscripten


def sections(code: bytes) -> Iterator[tuple[int, int, int, int]]:
    """Of every section: its id, and where it begins, where its contents begin and where it ends.

    Raises:
        BuildError: ``code`` is not a whole WebAssembly module.
    """
    if not code.startswith(MAGIC):
        raise BuildError("not a WebAssembly module")
    start = len(MAGIC)
    while start < len(code):
        size, contents = _leb(code, start + 1)
        end = contents + size
        if end > len(code):
            raise BuildError("a WebAssembly module is cut short")
        yield code[start], start, contents, end
        start = end


def without_data(code: bytes) -> bytes:
    """A side module without its data, which the memory image holds, and without custom sections."""
    kept = (
        code[start:end] for kind, start, _, end in sections(code) if kind not in {CUSTOM, DATA, DATA_COUNT}
    )
    return MAGIC + b"".join(kept)


def data_end(code: bytes) -> int:
    """The address after the static data of Emscripten's main module: one segment, placed at its memory base.

    Raises:
        BuildError: it has no data, or data of another kind.
    """
    found = next((contents for kind, _, contents, _ in sections(code) if kind == DATA), None)
    if found is None:
        raise BuildError("the WebAssembly module has no data section")
    if not code.startswith(ONE_SEGMENT_AT_BASE, found):
        raise BuildError("the WebAssembly module's data is not one segment at its memory base")
    size, _ = _leb(code, found + len(ONE_SEGMENT_AT_BASE))
    return MEMORY_BASE + size


def _leb(code: bytes, at: int) -> tuple[int, int]:
    """An unsigned LEB128 number and the position after it."""
    value = shift = 0
    while True:
        byte = code[at]
        value |= (byte & 0x7F) << shift
        at, shift = at + 1, shift + 7
        if byte < 0x80:
            return value, at
