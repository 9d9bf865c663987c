"""A recorded visit, lived again in front of the studio: what entered the world then enters it now."""

from __future__ import annotations

from bisect import bisect_right
from typing import TYPE_CHECKING

from candlefish.sim.replay import apply

if TYPE_CHECKING:
    from candlefish.sim.replay import InputLog
    from candlefish.sim.world import World


class Visit:
    """The entries of a log, each at its step.

    Attributes:
        world: as it was when the visit began.
        steps: how many it lasted.
    """

    def __init__(self, log: InputLog) -> None:
        """Begin again."""
        self.world = log.world()
        self.steps = log.steps
        self._entries = log.entries
        self._begins = [entry.step for entry in log.entries]
        self._entered = 0

    def step(self, world: World) -> bool:
        """Make one step of the visit in `world`; False when it is over, and nothing was done."""
        if world.clock.step >= self.steps:
            return False
        due = bisect_right(self._begins, world.clock.step)
        for entry in self._entries[self._entered : due]:
            apply(world, entry)
        self._entered = due
        world.step()
        return True

    def go_on(self, world: World) -> None:
        """Go on from an earlier moment, into which all has entered that had by then."""
        self._entered = bisect_right(self._begins, world.clock.step)
