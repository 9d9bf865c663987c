"""A Chromium to test in: one that is installed, else Playwright's, else Debian's."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

from builder import debian
from builder.steps import BuildError, run
from candlefish.bench.browser import named_program, programs_on_path

MAC_APPLICATIONS = (
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
)
START_TIMEOUT_S = 60.0
DOWNLOAD_TIMEOUT_S = 300.0
TRIAL = ("--headless", "--no-sandbox", "--disable-gpu", "--dump-dom", "about:blank")
PLAYWRIGHT_PATH = """
from playwright.sync_api import sync_playwright
with sync_playwright() as playwright:
    print(playwright.chromium.executable_path)
"""


def find_or_install() -> tuple[Path, str]:
    """The path of a Chromium that starts, and where it came from.

    Raises:
        BuildError: there is none and none could be installed; the message says what to do.
    """
    named = _named()
    if named is not None:
        return named
    installed = _installed()
    if installed is not None:
        return installed, "installed"
    problems: list[str] = []
    for install, origin in ((_playwrights, "Playwright's"), (_debians, "Debian's")):
        try:
            return install(), origin
        except BuildError as error:
            problems.append(str(error))
    advice = "no Chromium was found or could be installed; install one, or name it in CANDLEFISH_CHROMIUM"
    raise BuildError("\n".join([advice, *problems]))


def starts(program: Path) -> bool:
    """Whether a browser program runs headless on this machine."""
    try:
        done = subprocess.run(
            [program, *TRIAL],
            capture_output=True,
            timeout=START_TIMEOUT_S,
            check=False,
            stdin=subprocess.DEVNULL,
        )
    except (OSError, subprocess.TimeoutExpired):
        return False
    return done.returncode == 0 and b"<html" in done.stdout


def _named() -> tuple[Path, str] | None:
    """The browser the environment names, which must then work."""
    named = named_program()
    if named is None:
        return None
    variable, value = named
    if starts(Path(value)):
        return Path(value), variable
    raise BuildError(f"{variable} names {value}, which does not start as a headless Chromium")


def _installed() -> Path | None:
    paths = [Path(path) for path in (*programs_on_path(), *MAC_APPLICATIONS) if Path(path).exists()]
    return next((path for path in paths if starts(path)), None)


def _playwrights() -> Path:
    python = sys.executable
    run(
        [python, "-m", "playwright", "install", "chromium"],
        what="installing Playwright's Chromium",
        timeout_s=DOWNLOAD_TIMEOUT_S,
    )
    path = Path(run([python, "-c", PLAYWRIGHT_PATH], what="asking Playwright for its Chromium").strip())
    if not starts(path):
        raise BuildError(f"Playwright's Chromium ({path}) does not start here")
    return path


def _debians() -> Path:
    debian.install("chromium")
    path = shutil.which("chromium")
    if path is None or not starts(Path(path)):
        raise BuildError("Debian's chromium was installed, but does not start")
    return Path(path)
