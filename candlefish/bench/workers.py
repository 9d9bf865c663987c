"""DevTools sessions with a page's workers, which Playwright does not offer: nested in the page's own."""

from __future__ import annotations

import contextlib
import json
import time
from typing import TYPE_CHECKING, Any

from candlefish.bench.errors import BenchError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from playwright.sync_api import CDPSession, Page

ANSWER_S = 30.0
Command = tuple[str, dict[str, Any]]


class Workers:
    """Sessions with every worker of a page, from its start on."""

    def __init__(self, page: Page, session: CDPSession, at_start: Sequence[Command] = ()) -> None:
        """Attach to all workers; each gets the ``at_start`` commands before its code runs."""
        self._page, self._session = page, session
        self._at_start = list(at_start)
        self._attached: list[str] = []
        self._answers: dict[int, dict[str, Any]] = {}
        self._last = 0
        session.on("Target.attachedToTarget", self._attach)
        session.on("Target.detachedFromTarget", self._detach)
        session.on("Target.receivedMessageFromTarget", self._hear)
        waits = {"autoAttach": True, "waitForDebuggerOnStart": bool(self._at_start), "flatten": False}
        session.send("Target.setAutoAttach", waits)

    def ask(self, method: str, **parameters: Any) -> list[dict[str, Any]]:
        """Send a command to every worker; return the answers, of those that still live."""
        asked = [self._send(one, method, parameters) for one in list(self._attached)]
        deadline_s = time.monotonic() + ANSWER_S
        while not set(asked) <= self._answers.keys():
            if time.monotonic() > deadline_s:
                raise BenchError(f"a worker does not answer {method} within {ANSWER_S:g} s")
            self._page.wait_for_timeout(5)
        return [self._answers.pop(one) for one in asked]

    def _send(self, session_id: str, method: str, parameters: dict[str, Any]) -> int:
        self._last += 1
        message = json.dumps({"id": self._last, "method": method, "params": parameters})
        self._session.send("Target.sendMessageToTarget", {"sessionId": session_id, "message": message})
        return self._last

    def _attach(self, event: dict[str, Any]) -> None:
        if event["targetInfo"]["type"] != "worker":
            return
        session_id = event["sessionId"]
        self._attached.append(session_id)
        for method, parameters in self._at_start:
            self._send(session_id, method, parameters)
        if self._at_start:
            self._send(session_id, "Runtime.runIfWaitingForDebugger", {})

    def _detach(self, event: dict[str, Any]) -> None:
        with contextlib.suppress(ValueError):
            self._attached.remove(event["sessionId"])

    def _hear(self, event: dict[str, Any]) -> None:
        message = json.loads(event["message"])
        if "id" in message:
            self._answers[message["id"]] = message.get("result", {})
