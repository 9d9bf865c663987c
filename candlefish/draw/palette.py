"""Colours derived from the mood's colour."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from candlefish.sim.tuning import Colour

INDIGO: Colour = (58.0, 58.0, 96.0)
NIGHT: Colour = (13.0, 16.0, 38.0)
ABYSS: Colour = (6.0, 8.0, 20.0)
WHITE: Colour = (255.0, 252.0, 244.0)
TEAL: Colour = (63.0, 211.0, 198.0)
AMBER: Colour = (255.0, 179.0, 71.0)


def mix(a: Colour, b: Colour, share: float) -> Colour:
    """Return the colour `share` 0…1 of the way from `a` to `b`."""
    return a[0] + (b[0] - a[0]) * share, a[1] + (b[1] - a[1]) * share, a[2] + (b[2] - a[2]) * share


def saturate(colour: Colour, strength: float) -> Colour:
    """Return the colour with its distance from grey of the same brightness multiplied by `strength`."""
    grey = 0.299 * colour[0] + 0.587 * colour[1] + 0.114 * colour[2]
    r, g, b = (min(255.0, max(0.0, grey + (channel - grey) * strength)) for channel in colour)
    return r, g, b
