"""Flashes by the definition of WCAG 2.3.1 (Web Content Accessibility Guidelines 2.2, "general flash").

A flash is a pair of opposing changes in relative luminance of at least a tenth of the maximum, where the
darker image is below 0.80. More than three in a second are a danger where they cover a quarter of any ten
degrees of the visual field: 341 × 256 px of a screen of 1024 × 768.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Numbers = NDArray[np.float64]

CHANGE = 0.10
DARKER_BELOW = 0.80
MOST_A_SECOND = 3.0
_LINEAR = np.where(
    np.arange(256) / 255.0 <= 0.04045,
    np.arange(256) / 255.0 / 12.92,
    ((np.arange(256) / 255.0 + 0.055) / 1.055) ** 2.4,
)


def luminance(frame: NDArray[np.uint8], block: int) -> Numbers:
    """Return the mean relative luminance 0…1 of each `block` × `block` px of a frame (height, width, 3)."""
    rows, columns = frame.shape[0] // block, frame.shape[1] // block
    linear = _LINEAR[frame[: rows * block, : columns * block]] @ np.array([0.2126, 0.7152, 0.0722])
    means: Numbers = linear.reshape(rows, block, columns, block).mean(axis=(1, 3))
    return means


def danger(series: Numbers, fps: float, field: tuple[int, int]) -> float:
    """Return the largest share 0…1 of any field of view that flashes more than three times in one second.

    `series` is luminance 0…1, float (frames, rows, columns of blocks); `field` is rows and columns of blocks.
    A quarter is where the guideline draws its line.
    """
    flashing = flashes(series, fps) > MOST_A_SECOND
    rows, columns = (min(extent, whole) for extent, whole in zip(field, flashing.shape[1:], strict=True))
    views = np.lib.stride_tricks.sliding_window_view(flashing, (1, rows, columns))
    return float(views.mean(axis=(3, 4, 5)).max())


def flashes(series: Numbers, fps: float) -> Numbers:
    """Return the flashes of each block within the second up to each frame, float (frames, rows, columns)."""
    places = series.reshape(len(series), -1)
    turns = np.stack([_changes(places[:, place]) for place in range(places.shape[1])], axis=1)
    summed = np.cumsum(turns, axis=0)
    window = max(1, round(fps))
    summed[window:] -= summed[:-window].copy()
    return summed.reshape(series.shape) / 2.0


def _changes(values: Numbers) -> Numbers:
    """Mark the frames at which a change of at least `CHANGE`, opposite to the last one, is complete."""
    marks = np.zeros(len(values))
    low = high = values[0]
    direction = 0
    for frame, value in enumerate(values.tolist()):
        low, high = min(low, value), max(high, value)
        if direction <= 0 and value - low >= CHANGE and low < DARKER_BELOW:
            marks[frame], direction, high = 1.0, 1, value
        elif direction >= 0 and high - value >= CHANGE and value < DARKER_BELOW:
            marks[frame], direction, low = 1.0, -1, value
        if direction > 0:
            low = value if value > high - 1e-12 else min(low, value)
        elif direction < 0:
            high = value if value < low + 1e-12 else max(high, value)
    return marks
