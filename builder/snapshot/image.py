"""The memory image: only those runs of memory that a fresh instance does not have already.

File: the number of runs (u32), for each run the distance from the end of the one before and its length in
bytes (u32 each), then the runs' bytes. All little-endian, all multiples of four.

And the little that must be known of a WebAssembly file: its sections, and where its data ends.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from builder.steps import BuildError

if TYPE_CHECKING:
    from collections.abc import Iterator

WORD = 4
GAP_WORDS = 16  # a gap up to this long is cheaper inside a run than between two

Words = NDArray[np.uint32]
MAGIC = b"\0asm\1\0\0\0"
CUSTOM, DATA, DATA_COUNT = 0, 11, 12
ONE_SEGMENT_AT_BASE = b"\x01\x00\x23\x00\x0b"  # count, active, global.get 0, end
MEMORY_BASE = 1024  # of a main module, by Emscripten


def pack(memory: bytes, fresh: bytes, static_end: int) -> bytes:
    """The image of ``memory``.

    Below ``static_end`` it holds what differs from ``fresh``, above it what is not zero; whoever restores
    clears all of memory from ``static_end`` on first.
    """
    words = np.frombuffer(memory, "<u4")
    cut = static_end // WORD
    changed = np.flatnonzero(words[:cut] != np.frombuffer(fresh, "<u4", count=cut))
    used = np.flatnonzero(words[cut:]) + cut
    starts, ends = runs(np.concatenate([changed, used]))
    table = np.empty((len(starts), 2), "<u4")
    table[:, 0] = (starts - np.concatenate([[0], ends[:-1]])) * WORD
    table[:, 1] = (ends - starts) * WORD
    data = b"".join(words[start:end].tobytes() for start, end in zip(starts, ends, strict=True))
    return np.uint32(len(starts)).tobytes() + table.tobytes() + data


def runs(places: NDArray[np.int64]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """First word of each run and the word after it, of ascending ``places``; small gaps are bridged."""
    if not len(places):
        return places, places
    breaks = np.flatnonzero(np.diff(places) > GAP_WORDS)
    starts = places[np.concatenate([[0], breaks + 1])]
    ends = places[np.concatenate([breaks, [len(places) - 1]])] + 1
    return starts, ends


def unpack(image: bytes, fresh: bytes, static_end: int, size: int) -> bytes:
    """The ``size`` bytes of memory that ``image`` was packed from (what ``web/runtime/snapshot.js`` does)."""
    memory = bytearray(size)
    memory[:static_end] = fresh[:static_end]
    count = int(np.frombuffer(image, "<u4", count=1)[0])
    table = np.frombuffer(image, "<u4", count=2 * count, offset=WORD).reshape(-1, 2)
    at, source = 0, WORD + table.nbytes
    for distance, length in table.tolist():
        at += distance
        memory[at : at + length] = image[source : source + length]
        at, source = at + length, source + length
    return bytes(memory)


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
