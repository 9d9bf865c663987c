"""Screenshots as arrays (a PNG reader for what Chromium writes: 8 bits, RGB or RGBA, not interlaced)."""

from __future__ import annotations

import struct
import zlib
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

SIGNATURE = b"\x89PNG\r\n\x1a\n"


class Picture:
    """The pixels of a PNG: `rgb` is (height, width, 3), 0…255."""

    def __init__(self, png: bytes) -> None:
        assert png.startswith(SIGNATURE)
        chunks = dict[bytes, bytes]()
        at = len(SIGNATURE)
        while at < len(png):
            length, kind = struct.unpack(">I4s", png[at : at + 8])
            chunks[kind] = chunks.get(kind, b"") + png[at + 8 : at + 8 + length]
            at += 12 + length
        width, height, depth, colour, *_, interlaced = struct.unpack(">IIBBBBB", chunks[b"IHDR"])
        assert (depth, interlaced) == (8, 0), "not a PNG as Chromium writes it"
        channels = {2: 3, 6: 4}[colour]
        rows = np.frombuffer(zlib.decompress(chunks[b"IDAT"]), np.uint8).reshape(height, 1 + width * channels)
        self.rgb = _unfiltered(rows, channels).reshape(height, width, channels)[:, :, :3]

    def share_near(self, colour: tuple[int, int, int], within: float) -> float:
        """Share of the pixels whose colour is at most `within` away (Euclidean, 0…441)."""
        away = np.linalg.norm(self.rgb.astype(np.float32) - np.array(colour, np.float32), axis=2)
        return float((away <= within).mean())

    def difference(self, other: Picture) -> float:
        """Mean absolute difference of two pictures of one size, 0…255."""
        return float(np.abs(self.rgb.astype(np.int16) - other.rgb.astype(np.int16)).mean())


def _unfiltered(rows: NDArray[np.uint8], channels: int) -> NDArray[np.uint8]:
    """Undo the filter of each row (PNG specification, section 9)."""
    done = np.zeros((rows.shape[0] + 1, rows.shape[1] - 1), np.uint8)
    for index, row in enumerate(rows):
        done[index + 1] = _row(int(row[0]), row[1:], done[index], channels)
    return done[1:]


def _row(kind: int, row: NDArray[np.uint8], above: NDArray[np.uint8], channels: int) -> NDArray[np.uint8]:
    if kind == 0:
        return row
    if kind == 1:
        sums = np.cumsum(row.reshape(-1, channels), axis=0, dtype=np.uint64)
        return sums.astype(np.uint8).reshape(-1)
    if kind == 2:
        return row + above
    out = [0] * channels + [0] * len(row)
    up = [0] * channels + above.tolist()
    for i, value in enumerate(row.tolist(), channels):
        left = out[i - channels]
        guess = (left + up[i]) // 2 if kind == 3 else _paeth(left, up[i], up[i - channels])
        out[i] = (value + guess) & 255
    return np.array(out[channels:], np.uint8)


def _paeth(a: int, b: int, c: int) -> int:
    near = [(abs(b - c), 0, a), (abs(a - c), 1, b), (abs(a + b - 2 * c), 2, c)]
    return min(near)[2]
