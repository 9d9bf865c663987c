"""Local environments for tests: small sites, a service that starts at once, ports nobody has."""

from __future__ import annotations

import os
import random
import shutil
import socket
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from candlefish.ops.checks import Check, CheckOutcome
from candlefish.ops.deploy import DeploymentHooks, deploy
from candlefish.ops.environments import Environment, Limits
from candlefish.ops.http_checks import SiteClient
from candlefish.ops.release import Sources
from tests.service.conftest import FILES, write_site

if TYPE_CHECKING:
    from candlefish.ops.deployment import DeploymentEngine, Journal
    from candlefish.ops.http_checks import SiteResponse
    from candlefish.ops.local.engine import LocalEngine
    from candlefish.ops.release import Release

STAND_IN = Path(__file__).with_name("stand_in.py")
EXPERIMENTS = Path(__file__).parents[2] / "candlefish" / "experiments" / "experiments.toml"


def free_port() -> int:
    """The first of three ports in a row that nobody listens on, in the range of this worker of pytest's."""
    worker = int(os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw")) % 4
    while True:
        port = random.randrange(20_000 + 3_000 * worker, 22_998 + 3_000 * worker)
        if all(_free(port + more) for more in range(3)):
            return port


def _free(port: int) -> bool:
    with closing(socket.socket()) as sock:
        try:
            sock.bind(("127.0.0.1", port))
        except OSError:
            return False
        return True


def environment(root: Path, **changes: Any) -> Environment:
    limits = Limits(requests_min=5)
    values = {"root": root, "port": free_port(), "watch_s": 0.0, "limits": limits, "browser_s": 3.0}
    return Environment("test", **{**values, **changes})


def sources(directory: Path, mark: str, fault: str = "", files: dict[str, bytes] | None = None) -> Sources:
    """A small site that says `mark`, and a stand-in for the service with a fault."""
    place = directory / f"sources-{mark}"
    shutil.rmtree(place, ignore_errors=True)
    page = FILES["index.html"].replace(b"glow", f"glow {mark}".encode())
    write_site(place / "dist", {**FILES, "index.html": page, **(files or {})})
    package = place / "package"
    package.mkdir()
    text = STAND_IN.read_text(encoding="utf-8").replace('FAULT = ""', f"FAULT = {fault!r}")
    (package / "__main__.py").write_text(text, encoding="utf-8")
    (package / "__init__.py").touch()
    return Sources(place / "dist", package, EXPERIMENTS)


@dataclass
class HookRecorder:
    """Records log lines and messages of a deployment, whose smoke tests have the outcome `checks`."""

    lines: list[str] = field(default_factory=list)
    messages: list[str] = field(default_factory=list)
    checks: list[Check] = field(default_factory=lambda: [Check("all", CheckOutcome.PASSED, "well")])

    def hooks(self) -> DeploymentHooks:
        return DeploymentHooks(log=self.lines.append, notify=self._notify, smoke=self._smoke)

    def _notify(self, text: str) -> str:
        self.messages.append(text)
        return "told"

    def _smoke(self, _engine: DeploymentEngine, _journal: Journal) -> list[Check]:
        return self.checks


def get(address: str, path: str, **headers: str) -> SiteResponse:
    """One request on a connection of its own."""
    with closing(SiteClient(address)) as site:
        return site.get(path, **headers)


def deployed(engine: LocalEngine, what: Sources, recorder: HookRecorder | None = None) -> Release:
    return deploy(engine, what, (recorder or HookRecorder()).hooks())


def audit_log(engine: LocalEngine) -> list[dict[str, Any]]:
    return engine.audit_log()
