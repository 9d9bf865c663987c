"""The command line of ``build.py``, read by the bootstrap and by the builder (standard library only)."""

from __future__ import annotations

import argparse

LARGEST_PORT = 65535


def parser() -> argparse.ArgumentParser:
    """The parser of ``build.py``'s commands."""
    top = argparse.ArgumentParser(prog="build.py", description="Build, serve or test Candlefish.")
    commands = top.add_subparsers(dest="command", required=True, metavar="command")
    commands.add_parser("setup", help="make .venv with what is pinned, and no more")
    build = commands.add_parser("build", help="write the site to dist/")
    build.add_argument(
        "--no-offline",
        dest="offline",
        action="store_false",
        help="the kill switch instead of the service worker: browsers forget what they kept",
    )
    serve = commands.add_parser("serve", help="build, then serve dist/ and print its address")
    serve.add_argument("--port", type=port, default=None, help="default: 8000, or the next free")
    serve.add_argument("--host", default="127.0.0.1", help="address to listen on (default: %(default)s)")
    test = commands.add_parser("test", help="build, then run lint, types and every test")
    extent = test.add_mutually_exclusive_group()
    extent.add_argument("--quick", action="store_true", help="no build, no browser: lint, types, pure tests")
    extent.add_argument("--long", action="store_true", help="also soaks, chaos, and every case of a kind")
    test.add_argument("pytest", nargs="*", metavar="-- ARG", help="further arguments for pytest")
    commands.add_parser("lambda", help="write the service for AWS Lambda to artefacts/")
    commands.add_parser("pins", help="renew requirements/*.txt from pyproject.toml")
    return top


def port(text: str) -> int:
    """A TCP port from its text, for argparse: 0 (any free one) to 65535.

    Raises:
        argparse.ArgumentTypeError: it is none.
    """
    if text.isdecimal() and int(text) <= LARGEST_PORT:
        return int(text)
    message = f"{text!r} is not a port: a whole number from 0 (any free one) to {LARGEST_PORT}"
    raise argparse.ArgumentTypeError(message)
