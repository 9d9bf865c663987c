"""Screenshots as arrays."""

from __future__ import annotations

from io import BytesIO

import numpy as np
from PIL import Image


class Picture:
    """The pixels of a PNG: `rgb` is (height, width, 3), 0…255."""

    def __init__(self, png: bytes) -> None:
        with Image.open(BytesIO(png), formats=["PNG"]) as image:
            self.rgb = np.asarray(image.convert("RGB"))

    def share_near(self, colour: tuple[int, int, int], within: float) -> float:
        """Share of the pixels whose colour is at most `within` away (Euclidean, 0…441)."""
        away = np.linalg.norm(self.rgb.astype(np.float32) - np.array(colour, np.float32), axis=2)
        return float((away <= within).mean())

    def difference(self, other: Picture) -> float:
        """Mean absolute difference of two pictures of one size, 0…255."""
        return float(np.abs(self.rgb.astype(np.int16) - other.rgb.astype(np.int16)).mean())
