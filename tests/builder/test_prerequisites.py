"""Which browser the tests run in, and what they need of the system, installed piece by piece."""

from __future__ import annotations

import ctypes
import shutil
from typing import TYPE_CHECKING

import pytest

from builder import debian, prerequisites
from builder.steps import BuildError
from candlefish.bench import browser as bench_browser

if TYPE_CHECKING:
    from pathlib import Path

LACKING = (
    "no Chromium's headless shell: the tests of pages take longer; "
    "no Brotli for nginx and no promtool and no libGL and no Firefox: their tests are skipped"
)
SHELL = "chromium-headless-shell"


def make_browser(folder: Path, *, works: bool = True) -> Path:
    """A program that answers like a headless browser, or fails."""
    path = folder / "chromium"
    answer = 'echo "<html><head></head><body></body></html>"' if works else "exit 1"
    path.write_text(f"#!/bin/sh\n{answer}\n")
    path.chmod(0o755)
    return path


@pytest.fixture(autouse=True)
def nothing_installed(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """No browser on this machine, and no way to get one."""
    for variable in bench_browser.VARIABLES:
        monkeypatch.delenv(variable, raising=False)
    monkeypatch.setattr(prerequisites, "MAC_APPLICATIONS", ())
    monkeypatch.setenv("PATH", f"{tmp_path}:/bin")
    monkeypatch.setattr(bench_browser, "PROGRAMS", ("chromium-of-this-test",))

    def refuse(*_arguments: object, **_options: object) -> str:
        raise BuildError("no network")

    monkeypatch.setattr(prerequisites, "run", refuse)
    monkeypatch.setattr(debian, "install", refuse)


def test_one_on_the_path_is_taken(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    browser = make_browser(tmp_path)
    monkeypatch.setattr(bench_browser, "PROGRAMS", ("chromium",))
    assert prerequisites.find_chromium() == (browser, "installed")


@pytest.mark.parametrize("variable", bench_browser.VARIABLES)
def test_the_one_the_environment_names_is_taken_first(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, variable: str
) -> None:
    browser = make_browser(tmp_path)
    monkeypatch.setenv(variable, str(browser))
    assert prerequisites.find_chromium() == (browser, variable)


@pytest.mark.parametrize("works", [False, None])
def test_a_named_one_that_does_not_start_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, *, works: bool | None
) -> None:
    browser = tmp_path / "gone" if works is None else make_browser(tmp_path, works=works)
    monkeypatch.setenv("CHROME_PATH", str(browser))
    with pytest.raises(BuildError, match=r"CHROME_PATH names .*, which does not start"):
        prerequisites.find_chromium()


def test_playwrights_is_next(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    browser = make_browser(tmp_path)
    monkeypatch.setattr(prerequisites, "run", lambda *_arguments, **_options: f"{browser}\n")
    assert prerequisites.find_chromium() == (browser, "Playwright's")


def test_debians_is_the_last(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(debian, "install", lambda _package: make_browser(tmp_path))
    assert prerequisites.find_chromium() == (tmp_path / "chromium", "Debian's")


def test_a_broken_installed_one_is_passed_over(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    make_browser(tmp_path, works=False)
    monkeypatch.setattr(bench_browser, "PROGRAMS", ("chromium",))
    with pytest.raises(BuildError, match="no Chromium was found or could be installed"):
        prerequisites.find_chromium()


def test_with_none_it_says_what_was_tried_and_what_to_do() -> None:
    with pytest.raises(BuildError, match="name it in CANDLEFISH_CHROMIUM\nno network\nno network"):
        prerequisites.find_chromium()


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> list[str]:
    """The packages that are asked for, on a Linux that has nginx and libEGL alone."""
    found: list[str] = []

    def load(name: str) -> None:
        if name != "libEGL.so.1":
            raise OSError(f"{name}: cannot open shared object file")

    monkeypatch.setattr("sys.platform", "linux")
    monkeypatch.setattr(ctypes, "CDLL", load)
    monkeypatch.setattr(shutil, "which", lambda name, **_where: name if name == "nginx" else None)
    monkeypatch.setattr(prerequisites, "BROTLI", tmp_path / "none.so")
    monkeypatch.delenv("CANDLEFISH_FIREFOX", raising=False)
    monkeypatch.setattr(debian, "may_install", lambda: True)
    monkeypatch.setattr(debian, "install", lambda *packages: found.extend(packages))
    return found


def test_what_is_missing_is_installed_and_no_more(asked: list[str]) -> None:
    said = prerequisites.find_packages()
    assert said == "Chromium's headless shell, Brotli for nginx, promtool, libGL, Firefox: Debian's"
    assert asked == [SHELL, "libnginx-mod-http-brotli-static", "prometheus", "libgl1", "firefox-esr"]


def test_what_may_not_be_installed_is_said(asked: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(debian, "may_install", lambda: False)
    assert prerequisites.find_packages() == LACKING
    assert asked == []


def test_one_package_that_is_not_to_be_had_keeps_no_other_away(
    asked: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def install(*packages: str) -> None:
        if "firefox-esr" in packages:
            raise BuildError("no such package\nE: Unable to locate package firefox-esr")
        asked.extend(packages)

    monkeypatch.setattr(debian, "install", install)
    said = prerequisites.find_packages()
    assert said == (
        "Chromium's headless shell, Brotli for nginx, promtool, libGL: Debian's; "
        "no Firefox (no such package): their tests are skipped"
    )
    assert asked == [SHELL, "libnginx-mod-http-brotli-static", "prometheus", "libgl1"]


def test_a_firefox_that_the_environment_names_must_be_one(
    asked: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CANDLEFISH_FIREFOX", "/opt/firefox")
    with pytest.raises(BuildError, match="CANDLEFISH_FIREFOX names /opt/firefox, which is no program"):
        prerequisites.find_packages()
    monkeypatch.setattr(shutil, "which", lambda name, **_where: name if name == "/opt/firefox" else None)
    prerequisites.find_packages()
    assert "firefox-esr" not in asked
