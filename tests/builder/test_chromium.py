"""Which browser the tests run in."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from builder import chromium, debian
from builder.steps import BuildError
from candlefish.bench import browser as bench_browser

if TYPE_CHECKING:
    from pathlib import Path


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
    monkeypatch.setattr(chromium, "MAC_APPLICATIONS", ())
    monkeypatch.setenv("PATH", f"{tmp_path}:/bin")
    monkeypatch.setattr(bench_browser, "PROGRAMS", ("chromium-of-this-test",))

    def refuse(*_arguments: object, **_options: object) -> str:
        raise BuildError("no network")

    monkeypatch.setattr(chromium, "run", refuse)
    monkeypatch.setattr(debian, "install", refuse)


def test_one_on_the_path_is_taken(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    browser = make_browser(tmp_path)
    monkeypatch.setattr(bench_browser, "PROGRAMS", ("chromium",))
    assert chromium.find_or_install() == (browser, "installed")


@pytest.mark.parametrize("variable", bench_browser.VARIABLES)
def test_the_one_the_environment_names_is_taken_first(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, variable: str
) -> None:
    browser = make_browser(tmp_path)
    monkeypatch.setenv(variable, str(browser))
    assert chromium.find_or_install() == (browser, variable)


@pytest.mark.parametrize("works", [False, None])
def test_a_named_one_that_does_not_start_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, *, works: bool | None
) -> None:
    browser = tmp_path / "gone" if works is None else make_browser(tmp_path, works=works)
    monkeypatch.setenv("CHROME_PATH", str(browser))
    with pytest.raises(BuildError, match=r"CHROME_PATH names .*, which does not start"):
        chromium.find_or_install()


def test_playwrights_is_next(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    browser = make_browser(tmp_path)
    monkeypatch.setattr(chromium, "run", lambda *_arguments, **_options: f"{browser}\n")
    assert chromium.find_or_install() == (browser, "Playwright's")


def test_debians_is_the_last(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(debian, "install", lambda _package: make_browser(tmp_path))
    assert chromium.find_or_install() == (tmp_path / "chromium", "Debian's")


def test_a_broken_installed_one_is_passed_over(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    make_browser(tmp_path, works=False)
    monkeypatch.setattr(bench_browser, "PROGRAMS", ("chromium",))
    with pytest.raises(BuildError, match="no Chromium was found or could be installed"):
        chromium.find_or_install()


def test_with_none_it_says_what_was_tried_and_what_to_do() -> None:
    with pytest.raises(BuildError, match="name it in CANDLEFISH_CHROMIUM\nno network\nno network"):
        chromium.find_or_install()
