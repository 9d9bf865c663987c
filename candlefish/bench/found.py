"""What measuring a scenario once brings back."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from candlefish.bench.machine import Clocked


@dataclass(slots=True)
class Found:
    """``values`` by measure; ``series`` for the pictures; the clocks at both ends of the window."""

    values: dict[str, float]
    series: dict[str, Any]
    notes: list[str] = field(default_factory=list)
    began: Clocked | None = None
    ended: Clocked | None = None
