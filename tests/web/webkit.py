"""WebKitGTK over WebDriver: its MiniBrowser in a virtual X display (Debian: webkit2gtk-driver, xvfb)."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import warnings
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from selenium.common.exceptions import InvalidSessionIdException, WebDriverException
from selenium.webdriver import ActionChains, WebKitGTK
from selenium.webdriver.common.actions import interaction
from selenium.webdriver.common.actions.action_builder import ActionBuilder
from selenium.webdriver.common.actions.pointer_input import PointerInput
from selenium.webdriver.webkitgtk.options import Options
from selenium.webdriver.webkitgtk.service import Service

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

DRIVER = "WebKitWebDriver"
BROWSERS = "/usr/lib/*/webkit2gtk-4.*/MiniBrowser"
DISPLAY = "Xvfb"
ANSWER_S = 180.0
CALM = "[Settings]\ngtk-enable-animations=0\n"
"""What GTK calls what pages see as `prefers-reduced-motion: reduce`."""


def program() -> str | None:
    """The MiniBrowser; None where it, its driver or the virtual display is missing."""
    if shutil.which(DRIVER) is None or shutil.which(DISPLAY) is None:
        return None
    found = sorted(Path("/").glob(BROWSERS.lstrip("/")))
    return str(found[-1]) if found else None


@contextmanager
def running(path: str, home: Path, *, calm: bool = False) -> Iterator[WebKit]:
    """A WebKit with a session and a home directory of its own, ended at the end."""
    settings = home / "gtk-3.0" / "settings.ini"
    settings.parent.mkdir(parents=True)
    settings.write_text(CALM if calm else "")
    with _display() as display:
        options = Options()
        options.binary_location = path
        options.add_argument("--automation")
        environment = os.environ | {
            "DISPLAY": display,
            "HOME": str(home),
            "XDG_CONFIG_HOME": str(home),
            "XDG_DATA_HOME": str(home / "data"),
            "XDG_CACHE_HOME": str(home / "cache"),
            "LIBGL_ALWAYS_SOFTWARE": "1",
            "WEBKIT_DISABLE_SANDBOX_THIS_IS_DANGEROUS": "1",
            "NO_AT_BRIDGE": "1",
        }

        def start() -> WebKitGTK:
            service = Service(executable_path=shutil.which(DRIVER), env=environment)
            with warnings.catch_warnings():
                warnings.simplefilter("ignore", DeprecationWarning)  # Selenium 4.51 warns of its own ways
                driver = WebKitGTK(options=options, service=service)
            driver.set_script_timeout(ANSWER_S)
            driver.set_page_load_timeout(ANSWER_S)
            driver.set_window_size(1280, 800)
            return driver

        kit = WebKit(start)
        try:
            yield kit
        finally:
            kit.quit()


@contextmanager
def _process() -> Iterator[None]:
    """Skip the test where WebKit's web process has ended: it cannot tell.

    That of WebKitGTK 2.50 does so by an assertion of its own, after a page has drawn for a minute or two.
    """
    try:
        yield
    except InvalidSessionIdException:
        pytest.skip("cannot tell: WebKit's web process has ended")


@contextmanager
def _display() -> Iterator[str]:
    """A virtual display, by its name."""
    reading, writing = os.pipe()
    command = [DISPLAY, "-displayfd", str(writing), "-screen", "0", "1400x1000x24", "-nolisten", "tcp"]
    process = subprocess.Popen(
        command, pass_fds=[writing], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    os.close(writing)
    try:
        with os.fdopen(reading) as line:
            yield f":{line.readline().strip()}"
    finally:
        process.terminate()
        process.wait(ANSWER_S)


class WebKit:
    """A session, and the window that the tests look at."""

    name = "WebKit"

    def __init__(self, start: Callable[[], WebKitGTK]) -> None:
        """Begin a session; `start` begins one."""
        self._start = start
        self._driver = start()

    def renew(self) -> None:
        """Begin another session: the web process of WebKitGTK 2.50 ends by itself after minutes of use."""
        self.quit()
        self._driver = self._start()

    def quit(self) -> None:
        """End the session, if that has not ended by itself."""
        with suppress(WebDriverException):
            self._driver.quit()

    def open(self, address: str) -> None:
        """Go there, and wait until it is loaded."""
        with _process():
            self._driver.get(address)

    def evaluate(self, expression: str) -> Any:
        """The value of a JavaScript expression, a promise awaited, by way of JSON.

        Raises:
            WebDriverException: it throws.
        """
        with _process():
            outcome = self._driver.execute_async_script(
                "const [done] = arguments;"
                f"Promise.resolve({expression}).then("
                "(value) => done({ json: JSON.stringify(value ?? null) }),"
                " (error) => done({ failed: String(error) }));"
            )
        if "failed" in outcome:
            raise WebDriverException(f"{expression}: {outcome['failed']}")
        return json.loads(outcome["json"])

    def click(self, x: int, y: int) -> None:
        """Move the pointer there and click."""
        self._point(interaction.POINTER_MOUSE, x, y)

    def tap(self, x: int, y: int) -> None:
        """Touch with a finger and lift it."""
        self._point(interaction.POINTER_TOUCH, x, y)

    def _point(self, kind: str, x: int, y: int) -> None:
        pointer = PointerInput(kind, kind)  # type: ignore[no-untyped-call]  # Selenium types half of it
        actions = ActionBuilder(self._driver, mouse=pointer)
        actions.pointer_action.move_to_location(x, y).pointer_down().pointer_up()  # type: ignore[no-untyped-call]
        actions.perform()

    def press(self, key: str) -> None:
        """Press and release a key, given as its character in the WebDriver standard."""
        ActionChains(self._driver).send_keys(key).perform()

    @contextmanager
    def second_window(self) -> Iterator[None]:
        """Do what follows in another window of the same profile."""
        first = self._driver.current_window_handle
        self._driver.switch_to.new_window("window")
        yield
        with _process():
            self._driver.close()
            self._driver.switch_to.window(first)

    def print_pdf(self) -> bytes | None:
        """WebKitGTK's driver cannot print."""
        return None
