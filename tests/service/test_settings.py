"""Settings from the environment, and the secrets of an embedded service."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from candlefish.service.settings import Settings, SettingsError, for_directory, from_environment
from tests.service.visitors import ADMIN, SETTINGS

if TYPE_CHECKING:
    from pathlib import Path


def test_secrets_come_from_the_environment() -> None:
    environment = {
        "CANDLEFISH_SECRET": "s" * 16,
        "CANDLEFISH_ADMIN_TOKEN": ADMIN,
        "CANDLEFISH_ORIGINS": "https://a https://b",
    }
    assert from_environment(environment).origins == ("https://a", "https://b")
    with pytest.raises(SettingsError, match="no CANDLEFISH_SECRET and no CANDLEFISH_ADMIN_TOKEN"):
        from_environment({})
    with pytest.raises(SettingsError, match="CANDLEFISH_SECRET: expected at least 16"):
        from_environment({**environment, "CANDLEFISH_SECRET": "short"})
    with pytest.raises(SettingsError, match="name the sites"):
        from_environment({**environment, "CANDLEFISH_ORIGINS": "*"})


def test_secrets_are_not_shown() -> None:
    assert ADMIN not in repr(SETTINGS)
    assert "secret of" not in repr(SETTINGS)


def test_an_embedded_service_makes_its_secrets_once(tmp_path: Path) -> None:
    first = for_directory(tmp_path / "data", {})
    assert for_directory(tmp_path / "data", {}).secret == first.secret
    assert {path.stat().st_mode & 0o777 for path in (tmp_path / "data").iterdir()} == {0o600}
    given = for_directory(tmp_path / "data", {"CANDLEFISH_ADMIN_TOKEN": ADMIN})
    assert isinstance(given, Settings)
    assert (given.admin_token, given.secret) == (ADMIN, first.secret)
