"""The ``candlefish`` command."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import candlefish
from candlefish.bench import cli as bench
from candlefish.ops import cli as operations
from candlefish.render import command as rendering
from candlefish.simulate import command as simulations
from candlefish.studio import command as studio

if TYPE_CHECKING:
    from collections.abc import Sequence

LARGEST_PORT = 65535


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command with the given arguments (default: the process's). Returns the exit status."""
    given = sys.argv[1:] if arguments is None else list(arguments)
    if given[:1] == ["bench"]:
        return bench.main(given[1:])
    options = parser().parse_args(given)
    if "run" in options:
        status: int = options.run(options)
        return status
    try:
        from candlefish.service import commands  # noqa: PLC0415  # an extra: not always installed
    except ModuleNotFoundError as error:
        return _fail(f"{error.name} is not installed: pip install 'candlefish[service]'")
    try:
        return commands.run(options)
    except commands.CommandError as error:
        return _fail(str(error))


def serve(dist: Path, host: str, port: int | None) -> int:
    """Serve the built site in ``dist`` until interrupted. Returns the exit status.

    ``port`` None takes the first free one from 8000, 0 any free one.
    """
    try:
        from candlefish.service import assets, runner, site  # noqa: PLC0415  # an extra: not always installed
    except ModuleNotFoundError as error:
        return _fail(f"{error.name} is not installed: pip install 'candlefish[service]'")
    try:
        app = site.site(dist)
        sock = runner.listen(host, port)
    except (assets.SiteError, runner.PortError) as error:
        return _fail(str(error))
    said = f"Candlefish is at {runner.address(sock)}  (Ctrl-C stops it)"
    runner.run(app, sock, lambda: print(said, flush=True))
    return 0


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
    serving = commands.add_parser("serve", help="serve a built site")
    serving.add_argument("dist", nargs="?", type=Path, default=Path("dist"), help="default: ./dist")
    serving.add_argument("--port", type=port_number, help="default: 8000, or the next free")
    serving.add_argument("--host", default="127.0.0.1", help="address to listen on (default: %(default)s)")
    serving.set_defaults(run=lambda options: serve(options.dist, options.host, options.port))
    simulations.add_parsers(commands)
    rendering.add_parser(commands)
    studio.add_parser(commands, port_number)
    operations.add_parsers(commands)
    commands.add_parser("bench", help="measure the fish in a real browser", add_help=False)
    _add_service(commands)
    return top


def _add_service(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    running = commands.add_parser("service", help="run the service: analytics, experiments, memories, live")
    running.add_argument("--data", type=Path, default=Path("data"), help="its directory (default: ./data)")
    running.add_argument(
        "--dist", type=Path, help="a built site to serve too (default: ./dist, if it is there)"
    )
    running.add_argument("--experiments", type=Path, help="a TOML file (default: the package's own)")
    running.add_argument("--port", type=port_number, help="default: 8000, or the next free")
    running.add_argument("--host", default="127.0.0.1", help="address to listen on (default: %(default)s)")
    running.add_argument(
        "--socket", type=Path, metavar="PATH", help="listen at this path instead, for a proxy on this machine"
    )
    loading = commands.add_parser("load", help="send batches to a service on this machine, and measure")
    loading.add_argument("--port", type=port_number, required=True)
    loading.add_argument("--seconds", type=float, default=10.0, help="default: %(default)s")
    loading.add_argument("--connections", type=int, default=64, help="default: %(default)s")
    loading.add_argument("--rate", type=float, help="batches/s, open loop (default: as fast as answered)")
    loading.add_argument(
        "--live", type=int, metavar="N", help="let N clients listen instead; needs CANDLEFISH_ADMIN_TOKEN"
    )
    trying = commands.add_parser("experiments", help="look at experiments, start and stop them")
    trying.add_argument("action", choices=["status", "start", "stop", "report"])
    trying.add_argument("name", nargs="?", help="the experiment (report: all without it)")
    trying.add_argument("--data", type=Path, default=Path("data"), help="default: ./data")
    trying.add_argument("--experiments", type=Path, help="a TOML file (default: the package's own)")
    trying.add_argument("--html", type=Path, metavar="FILE", help="write the report as a page with plots")
    trying.add_argument("--reason", default="by hand", help="why (default: %(default)s)")


def _fail(message: str) -> int:
    print(f"error: {message}", file=sys.stderr)
    return 1
