"""The ``candlefish`` command."""

from __future__ import annotations

import argparse
import sys
from typing import TYPE_CHECKING

import candlefish
from candlefish.bench import cli as bench
from candlefish.ops import cli as operations
from candlefish.render import cli as rendering
from candlefish.service import cli as service
from candlefish.simulate import cli as simulations
from candlefish.studio import cli as studio

if TYPE_CHECKING:
    from collections.abc import Sequence

LARGEST_PORT = 65535


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command with the given arguments (default: the process's). Returns the exit status."""
    given = sys.argv[1:] if arguments is None else list(arguments)
    if given[:1] == ["bench"]:
        return bench.main(given[1:])
    options = parser().parse_args(given)
    status: int = options.run(options)
    return status


def port_number(text: str) -> int:
    """A TCP port from its text, for argparse: 0 (any free one) to 65535."""
    if text.isdecimal() and int(text) <= LARGEST_PORT:
        return int(text)
    message = f"{text!r} is not a port: a whole number from 0 (any free one) to {LARGEST_PORT}"
    raise argparse.ArgumentTypeError(message)


def parser() -> argparse.ArgumentParser:
    """The parser of all commands but `bench`, which has its own."""
    top = argparse.ArgumentParser(prog="candlefish", description=candlefish.__doc__)
    top.add_argument("--version", action="version", version=f"candlefish {candlefish.__version__}")
    commands = top.add_subparsers(dest="command", required=True, metavar="command")
    service.add_serve_parser(commands, port_number)
    simulations.add_parsers(commands)
    rendering.add_parser(commands)
    studio.add_parser(commands, port_number)
    operations.add_parsers(commands)
    commands.add_parser("bench", help="measure the fish in a real browser", add_help=False)
    service.add_parsers(commands, port_number)
    return top
