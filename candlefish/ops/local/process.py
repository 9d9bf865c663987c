"""The service of one colour: a process of its own that outlives the command which started it."""

from __future__ import annotations

import http.client
import os
import signal
import socket
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Final

from candlefish.ops import BrokenReleaseError
from candlefish.ops.release import CODE, CONFIGURATION, EXPERIMENTS

if TYPE_CHECKING:
    from candlefish.ops.release import Release

SOCKET: Final = "api.sock"
START_S: Final = 30.0
STOP_S: Final = 15.0
POLL_S: Final = 0.05
ANSWER_S: Final = 5.0
_STARTED: Final[list[subprocess.Popen[bytes]]] = []
"""Children of this command, so that those which end are collected."""


class ServiceProcess:
    """The service in a directory (a colour's, or a rehearsal's), its store in `data`."""

    def __init__(self, directory: Path, data: Path, log: Path) -> None:
        self._directory, self._data, self._log = directory, data, log

    def start(self, release: Release) -> None:
        """Run a release's service until it answers; one that runs already is kept, another is stopped.

        Raises:
            BrokenReleaseError: it ends or does not answer; the message has the last line of its log.
        """
        if self.pid() and self._runs(release):
            return
        self.stop()
        code = release.directory / CODE
        experiments = release.directory / CONFIGURATION / EXPERIMENTS
        command = [sys.executable, "-m", "candlefish", "service", "--data", str(self._data)]
        command += ["--socket", SOCKET, "--experiments", str(experiments)]
        with self._log.open("ab") as log:
            # A session of its own: what ends this command does not end the service.
            process = subprocess.Popen(
                command,
                cwd=self._directory,
                env=os.environ | {"PYTHONPATH": str(code), "PYTHONDONTWRITEBYTECODE": "1"},
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        _STARTED.append(process)
        self._wait(process)

    def pid(self) -> int | None:
        """The process, while it runs."""
        return next(iter(self._pids()), None)

    def stop(self) -> None:
        """Stop it after it has answered open requests; kill it if it does not stop."""
        for what in (signal.SIGTERM, signal.SIGKILL):
            for pid in self._pids():
                with suppress(ProcessLookupError):
                    os.kill(pid, what)
            until_s = time.monotonic() + STOP_S
            while time.monotonic() < until_s:
                if not self._pids():
                    return
                time.sleep(POLL_S)

    def _pids(self) -> list[int]:
        """Every service whose working directory is this one: a note of its number could be lost or stale."""
        pids = []
        _STARTED[:] = [process for process in _STARTED if process.poll() is None]
        for entry in Path("/proc").iterdir():
            if entry.name.isdecimal():
                with suppress(OSError):
                    here = (entry / "cwd").readlink() == self._directory.resolve()
                    if here and b"\0service\0" in (entry / "cmdline").read_bytes():
                        pids.append(int(entry.name))
        return pids

    def get(self, path: str, headers: dict[str, str] | None = None) -> tuple[int, bytes]:
        """Ask it. Raises OSError if it does not answer."""
        return self.ask("GET", path, None, headers)

    def ask(
        self, method: str, path: str, body: bytes | None, headers: dict[str, str] | None = None
    ) -> tuple[int, bytes]:
        """Send it a request. Raises OSError if it does not answer."""
        connection = _Connection(self._directory / SOCKET)
        try:
            connection.request(method, path, body=body, headers=headers or {})
            answer = connection.getresponse()
            return answer.status, answer.read()
        except http.client.HTTPException as error:
            raise OSError(str(error)) from error
        finally:
            connection.close()

    def _runs(self, release: Release) -> bool:
        """Whether the running service was started from this release."""
        with suppress(OSError):
            command = Path(f"/proc/{self.pid()}/cmdline").read_bytes().decode(errors="replace")
            return str(release.directory) in command
        return False

    def _wait(self, process: subprocess.Popen[bytes]) -> None:
        until_s = time.monotonic() + START_S
        while time.monotonic() < until_s:
            if process.poll() is not None:
                raise BrokenReleaseError(f"the service ended with {process.returncode}: {self._last_line()}")
            with suppress(OSError):
                if self.get("/health")[0] == 200:
                    return
            time.sleep(POLL_S)
        self.stop()
        raise BrokenReleaseError(f"the service was not healthy within {START_S:g} s: {self._last_line()}")

    def _last_line(self) -> str:
        lines = self._log.read_text(encoding="utf-8", errors="replace").strip().splitlines()
        return lines[-1] if lines else "it said nothing"


class _Connection(http.client.HTTPConnection):
    """HTTP over a socket of this machine; its path is kept short by going through /proc."""

    def __init__(self, path: Path) -> None:
        super().__init__("localhost", timeout=ANSWER_S)
        self._path = path

    def connect(self) -> None:
        """Connect to the path."""
        directory = os.open(self._path.parent, os.O_PATH)
        try:
            self.sock = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
            self.sock.settimeout(ANSWER_S)
            self.sock.connect(f"/proc/self/fd/{directory}/{self._path.name}")
        finally:
            os.close(directory)
