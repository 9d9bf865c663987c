"""The world of a session, and how time and the page's inputs reach it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from candlefish.sim.inputs import Input

if TYPE_CHECKING:
    from collections.abc import Callable

    from candlefish.sim.inputs import InputKind
    from candlefish.sim.world import World


class WorldDriver:
    """Creates a session's world, advances it and passes inputs on, as the page asks for.

    The studio's sessions bring drivers of their own: at another pace, from a recording, in step with another.

    Attributes:
        world: the one that is drawn.
    """

    world: World

    def start(self, create: Callable[[], World]) -> None:
        """Begin with a new world: at first, and when the visitor asks to be forgotten."""
        self.world = create()

    def advance(self, elapsed_s: float) -> None:
        """Let a frame of `elapsed_s` seconds pass."""
        self.world.advance(elapsed_s)

    def push(self, kind: InputKind, x: float, y: float, late_s: float) -> None:
        """Queue an input at a place (CSS px; NaN without one), `late_s` seconds after the last frame."""
        self.world.push(Input(kind, x, y, self.world.now_s + late_s))

    def resize(self, width_px: float, height_px: float) -> None:
        """Give the box another size, CSS px."""
        self.world.resize(width_px, height_px)

    def skip_hidden_time(self, seconds: float) -> None:
        """Skip time in which the page was hidden."""
        self.world.skip_hidden_time(seconds)
