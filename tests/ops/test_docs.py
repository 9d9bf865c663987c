"""The handbook and the runbook hold: every command can be given, every file and variable they name exists."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest
from moto import mock_aws

from builder.bootstrap import parser as build_parser
from candlefish import cli
from candlefish.ops import OpsError
from candlefish.ops.cli import WEBHOOK, engine_of
from candlefish.ops.environments import load_environment
from candlefish.service import settings
from tests.service.store_kinds import CREDENTIALS

ROOT = Path(__file__).parents[2]
PAGES = {
    name: (ROOT / "docs" / f"{name}.md").read_text(encoding="utf-8") for name in ("operations", "runbook")
}
TEXT = "\n".join(PAGES.values())
SCRIPTS = {"emergency-rollback.sh": "rollback", "verify-deployment.sh": "verify"}
PLACEHOLDERS = {"N": "1000", "DIR": "profile", "BASE.json": "before.json"}


def commands() -> list[str]:
    """Every command of a code block, and every one in running text."""
    blocks = re.findall(r"```\n(.*?)```", TEXT, re.DOTALL)
    lines = [line.strip() for block in blocks for line in block.splitlines() if line.strip()]
    inline = re.findall(r"`((?:\./scripts/|candlefish |python3 build\.py )[^`]+)`", TEXT)
    return sorted({*lines, *inline})


@pytest.mark.parametrize("command", commands())
def test_every_command_can_be_given(command: str) -> None:
    words = [PLACEHOLDERS.get(word, word) for word in shlex.split(command)]
    match words:
        case ["python3", "build.py", *rest]:
            build_parser().parse_args(rest)
        case [".venv/bin/candlefish" | "candlefish", "bench", *_]:
            assert (ROOT / "docs" / "bench.md").exists()
        case [".venv/bin/candlefish" | "candlefish", *rest]:
            parsed = cli.parser().parse_args(rest)
            if "environment" in parsed:
                load_environment(parsed.environment, ROOT / "deploy" / "environments.toml")
        case [script, *rest] if script.startswith("./scripts/"):
            assert (ROOT / script).stat().st_mode & 0o100
            cli.parser().parse_args([SCRIPTS[Path(script).name], *rest])
        case ["cd", directory]:
            assert (ROOT / directory).is_dir()
        case ["terraform", action, *_]:
            assert action in {"init", "plan", "apply"}
        case ["curl", *rest]:
            (address,) = (word for word in rest if word.startswith("http"))
            assert address.removeprefix("http://127.0.0.1:8080") in {"/api/privacy", "/api/privacy/export"}
        case ["apt-get" | "npm" | "promtool", *_]:
            pass
        case _:
            pytest.fail(f"{command!r} is not known")


def test_every_file_they_name_exists() -> None:
    for name in re.findall(r"`((?:deploy|candlefish|scripts|\.github)/[\w./-]+)`", TEXT):
        assert (ROOT / name).exists(), name


def test_every_variable_they_name_is_read_somewhere() -> None:
    known = {settings.SECRET, settings.ADMIN_TOKEN, settings.ORIGINS, WEBHOOK, "CANDLEFISH_CHROMIUM"}
    documented = set(re.findall(r"`([A-Z]+_[A-Z_]+)`", PAGES["operations"].split("## AWS")[0]))
    assert known <= documented
    assert documented - known == {"AWS_REGION", "AWS_PROFILE", "DEPLOY_ROLE_ARN"}


@pytest.mark.parametrize("name", ["staging", "production"])
def test_where_there_is_no_stack_it_says_what_makes_one(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    for variable, value in CREDENTIALS.items():
        monkeypatch.setenv(variable, value)
    environment = load_environment(name, ROOT / "deploy" / "environments.toml")
    with mock_aws(), pytest.raises(OpsError, match=f"no stack 'candlefish-{name}' in us-east-1 .*apply"):
        engine_of(environment)
