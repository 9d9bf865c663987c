"""The Terraform stack: its form, what it would make, and what a server that stands in for AWS makes of it.

It needs Terraform and the AWS provider on this machine: nothing is downloaded.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import zipfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from candlefish.ops import edge
from candlefish.service.store import dynamodb_table as table

if TYPE_CHECKING:
    from collections.abc import Iterator

STACK = Path(__file__).parents[2] / "deploy" / "terraform"
MIRRORS = ("/opt/tf-plugins", "/usr/local/share/terraform/plugins", "/usr/share/terraform/plugins")
PLUGINS = next(
    (path for path in (os.environ.get("TF_PLUGIN_DIR", ""), *MIRRORS) if path and Path(path).is_dir()), None
)

needs_terraform = [
    pytest.mark.skipif(shutil.which("terraform") is None, reason="Terraform is not installed"),
    pytest.mark.skipif(PLUGINS is None, reason="there is no mirror of Terraform's plugins (TF_PLUGIN_DIR)"),
]


def terraform(place: Path, *arguments: str, **more: str) -> subprocess.CompletedProcess[str]:
    environment = os.environ | {"TF_CLI_CONFIG_FILE": os.devnull, "TF_IN_AUTOMATION": "1", **more}
    command = ["terraform", *arguments]
    return subprocess.run(command, cwd=place, env=environment, capture_output=True, text=True, check=False)


@pytest.fixture(scope="module")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the stack with its plugins, so that nothing is left in the source."""
    place = tmp_path_factory.mktemp("terraform") / "terraform"
    shutil.copytree(STACK, place, ignore=shutil.ignore_patterns(".terraform*"))
    done = terraform(place, "init", "-no-color", "-backend=false", f"-plugin-dir={PLUGINS}")
    assert done.returncode == 0, done.stderr
    return place


def test_the_edge_has_the_rules_that_nginx_has() -> None:
    written = (STACK / "modules" / "edge" / "rules.json").read_text(encoding="utf-8")
    assert written == edge.cloudfront_text(), "write it anew: candlefish rules edge"


def test_the_table_is_the_one_the_store_uses() -> None:
    definition: dict[str, Any] = dict(table.DEFINITION)
    text = (STACK / "modules" / "data" / "main.tf").read_text(encoding="utf-8")
    names = re.findall(r'name = "(\w+)"\n    type = "S"', text)
    assert names == [one["AttributeName"] for one in definition["AttributeDefinitions"]]
    keys = [one["AttributeName"] for one in definition["KeySchema"]]
    assert re.findall(r'^  (?:hash|range)_key +=  *"(\w+)"', text, re.MULTILINE) == keys
    assert f'name            = "{table.BY_CLIENT}"' in text
    assert 'projection_type = "ALL"' in text


def test_no_permission_is_for_everything() -> None:
    """A star as resource stands alone, with its reason beside it."""
    for file in STACK.rglob("*.tf"):
        text = file.read_text(encoding="utf-8")
        assert not re.search(r'actions\s*=\s*\[[^]]*"\*"', text), file
        for line in text.splitlines():
            if re.search(r'resources\s*=\s*\["\*"\]', line):
                assert "#" in line, f"{file}: {line}"


def test_every_alarm_has_its_page_in_the_runbook() -> None:
    text = (STACK / "modules" / "monitoring" / "main.tf").read_text(encoding="utf-8")
    runbook = (STACK.parents[1] / "docs" / "runbook.md").read_text(encoding="utf-8")
    names = {*re.findall(r"^    ([\w-]+) = \{\n      metric", text, re.MULTILINE), "errors", "latency"}
    assert len(names) == 6
    for name in names:
        assert f"\n## {name}\n" in runbook


@pytest.mark.slow
class TestWithTerraform:
    pytestmark = needs_terraform

    def test_it_is_formatted_and_valid(self, stack: Path) -> None:
        assert terraform(STACK, "fmt", "-check", "-recursive").returncode == 0
        done = terraform(stack, "validate", "-no-color")
        assert done.returncode == 0, done.stdout + done.stderr

    def test_the_whole_stack_with_a_mocked_provider(self, stack: Path) -> None:
        done = terraform(stack, "test", "-no-color")
        assert done.returncode == 0, done.stdout + done.stderr

    @pytest.mark.long
    def test_a_stand_in_for_aws_holds_it(self, stack: Path, standing_in: str, tmp_path: Path) -> None:
        """Applied, planned again without a change, destroyed: all but CloudFront, which moto cannot hold."""
        place = tmp_path / "partial"
        shutil.copytree(stack, place, symlinks=True)
        text = PARTIAL.read_text(encoding="utf-8").replace("ENDPOINT", standing_in)
        (place / "main.tf").write_text(text, encoding="utf-8")
        for name in ("variables.tf", "outputs.tf"):
            (place / name).unlink()
        site = place / "modules" / "site" / "main.tf"
        site.write_text(without_lifecycles(site.read_text(encoding="utf-8")), encoding="utf-8")
        with zipfile.ZipFile(place / "service.zip", "w") as file:
            file.writestr("handler.py", "")
        done = terraform(place, "init", "-no-color", f"-plugin-dir={PLUGINS}")
        assert done.returncode == 0, done.stderr
        done = terraform(place, "apply", "-auto-approve", "-no-color", "-input=false")
        assert done.returncode == 0, done.stdout + done.stderr
        again = terraform(place, "plan", "-detailed-exitcode", "-no-color", "-input=false")
        assert again.returncode == 0, again.stdout + again.stderr
        gone = terraform(place, "destroy", "-auto-approve", "-no-color", "-input=false")
        assert gone.returncode == 0, gone.stdout + gone.stderr
        assert json.loads((place / "terraform.tfstate").read_text(encoding="utf-8"))["resources"] == []


PARTIAL = Path(__file__).with_name("partial.tf")


def without_lifecycles(text: str) -> str:
    """moto forgets one of their fields, and the provider waits for it to come back."""
    rest, count = re.subn(
        r'resource "aws_s3_bucket_lifecycle_configuration".*?\n}\n', "", text, flags=re.DOTALL
    )
    assert count == 2
    return rest


@pytest.fixture
def standing_in() -> Iterator[str]:
    """moto's server."""
    server = pytest.importorskip("moto.server").ThreadedMotoServer("127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    yield f"http://{host}:{port}"
    server.stop()
