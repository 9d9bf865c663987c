"""What the tests of operations need is installed piece by piece: an nginx without Brotli is not enough."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

import pytest

from builder import debian, operations
from builder.errors import BuildError

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> list[str]:
    """The packages that are asked for, on a machine that has nginx alone."""
    found: list[str] = []
    monkeypatch.setattr(shutil, "which", lambda name, **_where: name if name == "nginx" else None)
    monkeypatch.setattr(operations, "BROTLI", tmp_path / "none.so")
    monkeypatch.setattr(debian, "may_install", lambda: True)
    monkeypatch.setattr(debian, "install", lambda *packages: found.extend(packages))
    return found


def test_what_is_missing_is_installed_and_no_more(asked: list[str]) -> None:
    assert operations.find_or_install() == "Brotli for nginx, promtool: Debian's"
    assert asked == ["libnginx-mod-http-brotli-static", "prometheus"]


def test_what_cannot_be_installed_is_said(asked: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(debian, "may_install", lambda: False)
    assert operations.find_or_install() == "no Brotli for nginx and no promtool: their tests are skipped"

    def fail(*_packages: str) -> None:
        raise BuildError("no network")

    monkeypatch.setattr(debian, "may_install", lambda: True)
    monkeypatch.setattr(debian, "install", fail)
    assert operations.find_or_install() == "no network: their tests are skipped"
    assert asked == []
