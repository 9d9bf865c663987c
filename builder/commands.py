"""Running other programs, with their output kept for the day they fail (standard library only)."""

from __future__ import annotations

import re
import subprocess
from typing import TYPE_CHECKING

from builder.errors import BuildError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

OUTPUT_LINES_SHOWN = 40
NETWORK_LINES_SHOWN = 5
# What pip, uv, npm and apt-get say when nobody answers.
NO_NETWORK = re.compile(
    r"NewConnectionError|ConnectTimeoutError|name resolution|dns error|error sending request"
    r"|ENOTFOUND|ECONNREFUSED|EAI_AGAIN|ETIMEDOUT|Temporary failure resolving|Could not connect to",
    re.IGNORECASE,
)


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
