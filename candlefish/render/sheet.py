"""The contact sheet of the documentation: every mood at every level, in other boxes; and a loop."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from PIL import Image

from candlefish.draw.effects import LEVELS
from candlefish.render.pictures import Plan, crossfaded, film, frames
from candlefish.sim.moods import Mood

if TYPE_CHECKING:
    from collections.abc import Sequence

CELL = 360, 202
STRIP, TALL = (360.0, 135.0), (202.0, 404.0)
GAP = 6
GROUND = (8, 10, 20)
AT_S = 3.0
QUALITY = 82
LOOP = Plan((560.0, 315.0), moods=((0.0, Mood.CURIOUS), (4.0, Mood.EXCITED)), food_s=(3.6,))
LOOP_S, LOOP_FPS = 7.0, 15.0


def picture(mood: Mood, effects: str, size: tuple[float, float]) -> Image.Image:
    """Return one mood at `AT_S`, at an effects level, in a box."""
    plan = Plan(size, moods=((0.0, mood),))
    (frame,) = frames(plan, AT_S, 1, 1.0, effects)
    return Image.fromarray(frame)


def sheet() -> Image.Image:
    """Return the contact sheet: a row a mood; the levels, a strip above a portrait's half, and a portrait."""
    width = 3 * CELL[0] + int(STRIP[0] / 2) + int(TALL[0] / 2) + 5 * GAP
    out = Image.new("RGB", (width, len(Mood) * (CELL[1] + GAP)), GROUND)
    for row, mood in enumerate(Mood):
        _row(out, row * (CELL[1] + GAP), mood)
    return out


def _row(out: Image.Image, top: int, mood: Mood) -> None:
    left = 0
    shown = [picture(mood, effects, (float(CELL[0]), float(CELL[1]))) for effects in LEVELS]
    shown += [_half(picture(mood, "standard", size)) for size in (STRIP, TALL)]
    for one in shown:
        out.paste(one, (left, top))
        left += one.width + GAP


def _half(image: Image.Image) -> Image.Image:
    return image.resize((image.width // 2, image.height // 2), Image.Resampling.LANCZOS)


def loop() -> bytes:
    """Return a short visit as a looping animated WebP."""
    overlap = int(LOOP_FPS)
    count = round(LOOP_S * LOOP_FPS) + overlap
    return film(crossfaded(list(frames(LOOP, 0.5, count, LOOP_FPS, "rich")), overlap), LOOP_FPS, "webp", 55)


def main(arguments: Sequence[str] | None = None) -> None:
    """Write `moods.jpg` and `candlefish.webp` into a directory."""
    parser = argparse.ArgumentParser(description=main.__doc__)
    parser.add_argument("directory", type=Path)
    directory: Path = parser.parse_args(arguments).directory
    sheet().save(directory / "moods.jpg", quality=QUALITY, optimize=True)
    (directory / "candlefish.webp").write_bytes(loop())


if __name__ == "__main__":
    main()
