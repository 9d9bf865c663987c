"""Effects levels: how much is drawn."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Effects:
    """How much one level draws.

    Attributes:
        motes: share 0…1 of the plankton.
        rays: share of the fins' rays.
        speckles: glints on the flank.
        cells: of the light field, at most.
        dust: specks of plankton in the light field.
        shafts: strength 0…1 of the light from above, in the light field.
        vector_shafts: shafts of light of a vector scene.
        vector_trail: whether the light trail shows in a vector scene.
    """

    motes: float
    rays: float
    speckles: int
    cells: int
    dust: int
    shafts: float
    vector_shafts: int
    vector_trail: bool


LEVELS: dict[str, Effects] = {
    "minimal": Effects(
        motes=0.35,
        rays=0.6,
        speckles=0,
        cells=16_384,
        dust=5_000,
        shafts=0.7,
        vector_shafts=3,
        vector_trail=False,
    ),
    "standard": Effects(
        motes=0.8,
        rays=1.0,
        speckles=36,
        cells=25_600,
        dust=12_000,
        shafts=1.0,
        vector_shafts=6,
        vector_trail=True,
    ),
    "rich": Effects(
        motes=1.0,
        rays=1.0,
        speckles=64,
        cells=43_200,
        dust=12_000,
        shafts=1.0,
        vector_shafts=8,
        vector_trail=True,
    ),
}


def effects_level(name: str) -> Effects:
    """Return a level by its name.

    Raises:
        ValueError: there is no such level.
    """
    if name not in LEVELS:
        raise ValueError(f"effects: expected one of {', '.join(LEVELS)}, got {name!r}")
    return LEVELS[name]
