"""What the world tells the outside: mood changes, trust, milestones, feeding."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Event:
    """Something that happened in the world.

    Attributes:
        name: `moodchange`, `trustchange`, `milestone` or `fed`.
        at_s: world time, seconds.
        detail: plain values, as the page receives them.
    """

    name: str
    at_s: float
    detail: dict[str, float | int | str] = field(default_factory=dict)
