"""What is being done and how long it will still take, on the terminal."""

from __future__ import annotations

import sys
import time
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from typing import TextIO


class Progress:
    """One line for each step, on stderr; on a terminal also the share done and the time left."""

    def __init__(self, stream: TextIO | None = None, *, quiet: bool = False) -> None:
        self._stream = stream or sys.stderr
        self._live = self._stream.isatty() and not quiet
        self._quiet = quiet
        self._whole_s, self._done_s = 0.0, 0.0
        self._name, self._takes_s, self._began_s = "", 0.0, 0.0

    def expect(self, seconds: float) -> None:
        """Say about how long everything will take."""
        self._whole_s = seconds
        self._say(f"about {_duration(seconds)} to go\n")

    def begin(self, name: str, takes_s: float) -> None:
        """A step begins that takes about so long."""
        self._name, self._takes_s, self._began_s = name, takes_s, time.monotonic()
        if self._live:
            share = self._done_s / self._whole_s if self._whole_s else 0.0
            left = _duration(max(0.0, self._whole_s - self._done_s))
            self._say(f"\r\033[K{_bar(share)} {share:4.0%}  {name}  ({left} left)")

    def end(self, outcome: str = "") -> None:
        """The step is done."""
        self._done_s += self._takes_s
        took_s = time.monotonic() - self._began_s
        start = "\r\033[K" if self._live else ""
        self._say(f"{start}  {took_s:6.1f} s  {self._name}{': ' if outcome else ''}{outcome}\n")

    def _say(self, text: str) -> None:
        if not self._quiet:
            self._stream.write(text)
            self._stream.flush()


def _bar(share: float, width: int = 20) -> str:
    full = round(width * min(1.0, share))
    return "█" * full + "░" * (width - full)


def _duration(seconds: float) -> str:
    minutes, rest = divmod(round(seconds), 60)
    return f"{minutes} min {rest:02d} s" if minutes else f"{rest} s"
