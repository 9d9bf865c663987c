"""Named random streams from one seed, so that a change in one concern leaves the others alone."""

from __future__ import annotations

from random import Random
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray


class Streams:
    """One `random.Random` for each name, created on first use.

    `numpy.random` is left out on purpose: it is a third of NumPy's size and import time in a browser.
    """

    def __init__(self, seed: int) -> None:
        """Remember the seed; the streams are made when asked for."""
        self.seed = seed
        self._streams: dict[str, Random] = {}

    def __getitem__(self, name: str) -> Random:
        """Return the stream called `name`, always the same for the same seed."""
        if name not in self._streams:
            self._streams[name] = Random(f"{self.seed}:{name}")
        return self._streams[name]

    def uniform(self, name: str, low: float, high: float, count: int) -> NDArray[np.float32]:
        """Return `count` float32 numbers in [low, high), drawn at once from the stream `name`."""
        words = np.frombuffer(self[name].randbytes(4 * count), dtype="<u4")
        out = (words >> 8).astype(np.float32)
        out *= np.float32((high - low) * 2**-24)
        out += np.float32(low)
        return out
