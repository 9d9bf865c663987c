"""Ctrl-C and termination end each serving command, whenever they come."""

from __future__ import annotations

import random
import re
import signal
import subprocess
import sys
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

ENDS_S = 60.0
STARTUP_S = 1.5
COMMANDS = ("serve", "service", "studio")
SIGNALS = (signal.SIGINT, signal.SIGTERM)
# What Python does before the first line of ours is its own.
BEGUN = """
import sys
from candlefish import __main__, signals
signals.record()
print("begun", flush=True)
try:
    sys.exit(__main__.main())
except KeyboardInterrupt:
    sys.exit(130)
"""
# In the callback of a weak reference Python prints KeyboardInterrupt and drops it.
LOST_THEN_SERVED = """
import signal, sys, weakref
from candlefish import __main__, cli
from candlefish.service import server

class Thing: pass

def lose(_reference):
    signal.raise_signal(signal.SIGINT)

listen = server.listen

def listen_and_lose(*arguments):
    thing = Thing()
    reference = weakref.ref(thing, lose)
    del thing
    return listen(*arguments)

server.listen = listen_and_lose
sys.exit(__main__.main())
"""


def arguments(command: str, dist: Path) -> list[str]:
    folder = dist.parent
    more = {
        "serve": [str(dist)],
        "service": ["--dist", str(dist), "--data", str(folder / "data")],
        "studio": [str(folder / "moods.toml"), "--dist", str(dist)],
    }
    return [command, *more[command], "--port", "0"]


@contextmanager
def started(*command: str) -> Iterator[subprocess.Popen[str]]:
    """A Python of its own; one that does not end in time is killed."""
    with subprocess.Popen(
        [sys.executable, *command], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        try:
            yield process
        finally:
            process.kill()


@pytest.fixture(params=COMMANDS)
def command(request: pytest.FixtureRequest, dist: Path) -> list[str]:
    return arguments(request.param, dist)


@pytest.mark.parametrize("number", SIGNALS, ids=lambda number: number.name)
def test_a_signal_at_the_moment_the_address_is_printed_ends_it(
    command: list[str], number: signal.Signals
) -> None:
    with started("-m", "candlefish", *command) as process:
        assert process.stdout is not None
        assert re.search(r"http://127\.0\.0\.1:\d+/", process.stdout.readline())
        process.send_signal(number)
        _, errors = process.communicate(timeout=ENDS_S)
    assert process.returncode == (0 if number is signal.SIGINT else -signal.SIGTERM), errors
    assert "Traceback" not in errors


@pytest.mark.parametrize("number", SIGNALS, ids=lambda number: number.name)
def test_a_signal_at_any_moment_of_the_start_ends_it(command: list[str], number: signal.Signals) -> None:
    moments = random.Random(f"{command[0]} {number}")
    for _ in range(2):
        with started("-c", BEGUN, *command) as process:
            assert process.stdout is not None
            assert process.stdout.readline() == "begun\n"
            time.sleep(moments.uniform(0.0, STARTUP_S))
            process.send_signal(number)
            _, errors = process.communicate(timeout=ENDS_S)
        ends = {0, 130} if number is signal.SIGINT else {-signal.SIGTERM}
        assert process.returncode in ends, errors


def test_a_ctrl_c_that_python_has_dropped_still_ends_it(command: list[str]) -> None:
    with started("-c", LOST_THEN_SERVED, *command) as process:
        output, errors = process.communicate(timeout=ENDS_S)
    assert "KeyboardInterrupt" in errors, "it was dropped"
    assert process.returncode == 0, errors
    assert "http:" not in output, "no address is printed of a server that ends"


def test_an_interruption_before_it_serves_is_one_word(command: list[str]) -> None:
    code = (
        "import signal, sys; from candlefish import __main__, cli;"
        "cli.main = lambda: signal.raise_signal(signal.SIGINT); sys.exit(__main__.main())"
    )
    with started("-c", code, *command) as process:
        _, errors = process.communicate(timeout=ENDS_S)
    assert (process.returncode, errors) == (130, "\ninterrupted\n")
