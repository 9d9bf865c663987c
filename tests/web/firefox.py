"""Firefox over WebDriver BiDi, which it speaks itself: no driver program is needed."""

from __future__ import annotations

import base64
import itertools
import json
import socket
import subprocess
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from websockets.sync.client import connect

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from websockets.sync.client import ClientConnection

START_S = 120.0
ANSWER_S = 180.0
PREFERENCES = {
    "app.normandy.enabled": False,
    "app.update.disabledForTesting": True,
    "browser.shell.checkDefaultBrowser": False,
    "browser.startup.page": 0,
    "datareporting.policy.dataSubmissionEnabled": False,
    "toolkit.telemetry.reportingpolicy.firstRun": False,
    "remote.active-protocols": 1,
    "network.captive-portal-service.enabled": False,
    "network.connectivity-service.enabled": False,
}


class BidiError(Exception):
    """Firefox has refused a command; the message is its own."""


@contextmanager
def running(path: str, profile: Path, preferences: dict[str, object] | None = None) -> Iterator[Firefox]:
    """A headless Firefox with a session and a profile of its own, ended at the end."""
    lines = (
        f"user_pref({json.dumps(name)}, {json.dumps(value)});"
        for name, value in (PREFERENCES | (preferences or {})).items()
    )
    (profile / "user.js").write_text("\n".join(lines), encoding="utf-8")
    port = _free_port()
    command = [
        path,
        "--headless",
        "--no-remote",
        "--profile",
        str(profile),
        f"--remote-debugging-port={port}",
    ]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        _wait_for(port, process)
        with connect(f"ws://127.0.0.1:{port}/session", max_size=None, proxy=None) as session:
            yield Firefox(session)
    finally:
        process.terminate()
        process.wait(START_S)


def _wait_for(port: int, process: subprocess.Popen[bytes]) -> None:
    deadline_s = time.monotonic() + START_S
    while process.poll() is None and time.monotonic() < deadline_s:
        with socket.socket() as one:
            if one.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.2)
    raise BidiError("Firefox does not listen")


class Firefox:
    """A session, and the tab that the tests look at."""

    name = "Firefox"

    def renew(self) -> None:
        """Go on: one session lasts for all tests."""

    def __init__(self, session: ClientConnection) -> None:
        """Begin the session on an open socket."""
        self._socket = session
        self._ids = itertools.count(1)
        self.call("session.new", capabilities={})
        self.tab: str = self.call("browsingContext.create", type="tab")["context"]

    def call(self, method: str, **params: Any) -> dict[str, Any]:
        """Send a command and return its result; events meanwhile are dropped.

        Raises:
            BidiError: it is refused.
        """
        number = next(self._ids)
        self._socket.send(json.dumps({"id": number, "method": method, "params": params}))
        while True:
            message = json.loads(self._socket.recv(timeout=ANSWER_S))
            if message.get("id") == number:
                break
        if message["type"] == "error":
            raise BidiError(f"{method}: {message['error']}: {message['message']}")
        result: dict[str, Any] = message["result"]
        return result

    def open(self, address: str) -> None:
        """Go there, and wait until it is loaded."""
        self.call("browsingContext.navigate", context=self.tab, url=address, wait="complete")

    def evaluate(self, expression: str) -> Any:
        """The value of a JavaScript expression, a promise awaited, by way of JSON.

        Raises:
            BidiError: it throws.
        """
        text = f"Promise.resolve({expression}).then((value) => JSON.stringify(value ?? null))"
        where = {"context": self.tab}
        result = self.call("script.evaluate", expression=text, target=where, awaitPromise=True)
        if result["type"] == "exception":
            raise BidiError(f"{expression}: {result['exceptionDetails']['text']}")
        return json.loads(result["result"]["value"])

    def click(self, x: int, y: int) -> None:
        """Move the pointer there and click."""
        self._point("mouse", x, y)

    def tap(self, x: int, y: int) -> None:
        """Touch with a finger and lift it."""
        self._point("touch", x, y)

    def _point(self, kind: str, x: int, y: int) -> None:
        actions = [
            {"type": "pointerMove", "x": x, "y": y},
            {"type": "pointerDown", "button": 0},
            {"type": "pointerUp", "button": 0},
        ]
        self._act({"type": "pointer", "id": kind, "parameters": {"pointerType": kind}, "actions": actions})

    def press(self, key: str) -> None:
        """Press and release a key, given as its character in the WebDriver standard."""
        actions = [{"type": "keyDown", "value": key}, {"type": "keyUp", "value": key}]
        self._act({"type": "key", "id": "keyboard", "actions": actions})

    @contextmanager
    def second_window(self) -> Iterator[None]:
        """Do what follows in another window of the same profile."""
        first, self.tab = self.tab, self.call("browsingContext.create", type="window")["context"]
        yield
        self.call("browsingContext.close", context=self.tab)
        self.tab = first

    def print_pdf(self) -> bytes | None:
        """The page as it is printed."""
        return base64.b64decode(self.call("browsingContext.print", context=self.tab, background=True)["data"])

    def _act(self, source: dict[str, Any]) -> None:
        self.call("input.performActions", context=self.tab, actions=[source])


def _free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])
