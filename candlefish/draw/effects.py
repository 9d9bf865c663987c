"""Effects levels: how much is drawn."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Effects:
    """How much one level draws.

    Attributes:
        motes: share 0…1 of the plankton.
        beams: shafts of light.
        layer: resolution of the picture of the deep water, as a share of the frame's.
        trail: whether the light trail shows.
        rays: share of the fins' rays.
        speckles: glints on the flank.
        cells: of the light field, at most.
        dust: specks of plankton in the light field.
        shafts: strength 0…1 of the light from above.
    """

    motes: float
    beams: int
    layer: float
    trail: bool
    rays: float
    speckles: int
    cells: int
    dust: int
    shafts: float


LEVELS: dict[str, Effects] = {
    "minimal": Effects(
        motes=0.35,
        beams=3,
        layer=0.2,
        trail=False,
        rays=0.6,
        speckles=0,
        cells=16_384,
        dust=5_000,
        shafts=0.7,
    ),
    "standard": Effects(
        motes=0.8,
        beams=6,
        layer=0.25,
        trail=True,
        rays=1.0,
        speckles=36,
        cells=25_600,
        dust=12_000,
        shafts=1.0,
    ),
    "rich": Effects(
        motes=1.0,
        beams=8,
        layer=0.34,
        trail=True,
        rays=1.0,
        speckles=64,
        cells=43_200,
        dust=12_000,
        shafts=1.0,
    ),
}
