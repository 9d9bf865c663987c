"""What the tests need of the system: a Chromium, and what Debian has where it is missing.

A Chromium is one that is installed, else Playwright's, else Debian's. Without one of the other parts its
tests are skipped, each by its name, unless the part says otherwise.
"""

from __future__ import annotations

import ctypes
import os
import shutil
import subprocess
import sys
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Final, NamedTuple

from builder import debian
from builder.steps import BuildError, run
from candlefish.bench.browser import named_program, programs_on_path
from candlefish.ops.local.nginx import BROTLI

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

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
ALSO_IN = "/usr/sbin:/usr/local/sbin"
FIREFOX_VARIABLE = "CANDLEFISH_FIREFOX"
FIREFOXES = ("firefox-esr", "firefox")


def find_chromium() -> tuple[Path, str]:
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


class Prerequisite(NamedTuple):
    """One thing the tests use."""

    name: str
    package: str
    """Debian's package of it."""
    is_there: Callable[[], bool]
    otherwise: str = "their tests are skipped"


def find_packages() -> str:
    """Install what is missing, where we may. Returns what came of it, in words.

    Raises:
        BuildError: the environment names a Firefox that is none.
    """
    missing = [part for part in PREREQUISITES if not part.is_there()]
    if not missing:
        return "installed"
    if not debian.may_install():
        reasons = dict.fromkeys(part.otherwise for part in missing)
        return "; ".join(f"{_without(missing, reason)}: {reason}" for reason in reasons)
    installed, problems = _install(missing)
    from_debian = [f"{', '.join(part.name for part in installed)}: Debian's"] if installed else []
    skipped = [f"no {part.name} ({problem}): {part.otherwise}" for part, problem in problems]
    return "; ".join([*from_debian, *skipped])


def _without(missing: Sequence[Prerequisite], otherwise: str) -> str:
    return "no " + " and no ".join(part.name for part in missing if part.otherwise == otherwise)


def _install(parts: Sequence[Prerequisite]) -> tuple[list[Prerequisite], list[tuple[Prerequisite, str]]]:
    """Install parts together, else each alone. Returns those that are there, and why the others are not."""
    try:
        debian.install(*(part.package for part in parts))
    except BuildError as error:
        if len(parts) == 1:
            return [], [(parts[0], str(error).splitlines()[0])]
        each = [_install([part]) for part in parts]
        return [part for done, _ in each for part in done], [one for _, failed in each for one in failed]
    return list(parts), []


def _has_program(*names: str) -> bool:
    return any(shutil.which(name) or shutil.which(name, path=ALSO_IN) for name in names)


def _has_brotli() -> bool:
    return BROTLI.exists()


def _has_library(name: str) -> bool:
    """Whether the loader finds a library; only Linux leaves these to the system."""
    if sys.platform != "linux":
        return True
    try:
        ctypes.CDLL(name)
    except OSError:
        return False
    return True


def find_firefox() -> str | None:
    """The path of the Firefox that the environment names, else of one on the PATH; None if there is none.

    Raises:
        BuildError: the environment names one that is not there.
    """
    named = os.environ.get(FIREFOX_VARIABLE)
    path = next((path for name in ((named,) if named else FIREFOXES) if (path := shutil.which(name))), None)
    if named and path is None:
        raise BuildError(f"{FIREFOX_VARIABLE} names {named}, which is no program: correct it, or unset it")
    return path


PREREQUISITES: Final = (
    Prerequisite(
        "Chromium's headless shell",
        "chromium-headless-shell",
        partial(_has_program, "chromium-headless-shell"),
        "the tests of pages take longer",
    ),
    Prerequisite("nginx", "nginx", partial(_has_program, "nginx")),
    Prerequisite("Brotli for nginx", "libnginx-mod-http-brotli-static", _has_brotli),
    Prerequisite("promtool", "prometheus", partial(_has_program, "promtool")),
    # Skia is linked with them, though a raster needs neither.
    Prerequisite("libEGL", "libegl1", partial(_has_library, "libEGL.so.1")),
    Prerequisite("libGL", "libgl1", partial(_has_library, "libGL.so.1")),
    Prerequisite("Firefox", "firefox-esr", lambda: find_firefox() is not None),
    Prerequisite("WebKit", "webkit2gtk-driver", partial(_has_program, "WebKitWebDriver")),
    Prerequisite("virtual display for WebKit", "xvfb", partial(_has_program, "Xvfb")),
)
