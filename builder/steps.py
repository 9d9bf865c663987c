"""Steps of the build: one line each while they run, the programs they start, the error that ends them.

Standard library only: the bootstrap takes them too.
"""

from __future__ import annotations

import errno
import re
import subprocess
import sys
import threading
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING

from builder.workspace import ROOT

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from pathlib import Path

REFUSED = frozenset({errno.EACCES, errno.EPERM, errno.EROFS})
FULL = frozenset({errno.ENOSPC, errno.EDQUOT})
OUTPUT_LINES_SHOWN = 40
NETWORK_LINES_SHOWN = 5
# What pip, uv, npm and apt-get say when nobody answers.
NO_NETWORK = re.compile(
    r"NewConnectionError|ConnectTimeoutError|name resolution|dns error|error sending request"
    r"|ENOTFOUND|ECONNREFUSED|EAI_AGAIN|ETIMEDOUT|Temporary failure resolving|Could not connect to",
    re.IGNORECASE,
)
HEARTBEAT_S = 10.0
INTERRUPTED = 130


class BuildError(Exception):
    """Says what is wrong, where, and what to do about it; shown without a traceback."""


def exit_status(command: Callable[[], int]) -> int:
    """Run a command of ``build.py``, and say in words what a person can put right. Returns the status."""
    try:
        return command()
    except BuildError as error:
        print(f"error: {error}", file=sys.stderr)
        return 1
    except OSError as error:
        if (text := explained(error)) is None:
            raise
        print(f"error: {text}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("\ninterrupted", file=sys.stderr)
        return INTERRUPTED


def explained(error: OSError) -> str | None:
    """What to do about a file system that may not be written to or is full; None for any other error."""
    where = f"cannot write {error.filename or ROOT} ({error.strerror})"
    if error.errno in REFUSED:
        return f"{where}: make {ROOT} writable for this account, or clone elsewhere"
    if error.errno in FULL:
        return f"{where}: free some space on that disk, and run this again"
    return None


def run(
    command: Sequence[str | Path],
    *,
    what: str,
    cwd: Path | None = None,
    env: Mapping[str, str] | None = None,
    timeout_s: float | None = None,
) -> str:
    """Run a command to its end and return what it printed.

    Raises:
        BuildError: it is missing, fails or exceeds ``timeout_s``; ``what`` says what it was for.
    """
    try:
        done = subprocess.run(
            [str(part) for part in command],
            cwd=cwd,
            env=env,
            timeout=timeout_s,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
            check=False,
        )
    except OSError as error:
        raise BuildError(f"{what}: cannot run {command[0]}: {error.strerror}") from error
    except subprocess.TimeoutExpired as error:
        raise BuildError(f"{what}: {command[0]} was stopped after {timeout_s:g} s") from error
    if done.returncode:
        raise BuildError(f"{what}: {_failure(str(command[0]), done)}")
    return done.stdout


def _failure(program: str, done: subprocess.CompletedProcess[str]) -> str:
    """How a program ended, with the end of what it printed."""
    lines = done.stdout.splitlines()
    if NO_NETWORK.search(done.stdout):
        head = (
            f"{program} could not reach the network: connect this machine, or name a proxy or a mirror that"
            " it reaches in the settings of pip, uv, npm or apt-get, and run this again"
        )
        return "\n".join([head, *lines[-NETWORK_LINES_SHOWN:]])
    return "\n".join([f"{program} ended with status {done.returncode}", *lines[-OUTPUT_LINES_SHOWN:]])


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


@contextmanager
def timed(log: Callable[[str], None], what: str) -> Iterator[None]:
    """Log that ``what`` begins and, unless it raises, how long it took."""
    log(f"{what} …")
    start_s = time.monotonic()
    yield
    log(f"{what}: {time.monotonic() - start_s:.1f} s")
