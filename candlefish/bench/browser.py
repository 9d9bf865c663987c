"""Chromium: finding one, launching it, its processes, and DevTools sessions with the workers of a page."""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from candlefish.bench import BenchError

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from playwright.sync_api import Browser, BrowserContext, CDPSession, Page, Playwright

    from candlefish.bench.scenario import Scenario

VARIABLES = ("CANDLEFISH_CHROMIUM", "CHROME_PATH")
PROGRAMS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")
FLAGS = (
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-quic",
    "--disable-sync",
    "--enable-precise-memory-info",
    "--enable-blink-features=ForceEagerMeasureMemory",
)
NO_SANDBOX = "--no-sandbox"
NO_GRAPHICS_CARD = "--disable-gpu"
TIMEOUT_MS = 60_000.0
ANSWER_S = 30.0
Command = tuple[str, dict[str, Any]]


def named_program() -> tuple[str, str] | None:
    """The Chromium named in the environment, as variable and value; None without one."""
    return next(((name, value) for name in VARIABLES if (value := os.environ.get(name))), None)


def programs_on_path() -> Iterator[str]:
    """The paths of all Chromiums on the PATH, the preferred one first."""
    return (path for name in PROGRAMS if (path := shutil.which(name)))


def find_program() -> str | None:
    """The Chromium to use: the one named in the environment, else one on the PATH; None for Playwright's.

    Raises:
        BenchError: the environment names one that is not there.
    """
    if named := named_program():
        variable, value = named
        if path := shutil.which(value):
            return path
        raise BenchError(f"{variable} names {value}, which is not a program")
    return next(programs_on_path(), None)


def launch(playwright: Playwright, program: str | Path | None) -> Browser:
    """A headless browser whose contexts are all fresh profiles, the same on every machine.

    Always without sandbox and graphics card: rasterised in software, its pixels are equal everywhere.
    """
    return playwright.chromium.launch(executable_path=program, args=[*FLAGS, NO_SANDBOX, NO_GRAPHICS_CARD])


@dataclass(frozen=True, slots=True)
class Chromium:
    """A running browser: its context (one profile), its first tab and a DevTools session with the browser."""

    context: BrowserContext
    page: Page
    session: CDPSession

    def processes(self) -> dict[int, str]:
        """Type by process id: browser, renderer, GPU, or the name of a utility."""
        processes = self.session.send("SystemInfo.getProcessInfo")["processInfo"]
        return {int(one["id"]): str(one["type"]) for one in processes}

    def version(self) -> str:
        """The product and its version."""
        return str(self.session.send("Browser.getVersion")["product"])


@contextlib.contextmanager
def launched(
    playwright: Playwright,
    program: str | None,
    scenario: Scenario,
    profile: Path | None = None,
    *,
    bypass_csp: bool = True,
) -> Iterator[Chromium]:
    """A browser for one run, with ``profile`` or a fresh one, in the scenario's viewport.

    ``bypass_csp``: probes may come in whatever the page's policy is; without it the policy holds.

    Raises:
        BenchError: the browser does not start.
    """
    with contextlib.ExitStack() as closing:
        directory = profile or Path(closing.enter_context(tempfile.TemporaryDirectory(prefix="candlefish-")))
        context = _launch_profile(playwright, program, scenario, directory, bypass_csp=bypass_csp)
        closing.callback(context.close)
        context.set_default_timeout(TIMEOUT_MS)
        if context.browser is None:
            raise BenchError("this Playwright gives no browser behind a profile; 1.55 or newer is needed")
        page = context.pages[0] if context.pages else context.new_page()
        yield Chromium(context, page, context.browser.new_browser_cdp_session())


def _launch_profile(
    playwright: Playwright, program: str | None, scenario: Scenario, directory: Path, *, bypass_csp: bool
) -> BrowserContext:
    from playwright.sync_api import Error  # noqa: PLC0415  # an extra: not always installed

    width_px, height_px = scenario.viewport
    try:
        return playwright.chromium.launch_persistent_context(
            directory,
            executable_path=program,
            headless=True,
            args=[*FLAGS, *_machine_flags()],
            viewport={"width": width_px, "height": height_px},
            device_scale_factor=scenario.dpr,
            bypass_csp=bypass_csp,
            service_workers="block",  # it would come in the middle of a window, once
            ignore_default_args=["--disable-back-forward-cache"],
        )
    except Error as error:
        lines = str(error).strip().splitlines()
        raise BenchError(f"Chromium ({program or 'Playwright’s'}) does not start: {lines[0]}") from error


def _machine_flags() -> list[str]:
    """Flags that this machine needs: as root, and without a graphics card."""
    as_root = hasattr(os, "geteuid") and os.geteuid() == 0
    without_card = not Path("/dev/dri").exists()
    return [*([NO_SANDBOX] if as_root else []), *([NO_GRAPHICS_CARD] if without_card else [])]


class WorkerSessions:
    """DevTools sessions with every worker of a page, from its start on.

    Playwright does not offer them: they are nested in the page's own session.
    """

    def __init__(self, page: Page, session: CDPSession, at_start: Sequence[Command] = ()) -> None:
        """Attach to all workers; each gets the ``at_start`` commands before its code runs."""
        self._page, self._session = page, session
        self._at_start = list(at_start)
        self._attached: list[str] = []
        self._answers: dict[int, dict[str, Any]] = {}
        self._last = 0
        session.on("Target.attachedToTarget", self._attach)
        session.on("Target.detachedFromTarget", self._detach)
        session.on("Target.receivedMessageFromTarget", self._receive)
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

    def _receive(self, event: dict[str, Any]) -> None:
        message = json.loads(event["message"])
        if "id" in message:
            self._answers[message["id"]] = message.get("result", {})
