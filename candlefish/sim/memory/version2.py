"""Version 2 of the stored memory: version 1, and the nature of the fish."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

from candlefish.sim.memory.bounds import NATURE_MAX, nature_of
from candlefish.sim.memory.version1 import V1_FIELDS, read_v1

if TYPE_CHECKING:
    from candlefish.sim.memory.fields import Fields, Problems
    from candlefish.sim.memory.model import Memory

V2_FIELDS: Final = (*V1_FIELDS, "nature")


def read_v2(fields: Fields, problems: Problems, now_ms: int, device: str) -> Memory:
    """Version 2. A nature that cannot be read is drawn from the device id, as version 1's is."""
    memory = read_v1(fields, problems, now_ms, device)
    return replace(memory, nature=fields.whole("nature", 0, NATURE_MAX, nature_of(memory.device)))
