"""A site that is deployed again and again under an open page, and a server that can go away."""

from __future__ import annotations

import json
import re
import socket
import threading
import time
from typing import TYPE_CHECKING

import uvicorn
from starlette.applications import Starlette
from starlette.responses import HTMLResponse, JSONResponse
from starlette.routing import Mount, Route

from builder import offline, output
from builder.workspace import WEB
from candlefish.service.static_site import site

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from starlette.requests import Request
    from starlette.responses import Response
    from starlette.types import ASGIApp, Receive, Scope, Send

API = ("/api/ab-config", "/health", "/metrics", "/dashboard")
PORTAL = "<!doctype html><title>Log in</title>You have to log in first."
START_S = 90.0


class Deploys:
    """The built site as one release after another, in a folder that is served."""

    def __init__(self, dist: Path, folder: Path) -> None:
        self.folder = folder
        manifest = json.loads((dist / output.MANIFEST).read_text(encoding="utf-8"))
        elsewhere = re.compile(r"docs/(?!index\.html|docs\.css)|examples/|pyscript|py-")
        self._files = {
            name: (dist / name).read_bytes() for name in manifest["files"] if not elsewhere.match(name)
        }
        self._app = next(name for name in self._files if name.startswith("app-")).partition("/")[0]
        self._sources = {
            path.relative_to(WEB).as_posix(): path.read_text(encoding="utf-8") for path in WEB.rglob("*.js")
        }
        self.portal = False
        self._server: uvicorn.Server | None = None
        self._port = 0

    def deploy(self, mark: str, damaged: str = "", missing: str = "", *, killed: bool = False) -> None:
        """Put another release in the place of the last: its page says ``globalThis.release = mark``.

        ``damaged``: the end of a path whose bytes are not those that were built; ``missing``: of one that
        is not there.
        """
        files = self._release(mark)
        if killed:
            files[offline.SCRIPT] = offline.kill_switch(self._sources)
        for name, data in list(files.items()):
            if damaged and name.endswith(f"/{damaged}"):
                files[name] = data[:-1] + bytes([data[-1] ^ 1])
            elif missing and name.endswith(f"/{missing}"):
                del files[name]
        everything = {**files, output.MANIFEST: output.manifest_bytes(output.manifest(files, {}, mark))}
        output.write(self.folder, everything)

    def app(self, mark: str) -> str:
        """The directory of a release's scripts."""
        return f"app-{mark.encode().hex():0>12}"

    def _release(self, mark: str) -> dict[str, bytes]:
        old, new = self._app.encode(), self.app(mark).encode()
        files = {
            name.replace(self._app, self.app(mark)): data.replace(old, new) if len(data) < 100_000 else data
            for name, data in self._files.items()
        }
        files[f"{self.app(mark)}/page.js"] += f'\nglobalThis.release = "{mark}";\n'.encode()
        before = self._files[offline.SCRIPT].decode()
        kept = [
            path.replace(self._app, self.app(mark)) for path in re.findall(r'"([^"]+)": "sha256-', before)
        ]
        files[offline.SCRIPT] = offline.service_worker(
            self._sources, {path: files[path] for path in kept}, files["index.html"], self.app(mark)
        )
        return files

    def start(self) -> str:
        """Serve; return the address, which stays the same."""
        listener = socket.socket()
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind(("127.0.0.1", self._port))
        self._port = listener.getsockname()[1]
        self._server = uvicorn.Server(uvicorn.Config(self._application(), log_level="error", lifespan="off"))
        threading.Thread(target=self._run, args=(self._server, listener), daemon=True).start()
        deadline_s = time.monotonic() + START_S
        while not self._server.started:
            assert time.monotonic() < deadline_s, "the test server did not start"
            time.sleep(0.02)
        return f"http://127.0.0.1:{self._port}"

    @staticmethod
    def _run(server: uvicorn.Server, listener: socket.socket) -> None:
        with listener:
            server.run(sockets=[listener])

    def stop(self) -> None:
        """Go away: nothing answers any more."""
        if self._server is not None:
            self._server.force_exit = self._server.should_exit = True
            deadline_s = time.monotonic() + START_S
            while self._listens() and time.monotonic() < deadline_s:
                time.sleep(0.02)
            self._server = None

    def _listens(self) -> bool:
        with socket.socket() as asking:
            return asking.connect_ex(("127.0.0.1", self._port)) == 0

    def _application(self) -> ASGIApp:
        async def api(request: Request) -> Response:
            return JSONResponse({"answers": request.url.path})

        routes = [*(Route(path, api) for path in API), Mount("/", site(self.folder))]
        return _Portal(Starlette(routes=routes), lambda: self.portal)


class _Portal:
    """Answers everything with a page to log in, while it is closed."""

    def __init__(self, app: ASGIApp, closed: Callable[[], bool]) -> None:
        self._app, self._closed = app, closed

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        answer: ASGIApp = HTMLResponse(PORTAL) if self._closed() else self._app
        await answer(scope, receive, send)
