"""The built site on a local port, and one Chromium for all tests; every visit starts with a fresh profile."""

from __future__ import annotations

import os
import shutil
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import sync_playwright

from candlefish.bench.browser import find_program, launch
from tests.web.browsers import ENGINES, record_outcome
from tests.web.site import RecordedSite
from tests.web.visit import Visit, Visits

if TYPE_CHECKING:
    from collections.abc import Generator, Iterator

    from playwright.sync_api import Browser, Playwright

ROOT = Path(__file__).resolve().parents[2]
HEADLESS_SHELL = "chromium-headless-shell"


@pytest.fixture(scope="session")
def dist() -> Path:
    """The built site: CANDLEFISH_DIST, else dist/."""
    path = Path(os.environ.get("CANDLEFISH_DIST", ROOT / "dist"))
    if not (path / "manifest.json").is_file():
        pytest.fail(f"{path} holds no built site: run `python3 build.py build` first", pytrace=False)
    return path


@pytest.fixture(scope="session")
def address(dist: Path) -> Iterator[str]:
    """Where the site is served, without a slash at the end."""
    served = RecordedSite(dist, recorded=False)
    yield served.address
    served.stop()


@pytest.fixture(scope="package")
def playwright() -> Iterator[Playwright]:
    """Playwright, which drives the browsers.

    It ends with the last test of this directory: the synchronous one keeps an event loop running in this
    thread for as long as it lives, and no other test could start one.
    """
    with sync_playwright() as running:
        yield running


@pytest.fixture(scope="package")
def whole_chromium(playwright: Playwright) -> Iterator[Browser]:
    """A headless Chromium, with all that visitors have: CANDLEFISH_CHROMIUM, else one on the PATH."""
    with launch(playwright, _program()) as browser:
        yield browser


@pytest.fixture(scope="package")
def chromium(playwright: Playwright) -> Iterator[Browser]:
    """The headless shell of Debian's Chromium, else a whole one.

    It is the same engine without a window around each page, which takes longer than the page does.
    """
    program = _program()
    shell = shutil.which(HEADLESS_SHELL) if Path(program).name == "chromium" else None
    with launch(playwright, shell or program) as browser:
        yield browser


def _program() -> str:
    program = find_program()
    if program is None:
        pytest.fail("no Chromium: install one, or name it in CANDLEFISH_CHROMIUM", pytrace=False)
    return program


@pytest.fixture
def visits(chromium: Browser, address: str) -> Iterator[Visits]:
    """Opens pages; in the end none of them may have an error in its console."""
    opened = Visits(chromium, address)
    yield opened
    opened.close()
    assert opened.unexpected() == []


@pytest.fixture
def visit(visits: Visits) -> Visit:
    """A page that nothing has been opened in yet, 1280×720."""
    return visits.new()


@pytest.fixture
def awake(visit: Visit) -> Visit:
    """The demo page with Python's first frame on its canvas."""
    visit.open()
    visit.wait_awake()
    return visit


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Note how the cases of all engines went, for docs/browsers.md."""
    report = yield
    parameters = getattr(item, "callspec", None)
    engine = parameters.params.get("engine") if parameters is not None else None
    if engine in ENGINES and (report.when == "call" or not report.passed):
        record_outcome(item.name, engine, report.outcome)
    return report
