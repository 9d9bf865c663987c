"""The documents of the service hold: every variable, every route, a living test for each threat."""

from __future__ import annotations

import re
from pathlib import Path

from candlefish.service import aws, settings
from candlefish.service.openapi import description

ROOT = Path(__file__).resolve().parents[2]
SERVICE = (ROOT / "docs/service.md").read_text(encoding="utf-8")
THREATS = (ROOT / "docs/threats.md").read_text(encoding="utf-8")


def test_every_variable_is_told_of_and_no_other() -> None:
    documented = set(re.findall(r"^\| `(CANDLEFISH_\w+)`", SERVICE, re.MULTILINE))
    assert documented == {
        settings.SECRET,
        settings.ADMIN_TOKEN,
        settings.ORIGINS,
        settings.LIVE_ADDRESS,
        aws.TABLE,
        aws.NAMESPACE,
    }


def test_every_route_is_told_of() -> None:
    missing = [path for path in description()["paths"] if f"{path}`" not in SERVICE]
    assert missing == []


def test_every_threat_has_a_test_that_exists() -> None:
    rows = re.findall(r"^\| (?!threat|-)(.*) \|$", THREATS, re.MULTILINE)
    named = [re.search(r"`(test_\w+)`$", row) for row in rows]
    assert len(rows) > 20
    assert all(named)
    sources = [path.read_text(encoding="utf-8") for path in (ROOT / "tests").rglob("test_*.py")]
    defined = set(re.findall(r"^def (test_\w+)\(", "\n".join(sources), re.MULTILINE))
    assert {name[1] for name in named if name} <= defined


def test_every_key_in_the_pages_storage_is_told_of() -> None:
    scripts = "\n".join(path.read_text(encoding="utf-8") for path in (ROOT / "web").rglob("*.js"))
    keys = set(re.findall(r'KEY_\w+ = "(candlefish_\w+)"', scripts))
    assert len(keys) == 5
    assert all(f"`{key}`" in SERVICE for key in keys)
