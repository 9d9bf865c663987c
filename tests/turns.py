"""Taking turns between pytest's workers: a test that measures time runs while no other test does.

Two lock files in a directory that the workers share. Every test holds the first (shared, or alone) while it
runs; who waits to be alone holds the second meanwhile, so that the others cannot keep overtaking it.
"""

from __future__ import annotations

import fcntl
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@contextmanager
def turn(directory: Path, *, alone: bool) -> Iterator[None]:
    """Wait for a turn in ``directory``, and hold it: beside others that are not ``alone``, or alone."""
    with (directory / "running.lock").open("w") as running, (directory / "next.lock").open("w") as queue:
        fcntl.flock(queue, fcntl.LOCK_EX)
        fcntl.flock(running, fcntl.LOCK_EX if alone else fcntl.LOCK_SH)
        fcntl.flock(queue, fcntl.LOCK_UN)
        yield
