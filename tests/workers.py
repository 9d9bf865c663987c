"""Pytest-xdist's workers: which tests go to one of them together, and which run while no other does."""

from __future__ import annotations

import fcntl
from contextlib import contextmanager
from typing import TYPE_CHECKING

from xdist.scheduler.loadscope import LoadScopeScheduling

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


IN_A_BROWSER = "tests/web/"


class Scheduling(LoadScopeScheduling):  # type: ignore[misc]  # it has no types
    """A file at a time to each worker, and all of ``tests/web`` to one.

    Two browsers at once are no faster: a living fish keeps a core busy, and lives in slow motion on less.
    (``--dist loadgroup`` of pytest-xdist 3.8 has no effect with pytest 9.2, whose ids of tests are fixed.)
    """

    def _split_scope(self, nodeid: str) -> str:
        return IN_A_BROWSER if nodeid.startswith(IN_A_BROWSER) else nodeid.split("::", 1)[0]


@contextmanager
def turn(directory: Path, *, alone: bool) -> Iterator[None]:
    """Wait for a turn, and hold it: beside others that are not ``alone``, or alone.

    Two lock files in a directory that the workers share. Every test holds the first (shared, or alone) while
    it runs; who waits to be alone holds the second meanwhile, so that the others cannot keep overtaking it.
    """
    with (directory / "running.lock").open("w") as running, (directory / "next.lock").open("w") as queue:
        fcntl.flock(queue, fcntl.LOCK_EX)
        fcntl.flock(running, fcntl.LOCK_EX if alone else fcntl.LOCK_SH)
        fcntl.flock(queue, fcntl.LOCK_UN)
        yield
