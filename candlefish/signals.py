"""SIGINT and SIGTERM, recorded as they come, because the exception alone can be lost.

Python raises KeyboardInterrupt wherever the main thread happens to be. In the callback of a weak reference
or in a finaliser it is printed and dropped, and the program goes on as if nobody had asked it to stop.
"""

from __future__ import annotations

import signal
import threading
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Callable
    from types import FrameType

    Handler = Callable[[int, FrameType | None], object] | int

RECORDED: Final = (signal.SIGINT, signal.SIGTERM)
_received: list[int] = []


def record() -> None:
    """Record these signals from now on, and still do about each what was done before.

    Without effect on a signal that is ignored, and outside the main thread, where Python takes no signals.
    """
    if threading.current_thread() is not threading.main_thread():
        return
    for number in RECORDED:
        previous = signal.getsignal(number)
        if previous not in {None, signal.SIG_IGN} and not isinstance(previous, _Recorder):
            signal.signal(number, _Recorder(previous))


def received() -> int | None:
    """The number of the first signal that was recorded; None if there was none."""
    return _received[0] if _received else None


class _Recorder:
    """A handler that records the signal and passes it on to the handler before it."""

    def __init__(self, previous: Handler | None) -> None:
        self._previous = previous

    def __call__(self, number: int, frame: FrameType | None) -> None:
        _received.append(number)
        if callable(self._previous):
            self._previous(number, frame)
        else:
            signal.signal(number, signal.SIG_DFL)
            signal.raise_signal(number)
