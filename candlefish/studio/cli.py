"""`candlefish studio moods.toml`: serves the studio on this machine, and saves to that file."""

from __future__ import annotations

import sys
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from candlefish.studio.document import DocumentError, default_text, find_problems, read_text

if TYPE_CHECKING:
    import argparse
    from collections.abc import Callable

HOST = "127.0.0.1"
PAGE = "studio.html?file"


def add_parser(
    commands: argparse._SubParsersAction[argparse.ArgumentParser], port: Callable[[str], int]
) -> None:
    """Add the command."""
    parser = commands.add_parser("studio", help="tune a file of moods with the fish in sight")
    parser.add_argument("file", type=Path, help="a moods.toml, whole or partial; made if it is not there")
    parser.add_argument("--dist", type=Path, default=Path("dist"), help="the built site (default: ./dist)")
    parser.add_argument("--port", type=port, help="default: 8000, or the next free")
    parser.set_defaults(run=run)


def check_file(data: bytes) -> str:
    """Return the problems of a file's contents, one a line; empty when there are none."""
    try:
        return "\n".join(map(str, find_problems(read_text(data))))
    except DocumentError as error:
        return str(error)


def run(options: argparse.Namespace) -> int:
    """Serve the studio until interrupted. Returns the exit status."""
    try:
        from candlefish.service import assets, server, workfile  # noqa: PLC0415
    except ModuleNotFoundError as error:
        return _fail(f"{error.name} is not installed: pip install 'candlefish[service]'")
    try:
        file = workfile.Workfile(options.file, check_file, default_text())
        app = workfile.site_with(options.dist, file)
        sock = server.listen(HOST, options.port)
    except (assets.SiteError, server.PortError, workfile.WorkfileError) as error:
        return _fail(str(error))
    server.run_site(app, sock, partial(_announce, f"{server.address(sock)}{PAGE}", options.file))
    return 0


def _announce(address: str, file: Path) -> None:
    print(f"The studio is at {address}  (Ctrl-C stops it)", flush=True)
    print(f"It saves to {file}", flush=True)


def _fail(message: str) -> int:
    print(f"error: {message}", file=sys.stderr)
    return 1
