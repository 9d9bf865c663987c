"""The last minute of a life: copies of the world now and then, and all that entered between them.

Any moment of it can be lived again, bit for bit: the copy before it, and from there the same steps.
"""

from __future__ import annotations

from collections import deque
from copy import deepcopy
from dataclasses import dataclass
from typing import TYPE_CHECKING

from candlefish.sim.moods import TABLE
from candlefish.sim.replay import Recorder
from candlefish.sim.stimuli import STIMULI

if TYPE_CHECKING:
    from collections.abc import Callable

    from candlefish.sim.inputs import Input
    from candlefish.sim.memory import Memory
    from candlefish.sim.tuning import Tuning
    from candlefish.sim.world import World

STEPS_A_SECOND = 60
EVERY_STEPS = STEPS_A_SECOND
"""From copy to copy."""
KEPT_STEPS = 60 * STEPS_A_SECOND
"""How far back it goes."""


_SHARED = (*TABLE, *STIMULI)
"""What never changes need not be copied; it is half of the work."""


@dataclass(frozen=True, slots=True)
class _Entry:
    step: int
    deed: Callable[[World], None]


class Tape(Recorder):
    """Records a world as its `recorder`; call `turn` after each of its frames.

    Attributes:
        mirrors: are called with each input that comes.
    """

    def __init__(self, world: World) -> None:
        """Begin with the world as it is."""
        self._world = world
        self._entries: deque[_Entry] = deque()
        self._forgotten = 0
        self.mirrors: list[Callable[[Input], None]] = []
        self._copies: deque[tuple[int, World]] = deque()
        self._copy()
        world.recorder = self

    @property
    def world(self) -> World:
        """The one that is recorded."""
        return self._world

    @property
    def first(self) -> int:
        """The earliest step that can be gone back to."""
        return self._copies[0][1].clock.step

    @property
    def last(self) -> int:
        """The step the world has reached."""
        return self._world.clock.step

    def turn(self) -> None:
        """Copy the world if it is time, and forget what is older than `KEPT_STEPS`."""
        if self.last - self._copies[-1][1].clock.step >= EVERY_STEPS:
            self._copy()
        while len(self._copies) > 1 and self._copies[1][1].clock.step <= self.last - KEPT_STEPS:
            self._copies.popleft()
            while self._forgotten < self._copies[0][0]:
                self._entries.popleft()
                self._forgotten += 1

    def do(self, deed: Callable[[World], None]) -> None:
        """Do something to the world, and remember it."""
        self._note(deed)
        deed(self._world)

    def at(self, step: int) -> World:
        """Return the world as it was before it made its step `step`, as a world of its own.

        Raises:
            ValueError: it has not lived so long, or that is too long ago.
        """
        if not self.first <= step <= self.last:
            raise ValueError(f"step: expected {self.first} to {self.last}, got {step}")
        known, copy = next(pair for pair in reversed(self._copies) if pair[1].clock.step <= step)
        world = copy_of(copy)
        waiting = deque(list(self._entries)[known - self._forgotten :])
        while True:
            while waiting and waiting[0].step <= world.clock.step:
                waiting.popleft().deed(world)
            if world.clock.step >= step:
                world.drain_events()
                return world
            world.step()

    def go_on(self, world: World) -> None:
        """Go on with `world`, a moment that `at` returned; what came after it has never been."""
        step = world.clock.step
        while len(self._copies) > 1 and self._copies[-1][1].clock.step > step:
            self._copies.pop()
        while self._entries and self._entries[-1].step > step:
            self._entries.pop()
        self._world.recorder = None
        self._world = world
        world.recorder = self

    def text(self) -> str:
        """No log is kept: a tape forgets its beginning."""
        return ""

    def on_input(self, step: int, item: Input) -> None:
        """An input came."""
        self._entries.append(_Entry(step, lambda world: world.push(item)))
        for mirror in self.mirrors:
            mirror(item)

    def on_resize(self, step: int, width_px: float, height_px: float) -> None:
        """The box got another size."""
        self._entries.append(_Entry(step, lambda world: world.resize(width_px, height_px)))

    def on_adopt(self, step: int, memory: Memory) -> None:
        """A merged memory was taken over."""
        self._entries.append(_Entry(step, lambda world: world.adopt(memory)))

    def on_hidden(self, step: int, seconds: float) -> None:
        """The world was hidden."""
        self._entries.append(_Entry(step, lambda world: world.skip_hidden_time(seconds)))

    def on_tune(self, step: int, tuning: Tuning) -> None:
        """It lives by other parameters from now on."""
        self._entries.append(_Entry(step, lambda world: world.tune(tuning)))

    def _note(self, deed: Callable[[World], None]) -> None:
        self._entries.append(_Entry(self.last, deed))

    def _copy(self) -> None:
        self._copies.append((self._forgotten + len(self._entries), copy_of(self._world)))


def copy_of(world: World) -> World:
    """Return a world like this one that nobody records."""
    recorder, world.recorder = world.recorder, None
    try:
        return deepcopy(world, {id(row): row for row in _SHARED})
    finally:
        world.recorder = recorder
