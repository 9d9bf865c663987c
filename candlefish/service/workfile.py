"""Local file of the studio, read and saved by its page: `/studio/file`.

The application is for a loopback address. A page of another site cannot reach it: a browser asks first
(`PUT` is never sent across sites without leave), and a name that resolves to this machine is not enough, for
the request must also have been sent to a loopback name.
"""

from __future__ import annotations

import hashlib
import os
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import quote

from starlette.concurrency import run_in_threadpool
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from candlefish.service import ServiceError
from candlefish.service.static_site import site

if TYPE_CHECKING:
    from collections.abc import Callable

    from starlette.applications import Starlette
    from starlette.requests import Request

PATH = "/studio/file"
MOST_BYTES = 65_536
LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})


class WorkfileError(ServiceError):
    """The file cannot be read or written, or its contents are refused; the message says why."""


class Workfile:
    """A text file whose contents are always accepted by `check`."""

    def __init__(self, path: Path, check: Callable[[bytes], str], default: str) -> None:
        """Open the file at `path`.

        Args:
            path: where it is; it need not be there yet.
            check: returns what is wrong with the contents, or nothing.
            default: the text of a file that is not there yet.

        Raises:
            WorkfileError: it cannot be read, or what is in it is refused.
        """
        self.path, self._check, self._default = path.resolve(), check, default.encode()
        wrong = check(self.read())
        if wrong:
            raise WorkfileError(f"{path}: {wrong}")

    def read(self) -> bytes:
        """Return the contents; the default while there is no file.

        Raises:
            WorkfileError: it cannot be read.
        """
        try:
            return self.path.read_bytes()
        except FileNotFoundError:
            return self._default
        except OSError as error:
            raise WorkfileError(f"{self.path}: {error.strerror}") from error

    def write(self, data: bytes) -> None:
        """Put new contents in place, whole or not at all; the file keeps its permissions.

        Raises:
            WorkfileError: the contents are refused, or cannot be written; the file is as it was.
        """
        wrong = self._check(data)
        if wrong:
            raise WorkfileError(wrong)
        try:
            _replace(self.path, data)
        except OSError as error:
            raise WorkfileError(f"{self.path}: {error.strerror}") from error

    def tag(self, data: bytes) -> str:
        """Return the HTTP entity tag of contents."""
        return f'"{hashlib.sha256(data).hexdigest()[:32]}"'


def _replace(path: Path, data: bytes) -> None:
    mode = path.stat().st_mode & 0o777 if path.exists() else 0o666 & ~_umask()
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.", suffix=".new")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        Path(name).chmod(mode)
        Path(name).replace(path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask


def workfile_route(file: Workfile) -> Route:
    """Return the route of a file: GET its text, PUT a new one with `If-Match` naming the text it replaces."""

    async def serve(request: Request) -> Response:
        if request.url.hostname not in LOOPBACK:
            return _message(403, "only for this machine")
        try:
            if request.method == "PUT":
                return await _put(file, request)
            return _file(file, await run_in_threadpool(file.read))
        except WorkfileError as error:
            return _message(422, str(error))

    return Route(PATH, serve, methods=["GET", "PUT"])


def site_with(dist: Path, file: Workfile) -> Starlette:
    """Return the built site in `dist` with the file beside it. Raises `SiteError` when there is none."""
    app = site(dist)
    app.router.routes.insert(0, workfile_route(file))
    return app


async def _put(file: Workfile, request: Request) -> Response:
    data = b""
    async for part in request.stream():
        data += part
        if len(data) > MOST_BYTES:
            return _message(413, f"expected at most {MOST_BYTES} bytes")
    if request.headers.get("if-match") != file.tag(await run_in_threadpool(file.read)):
        return _message(412, f"{file.path.name} was changed by someone else meanwhile: open it again")
    await run_in_threadpool(file.write, data)
    return _file(file, data)


def _file(file: Workfile, data: bytes) -> Response:
    headers = {"ETag": file.tag(data), "X-File-Name": quote(file.path.name), "Cache-Control": "no-store"}
    return Response(data, headers=headers, media_type="application/toml")


def _message(status: int, text: str) -> Response:
    return PlainTextResponse(text, status, headers={"Cache-Control": "no-store"})
