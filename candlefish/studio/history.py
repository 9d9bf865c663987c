"""The last minute of a world: a copy of it each second, and every change that entered between them.

Any moment of it can be replayed bit for bit: from the copy before it, by the same changes and steps.
"""

from __future__ import annotations

from collections import deque
from copy import deepcopy
from dataclasses import dataclass
from typing import TYPE_CHECKING

from candlefish.sim.moods import TABLE
from candlefish.sim.stimuli import STIMULI

if TYPE_CHECKING:
    from collections.abc import Callable

    from candlefish.sim.inputs import Input
    from candlefish.sim.memory import Memory
    from candlefish.sim.tuning import Tuning
    from candlefish.sim.world import World

STEPS_A_SECOND = 60
COPY_EVERY_STEPS = STEPS_A_SECOND
LENGTH_STEPS = 60 * STEPS_A_SECOND
"""How far back it reaches."""

_SHARED = (*TABLE, *STIMULI)
"""Constants need not be copied; it is half of the work."""


@dataclass(frozen=True, slots=True)
class _Change:
    step: int
    apply: Callable[[World], None]


class History:
    """Records a world as its `recorder`; call `update` after each of its frames.

    Attributes:
        world: the one that is recorded.
    """

    def __init__(self, world: World, on_input: Callable[[Input], None] = lambda _item: None) -> None:
        """Begin with the world as it is; `on_input` is called with each input that enters it."""
        self.world = world
        self._pass_on = on_input
        self._changes: deque[_Change] = deque()
        self._dropped = 0
        """Changes no longer kept."""
        self._copies: deque[tuple[int, World]] = deque()
        """Each with the number of changes before it."""
        self._copy()
        world.recorder = self

    def __len__(self) -> int:
        """Count the changes that are kept."""
        return len(self._changes)

    @property
    def first(self) -> int:
        """The earliest step that is kept."""
        return self._copies[0][1].clock.step

    @property
    def last(self) -> int:
        """The step the world has reached."""
        return self.world.clock.step

    def update(self) -> None:
        """Copy the world when it is time, and drop what is older than `LENGTH_STEPS`."""
        if self.last - self._copies[-1][1].clock.step >= COPY_EVERY_STEPS:
            self._copy()
        while len(self._copies) > 1 and self._copies[1][1].clock.step <= self.last - LENGTH_STEPS:
            self._copies.popleft()
            while self._dropped < self._copies[0][0]:
                self._changes.popleft()
                self._dropped += 1

    def change(self, change: Callable[[World], None]) -> None:
        """Change the world, and record it."""
        self._add(self.last, change)
        change(self.world)

    def at(self, step: int) -> World:
        """Return the world as it was before it made its step `step`, as a world of its own.

        Raises:
            ValueError: the step has not been made, or is no longer kept.
        """
        if not self.first <= step <= self.last:
            raise ValueError(f"step: expected {self.first} to {self.last}, got {step}")
        before, copy = next(pair for pair in reversed(self._copies) if pair[1].clock.step <= step)
        world = copy_world(copy)
        waiting = deque(list(self._changes)[before - self._dropped :])
        while True:
            while waiting and waiting[0].step <= world.clock.step:
                waiting.popleft().apply(world)
            if world.clock.step >= step:
                world.drain_events()
                return world
            world.step()

    def continue_from(self, world: World) -> None:
        """Record `world`, a moment that `at` returned, from now on; what came after it is dropped."""
        step = world.clock.step
        while len(self._copies) > 1 and self._copies[-1][1].clock.step > step:
            self._copies.pop()
        while self._changes and self._changes[-1].step > step:
            self._changes.pop()
        self.world.recorder = None
        self.world = world
        world.recorder = self

    def on_input(self, step: int, item: Input) -> None:
        """Record an input."""
        self._add(step, lambda world: world.push(item))
        self._pass_on(item)

    def on_resize(self, step: int, width_px: float, height_px: float) -> None:
        """Record another size of the box."""
        self._add(step, lambda world: world.resize(width_px, height_px))

    def on_adopt(self, step: int, memory: Memory) -> None:
        """Record that a merged memory was taken over."""
        self._add(step, lambda world: world.adopt(memory))

    def on_hidden(self, step: int, seconds: float) -> None:
        """Record that hidden time was skipped."""
        self._add(step, lambda world: world.skip_hidden_time(seconds))

    def on_tune(self, step: int, tuning: Tuning) -> None:
        """Record other parameters."""
        self._add(step, lambda world: world.tune(tuning))

    def _add(self, step: int, change: Callable[[World], None]) -> None:
        self._changes.append(_Change(step, change))

    def _copy(self) -> None:
        self._copies.append((self._dropped + len(self._changes), copy_world(self.world)))


def copy_world(world: World) -> World:
    """Return a copy of a world, without its recorder."""
    recorder, world.recorder = world.recorder, None
    try:
        return deepcopy(world, {id(row): row for row in _SHARED})
    finally:
        world.recorder = recorder
