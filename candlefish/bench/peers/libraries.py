"""Peers: libraries that draw the same particles, their npm packages, and a server for their pages."""

from __future__ import annotations

import contextlib
import hashlib
import os
import shutil
import subprocess
import threading
from dataclasses import dataclass
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING

from candlefish.bench.errors import BenchError

if TYPE_CHECKING:
    from collections.abc import Iterator

PARTICLE_COUNTS = (150, 500, 1000, 2000, 5000, 50_000)
MOST_FOR_LIBRARIES = 5000
"""With more, a library draws less than a frame a second, or takes minutes to load its scene."""
BASELINE = "javascript"
OURS = "candlefish"
SWARM = "swarm"
INSTALL_S = 600.0
DONE = "installed"
PACKAGES = "/node_modules/"


@dataclass(frozen=True, slots=True)
class Peer:
    """One way to draw the particles: name, title, and page with a place for their number."""

    name: str
    title: str
    page: str

    def takes_part(self, count: int) -> bool:
        """Whether it is measured with so many particles."""
        return self.name == BASELINE or count <= MOST_FOR_LIBRARIES


PEERS = (
    Peer(BASELINE, "hand-written JavaScript", "/javascript.html?n={}"),
    Peer("tsparticles", "tsParticles 4", "/tsparticles.html?n={}"),
    Peer("p5-tint", "p5 2, tint()", "/p5.html?n={}"),
    Peer("p5-alpha", "p5 2, globalAlpha", "/p5.html?alpha=context&n={}"),
    Peer("pixi-canvas", "PixiJS 8, canvas", "/pixi.html?renderer=canvas&n={}"),
    Peer("pixi-webgl", "PixiJS 8, WebGL", "/pixi.html?renderer=webgl&n={}"),
    Peer("lottie", "lottie-web 5", "/lottie.html?n={}"),
    Peer("dotlottie", "dotLottie", "/dotlottie.html?n={}"),
)


def peer_title(name: str) -> str:
    """The title of a row; our own is in bold."""
    return next((peer.title for peer in PEERS if peer.name == name), f"**{name}**")


def peer_counts(names: tuple[str, ...]) -> tuple[int, ...]:
    """The numbers of particles of the ``swarm-N`` scenarios that were asked for; all if none was.

    Raises:
        BenchError: another scenario was asked for.
    """
    wanted = {f"{SWARM}-{count}": count for count in PARTICLE_COUNTS}
    strange = [name for name in names if name not in wanted]
    if strange:
        raise BenchError(f"--peers knows the scenarios {', '.join(wanted)}, not {strange[0]!r}")
    return tuple(wanted[name] for name in names) or PARTICLE_COUNTS


def install_packages() -> Path:
    """The directory that holds ``node_modules`` with all peers; installs them the first time.

    Raises:
        BenchError: there is no npm, or it fails.
    """
    wanted = (files("candlefish.bench.peers") / "packages.json").read_bytes()
    directory = cache_directory() / f"peers-{hashlib.sha256(wanted).hexdigest()[:12]}"
    if not (directory / DONE).exists():
        shutil.rmtree(directory, ignore_errors=True)
        directory.mkdir(parents=True)
        (directory / "package.json").write_bytes(wanted)
        _install(directory)
        (directory / DONE).touch()
    return directory


def cache_directory() -> Path:
    """The bench's cache directory, whose contents can be fetched again."""
    home = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    return Path(home) / "candlefish"


def _install(directory: Path) -> None:
    npm = shutil.which("npm")
    if npm is None:
        raise BenchError("npm is needed to install the peers; install CallNode.js 20 or newer")
    command = [
        npm,
        "install",
        "--ignore-scripts",
        "--no-audit",
        "--no-fund",
        "--no-package-lock",
        "--loglevel=error",
    ]
    try:
        done = subprocess.run(
            command, cwd=directory, capture_output=True, text=True, check=False, timeout=INSTALL_S
        )
    except subprocess.TimeoutExpired as error:
        raise BenchError(f"npm did not install the peers within {INSTALL_S:g} s") from error
    if done.returncode:
        last = (done.stderr or done.stdout).strip().splitlines()[-3:]
        raise BenchError(f"npm could not install the peers: {' '.join(last)}")


class PeersHandler(SimpleHTTPRequestHandler):
    """Serves pages and packages, cross-origin isolated as our own site is, so that clocks are as fine."""

    extensions_map = SimpleHTTPRequestHandler.extensions_map | {
        ".js": "text/javascript",
        ".wasm": "application/wasm",
    }

    def __init__(self, *given: object, packages: Path, **named: object) -> None:
        self._packages = packages
        super().__init__(*given, **named)  # type: ignore[arg-type]

    def translate_path(self, path: str) -> str:
        """The file of a path: below the packages, or one of our pages."""
        inside = super().translate_path(path)
        if path.startswith(PACKAGES):
            return str(self._packages / Path(inside).relative_to(self.directory))
        return inside

    def end_headers(self) -> None:
        """Add the headers of cross-origin isolation."""
        self.send_header("Cross-Origin-Opener-Policy", "same-origin")
        self.send_header("Cross-Origin-Embedder-Policy", "require-corp")
        super().end_headers()

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002
        """Log no requests."""


@contextlib.contextmanager
def serve_peers(packages: Path) -> Iterator[str]:
    """The address of the peers' pages, until the context ends; ``packages`` holds ``node_modules``."""
    pages = str(files("candlefish.bench.peers") / "pages")
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(PeersHandler, directory=pages, packages=packages))
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
