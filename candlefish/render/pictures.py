"""Pictures: scripted moments (`Plan`), their frames as pixels, and pixels as files."""

from __future__ import annotations

import io
import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from candlefish.draw.scene import Scene
from candlefish.draw.svg import svg_document
from candlefish.render.raster import Raster
from candlefish.sim.clock import STEP_S
from candlefish.sim.inputs import Input, InputKind
from candlefish.sim.moods import Mood, MoodState
from candlefish.sim.world import World

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence


@dataclass(frozen=True, slots=True)
class Plan:
    """A visit that can be drawn.

    Attributes:
        size: the box, CSS px.
        seed: of every random stream.
        moods: the mood to be in from each time on, (s, mood), in order; the fish does not choose.
        pointer: whether a visitor's pointer circles gently.
        food_s: when a piece of food is offered.
        taps_s: when the water is tapped.
        hour: of the day, 0…24.
    """

    size: tuple[float, float] = (1280.0, 720.0)
    seed: int = 7
    moods: tuple[tuple[float, Mood], ...] = ((0.0, Mood.CURIOUS),)
    pointer: bool = True
    food_s: tuple[float, ...] = ()
    taps_s: tuple[float, ...] = ()
    hour: float = 12.0

    def begin(self) -> World:
        """Return the world at time 0."""
        world = World(*self.size, seed=self.seed, now_ms=self.hour * 3_600_000.0)
        self._hold(world)
        world.appearance.ease(world.mood, world.params[world.mood], 60.0)
        return world

    def step(self, world: World) -> None:
        """Live one fixed step."""
        now_s = world.time_s
        width, height = self.size
        if self.pointer:
            turn = 1.1 * now_s
            place = width * (0.5 + 0.16 * math.cos(turn)), height * (0.48 + 0.18 * math.sin(turn))
            world.push(Input(InputKind.MOVE, *place, world.now_s))
        for kind, times in ((InputKind.FEED, self.food_s), (InputKind.DOWN, self.taps_s)):
            for index, at_s in enumerate(times):
                if now_s <= at_s < now_s + STEP_S:
                    x = width * (0.3 + 0.4 * (index * 0.618 % 1.0))
                    world.push(Input(kind, x, 0.3 * height, world.now_s))
        self._hold(world)
        world.advance(STEP_S)
        self._hold(world)

    def _hold(self, world: World) -> None:
        mood = [mood for at_s, mood in self.moods if at_s <= world.time_s + 1e-9][-1]
        if world.mood is not mood:
            world.mind.mood_state = MoodState(mood, "asked for")


def worlds(plan: Plan, begin_s: float, frames: int, fps: float) -> Iterator[World]:
    """Yield the same world at each of so many frames from `begin_s` on."""
    world = plan.begin()
    for frame in range(frames):
        until_s = begin_s + frame / fps
        while world.time_s + STEP_S / 2.0 < until_s:
            plan.step(world)
        yield world


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
