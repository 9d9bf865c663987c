"""Pictures made natively: frames of a world as files. Needs the extra `render` (Skia and Pillow).

`Plan` says which mood, how large and when; `frames` draws it, `svg` too, `png` and `film` encode frames.
Each is loaded on first use, so that the command line starts without Skia.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from candlefish.render.pictures import Plan, film, frames, png, svg

__all__ = ["Plan", "film", "frames", "png", "svg"]


def __getattr__(name: str) -> object:
    """Load a public name on first use."""
    if name in __all__:
        return getattr(import_module("candlefish.render.pictures"), name)
    raise AttributeError(f"module 'candlefish.render' has no attribute {name!r}")
