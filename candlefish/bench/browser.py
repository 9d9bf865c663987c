"""A Chromium with a fresh profile, and what to know of its processes."""

from __future__ import annotations

import contextlib
import os
import shutil
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from candlefish.bench.errors import BenchError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import BrowserContext, CDPSession, Page, Playwright

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
TIMEOUT_MS = 60_000.0


def find_program() -> str | None:
    """The Chromium to use: the one named in the environment, else one on the PATH; None for Playwright's.

    Raises:
        BenchError: the environment names one that is not there.
    """
    for variable in VARIABLES:
        if named := os.environ.get(variable):
            if path := shutil.which(named):
                return path
            raise BenchError(f"{variable} names {named}, which is not a program")
    return next((path for name in PROGRAMS if (path := shutil.which(name))), None)


@dataclass(frozen=True, slots=True)
class Chromium:
    """A running browser: its context (one profile), its first tab and a session with the browser itself."""

    context: BrowserContext
    page: Page
    session: CDPSession

    def processes(self) -> dict[int, str]:
        """Process ids with what they are: browser, renderer, GPU, or the name of a utility."""
        found = self.session.send("SystemInfo.getProcessInfo")["processInfo"]
        return {int(one["id"]): str(one["type"]) for one in found}

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
    """A browser for one run, with ``profile`` or a fresh one.

    ``bypass_csp``: the watching code may come in whatever the page's policy is; without it the policy holds.

    Raises:
        BenchError: the browser does not start.
    """
    with contextlib.ExitStack() as closing:
        directory = profile or Path(closing.enter_context(tempfile.TemporaryDirectory(prefix="candlefish-")))
        context = _launch(playwright, program, scenario, directory, bypass_csp=bypass_csp)
        closing.callback(context.close)
        context.set_default_timeout(TIMEOUT_MS)
        if context.browser is None:
            raise BenchError("this Playwright gives no browser behind a profile; 1.55 or newer is needed")
        page = context.pages[0] if context.pages else context.new_page()
        yield Chromium(context, page, context.browser.new_browser_cdp_session())


def _launch(
    playwright: Playwright, program: str | None, scenario: Scenario, directory: Path, *, bypass_csp: bool
) -> BrowserContext:
    from playwright.sync_api import Error  # noqa: PLC0415  # an extra: not always installed

    width_px, height_px = scenario.viewport
    try:
        return playwright.chromium.launch_persistent_context(
            directory,
            executable_path=program,
            headless=True,
            args=[*FLAGS, *_only_here()],
            viewport={"width": width_px, "height": height_px},
            device_scale_factor=scenario.dpr,
            bypass_csp=bypass_csp,
            service_workers="block",  # it would come in the middle of a window, once
            ignore_default_args=["--disable-back-forward-cache"],
        )
    except Error as error:
        lines = str(error).strip().splitlines()
        raise BenchError(f"Chromium ({program or 'Playwright’s'}) does not start: {lines[0]}") from error


def _only_here() -> list[str]:
    """Without a graphics card, and as root, a browser needs to be told."""
    as_root = hasattr(os, "geteuid") and os.geteuid() == 0
    without_card = not Path("/dev/dri").exists()
    return [*(["--no-sandbox"] if as_root else []), *(["--disable-gpu"] if without_card else [])]
