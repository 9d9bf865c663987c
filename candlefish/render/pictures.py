"""Frames of a plan as pixels, and pixels as files."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from candlefish.draw.scene import Scene
from candlefish.draw.svg import svg_document
from candlefish.render.plan import Plan, worlds
from candlefish.render.raster import Raster

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

Pixels = NDArray[np.uint8]

STILL = ("png", "svg")
MOVING = ("webp", "gif", "apng")


def frames(
    plan: Plan,
    begin_s: float,
    count: int,
    fps: float,
    effects: str,
    dpr: float = 1.0,
    *,
    transparent: bool = False,
) -> Iterator[Pixels]:
    """Yield `count` frames from `begin_s` on, uint8 (height, width, 3), or 4 with straight alpha."""
    scene = Scene(effects, transparent=transparent)
    raster = Raster(*plan.size, dpr)
    channels = 4 if transparent else 3
    for world in worlds(plan, begin_s, count, fps):
        yield raster.paint(scene.buffer, scene.render(world))[..., :channels].copy()


def svg(plan: Plan, at_s: float, effects: str, *, transparent: bool = False) -> bytes:
    """Return the frame at `at_s` as an SVG document."""
    (world,) = worlds(plan, at_s, 1, 1.0)
    return svg_document(world, effects=effects, transparent=transparent).encode()


def png(frame: Pixels) -> bytes:
    """Return one frame as PNG."""
    out = io.BytesIO()
    Image.fromarray(frame).save(out, "PNG", optimize=True)
    return out.getvalue()


def film(pictures: Sequence[Pixels], fps: float, kind: str, quality: int = 70) -> bytes:
    """Return frames as an animation that loops: `webp`, `gif` or `apng`."""
    first, *rest = [Image.fromarray(picture) for picture in pictures]
    named = {"webp": "WEBP", "gif": "GIF", "apng": "PNG"}[kind]
    out = io.BytesIO()
    first.save(
        out,
        named,
        save_all=True,
        append_images=rest,
        duration=round(1000.0 / fps),
        loop=0,
        **({"quality": quality, "method": 4} if kind == "webp" else {}),
    )
    return out.getvalue()


def crossfaded(pictures: Sequence[Pixels], overlap: int) -> list[Pixels]:
    """Return the frames but the last `overlap`, which fade into the first: a loop without a seam."""
    kept = list(pictures[: len(pictures) - overlap])
    for index in range(overlap):
        share = (index + 1.0) / (overlap + 1.0)
        ending = pictures[len(pictures) - overlap + index].astype(np.float32)
        kept[index] = (ending * (1.0 - share) + kept[index] * share + 0.5).astype(np.uint8)
    return kept
