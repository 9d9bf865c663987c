"""A small server for the peers' pages: the pages of this package, and the packages in the cache."""

from __future__ import annotations

import contextlib
import threading
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

PACKAGES = "/node_modules/"


class Handler(SimpleHTTPRequestHandler):
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
        """Isolate every answer."""
        self.send_header("Cross-Origin-Opener-Policy", "same-origin")
        self.send_header("Cross-Origin-Embedder-Policy", "require-corp")
        super().end_headers()

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002
        """Say nothing of requests."""


@contextlib.contextmanager
def peers_served(packages: Path) -> Iterator[str]:
    """The address of the peers' pages, until the context ends; ``packages`` holds ``node_modules``."""
    pages = str(files("candlefish.bench.peers") / "pages")
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(Handler, directory=pages, packages=packages))
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
