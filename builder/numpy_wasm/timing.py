"""One line when a long step begins and one, with its duration, when it ends."""

from __future__ import annotations

import time
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator


@contextmanager
def timed(log: Callable[[str], None], what: str) -> Iterator[None]:
    """Log that ``what`` begins and, unless it raises, how long it took."""
    log(f"{what} …")
    start_s = time.monotonic()
    yield
    log(f"{what}: {time.monotonic() - start_s:.1f} s")
