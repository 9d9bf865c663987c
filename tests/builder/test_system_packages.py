"""What the tests need of the system is installed piece by piece: an nginx without Brotli is not enough."""

from __future__ import annotations

import ctypes
import shutil
from typing import TYPE_CHECKING

import pytest

from builder import debian, system_packages
from builder.steps import BuildError

if TYPE_CHECKING:
    from pathlib import Path

LACKING = (
    "no Chromium's headless shell: the tests of pages take longer; "
    "no Brotli for nginx and no promtool and no libGL and no Firefox: their tests are skipped"
)
SHELL = "chromium-headless-shell"


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
    monkeypatch.setattr(system_packages, "BROTLI", tmp_path / "none.so")
    monkeypatch.delenv("CANDLEFISH_FIREFOX", raising=False)
    monkeypatch.setattr(debian, "may_install", lambda: True)
    monkeypatch.setattr(debian, "install", lambda *packages: found.extend(packages))
    return found


def test_what_is_missing_is_installed_and_no_more(asked: list[str]) -> None:
    said = system_packages.find_or_install()
    assert said == "Chromium's headless shell, Brotli for nginx, promtool, libGL, Firefox: Debian's"
    assert asked == [SHELL, "libnginx-mod-http-brotli-static", "prometheus", "libgl1", "firefox-esr"]


def test_what_may_not_be_installed_is_said(asked: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(debian, "may_install", lambda: False)
    assert system_packages.find_or_install() == LACKING
    assert asked == []


def test_one_package_that_is_not_to_be_had_keeps_no_other_away(
    asked: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def install(*packages: str) -> None:
        if "firefox-esr" in packages:
            raise BuildError("no such package\nE: Unable to locate package firefox-esr")
        asked.extend(packages)

    monkeypatch.setattr(debian, "install", install)
    said = system_packages.find_or_install()
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
        system_packages.find_or_install()
    monkeypatch.setattr(shutil, "which", lambda name, **_where: name if name == "/opt/firefox" else None)
    system_packages.find_or_install()
    assert "firefox-esr" not in asked
