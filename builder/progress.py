"""What the builder says while it works: one line a step, with the time it took (standard library only)."""

from __future__ import annotations

import sys
import threading
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

HEARTBEAT_S = 10.0


class Step:
    """A step under way; set :attr:`note` to say something about its result."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.note = ""
        self._start_s = time.monotonic()
        self._said = threading.Event()
        self._over = False

    def say(self, text: str) -> None:
        """Print one line about the step, with the time since it began."""
        self._said.set()
        print(f"  {self.elapsed_s:6.1f} s  {self.name}: {text}", flush=True)

    @property
    def elapsed_s(self) -> float:
        """Seconds since the step began."""
        return time.monotonic() - self._start_s

    def end(self) -> None:
        """Stop the heartbeat."""
        self._over = True
        self._said.set()

    def beat(self) -> None:
        """Say that the step is alive whenever it has been silent for long, until it ends."""
        while not self._over:
            if not self._said.wait(HEARTBEAT_S):
                self.say("still working")
            self._said.clear()


@contextmanager
def step(name: str) -> Iterator[Step]:
    """Report a step: a heartbeat while it is long, then its time and note, or that it failed."""
    current = Step(name)
    threading.Thread(target=current.beat, daemon=True).start()
    outcome = "failed"
    try:
        yield current
        outcome = current.note or "done"
    finally:
        current.end()
        stream = sys.stderr if outcome == "failed" else sys.stdout
        print(f"  {current.elapsed_s:6.1f} s  {name}: {outcome}", file=stream, flush=True)
