"""The memory image: only those runs of memory that a fresh instance does not have already.

File: the number of runs (u32), for each run the distance from the end of the one before and its length in
bytes (u32 each), then the runs' bytes. All little-endian, all multiples of four.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

WORD = 4
GAP_WORDS = 16  # a gap up to this long is cheaper inside a run than between two

Words = NDArray[np.uint32]


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
