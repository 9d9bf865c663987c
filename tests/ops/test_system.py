"""The real site and the real service, deployed on this machine, and seen by a real browser."""

from __future__ import annotations

import http.client
import json
import shutil
import subprocess
import sys
import time
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from candlefish.bench.browser import find_program
from candlefish.ops import BrokenReleaseError, verify
from candlefish.ops.checks import CheckOutcome
from candlefish.ops.deployment import Colour
from candlefish.ops.http_checks import SiteClient
from candlefish.ops.local.engine import LocalEngine
from candlefish.ops.local.nginx import BROTLI, program
from candlefish.ops.release import PACKAGE, Sources
from tests.ops.bad_builds import DIST, SLOW, changed
from tests.ops.places import EXPERIMENTS, deployed, environment, get
from tests.service.visitors import batch, milestone

if TYPE_CHECKING:
    from collections.abc import Iterator

    from candlefish.ops.checks import Check
    from candlefish.ops.release import Release

ROOT = Path(__file__).parents[2]

pytestmark = [
    pytest.mark.skipif(program() is None, reason="nginx is not installed"),
    pytest.mark.skipif(not (DIST / "manifest.json").exists(), reason="dist is not built"),
]


@pytest.fixture(scope="module")
def placed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[LocalEngine, Release]]:
    """The real site and service, live."""
    engine = LocalEngine(environment(tmp_path_factory.mktemp("real") / "root"))
    release = deployed(engine, Sources(DIST, PACKAGE, EXPERIMENTS))
    yield engine, release
    engine.stop()


def verdicts(checks: list[Check]) -> dict[str, CheckOutcome]:
    return {one.name: one.outcome for one in checks}


def test_every_check_over_http_passes(placed: tuple[LocalEngine, Release]) -> None:
    engine, release = placed
    checks = verify.verify(engine, browser=False).checks
    bad = [one for one in checks if one.outcome is CheckOutcome.FAILED and one.name != "api-latency"]
    assert bad == []
    assert verdicts(list(checks))["assets"] is CheckOutcome.PASSED
    assert next(one.detail for one in checks if one.name == "release") == release.id


def test_the_wrong_release_is_seen(placed: tuple[LocalEngine, Release]) -> None:
    engine, _ = placed
    checks = verify.run_checks(engine.address(), engine.environment.limits, release="0" * 12, browser_s=None)
    assert verdicts(checks)["release"] is CheckOutcome.FAILED


def test_pages_have_the_policy_the_service_would_send(placed: tuple[LocalEngine, Release]) -> None:
    from candlefish.service.assets import load_assets

    engine, release = placed
    for name, asset in load_assets(release.site).items():
        headers = get(engine.address(), f"/{name}").headers
        assert headers["content-security-policy"] == asset.policy, name
        assert headers["content-type"] == asset.media_type, name
        assert headers["cache-control"] == asset.cache_control, name


def test_an_address_that_asks_too_often_is_limited(placed: tuple[LocalEngine, Release]) -> None:
    """Many at once, so that it does not depend on how fast they are answered."""
    engine, _ = placed
    port = engine.environment.port
    connections = [
        http.client.HTTPConnection("127.0.0.1", port, source_address=("127.0.0.2", 0)) for _ in range(600)
    ]
    for connection in connections:
        connection.request("GET", "/health")
    answers = [connection.getresponse() for connection in connections]
    for connection in connections:
        connection.close()
    assert {answer.status for answer in answers} == {200, 429}
    assert all(answer.headers["Content-Security-Policy"] for answer in answers)


def test_an_entity_tag_is_asked_again(placed: tuple[LocalEngine, Release]) -> None:
    engine, _ = placed
    for coding in ("identity", "gzip", "br"):
        first = get(engine.address(), "/", accept_encoding=coding)
        again = get(engine.address(), "/", accept_encoding=coding, if_none_match=first.headers["etag"])
        assert again.status == 304
        assert again.headers["cache-control"] == "no-cache"


def test_the_commands(placed: tuple[LocalEngine, Release], tmp_path: Path) -> None:
    """The documented scripts, on an environment of their own file."""
    engine, release = placed
    there = where(engine, tmp_path, "[test.limits]\nlatency_max_ms = 5000\n")
    junit, plain = tmp_path / "verify.xml", tmp_path / "verify.json"
    done = run("scripts/verify-deployment.sh", *there, "--without-browser", "--junit", junit, "--json", plain)
    well = 0 if BROTLI.exists() else 2  # whether Brotli works cannot be told of an nginx without it
    assert done.returncode == well, done.stdout + done.stderr
    assert release.id in done.stdout
    assert 'failures="0"' in junit.read_text(encoding="utf-8")
    assert json.loads(plain.read_text(encoding="utf-8"))["status"] == well
    done = run("scripts/emergency-rollback.sh", *there, "--force")
    assert (done.returncode, "no release before" in done.stderr) == (3, True)
    done = run("scripts/emergency-rollback.sh", *there)
    assert done.returncode == 3
    done = run(*DEPLOY, *there, "--dist", DIST, "--dry-run")
    assert f"{release.id} is live already" in done.stdout


DEPLOY = (sys.executable, "-m", "candlefish", "deploy")


def where(engine: LocalEngine, tmp_path: Path, more: str) -> list[str]:
    """The options that name an environment, in a file of its own."""
    file, own = tmp_path / "environments.toml", engine.environment
    text = f'[test]\nengine = "local"\nroot = "{own.root}"\nport = {own.port}\n{more}'
    file.write_text(text, encoding="utf-8")
    return ["--environment", "test", "--environments", str(file)]


def run(*command: str | Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [str(word) for word in command], cwd=ROOT, capture_output=True, text=True, check=False
    )


LEAK = b"""
setInterval(() => (self.kept ??= []).push(new Uint8Array(400000).fill(1)), 100);
"""
FORGETS = b"""
{ const native = Storage.prototype.getItem;
  Storage.prototype.getItem = function (key) {
    const text = native.call(this, key);
    return key === "candlefish_memory" && text && !text.includes('"version"') ? null : text; }; }
"""


@pytest.mark.parametrize(
    ("migration", "reason"),
    [
        ("DELETE FROM memories;", "the release has no memory of a friend"),
        ("DROP TABLE sessions;", "lost rows: sessions"),
        ("CREATE TABLE more (a);", "the live release, after it, does not start"),
    ],
)
def test_a_migration_that_loses_or_cannot_go_back_never_touches_the_store(
    placed: tuple[LocalEngine, Release], tmp_path: Path, migration: str, reason: str
) -> None:
    engine, release = placed
    remembered = {"authorization": "Bearer a-friend-0123456789abcdef"}
    with closing(SiteClient(engine.address())) as site:
        site.ask("PUT", "/api/memory", {"trustLevel": 64, "lastInteraction": 1}, **remembered)
        sent_ms = time.time_ns() // 1_000_000
        site.ask("POST", "/api/analytics", batch(milestone(0, at_ms=sent_ms), now_ms=sent_ms))
    package = tmp_path / "candlefish"
    shutil.copytree(PACKAGE, package, ignore=shutil.ignore_patterns("__pycache__"))
    file = package / "service" / "store" / "sqlite_schema.py"
    text = file.read_text(encoding="utf-8")
    file.write_text(text.replace("(_FIRST,)", f"(_FIRST, {migration!r})"), encoding="utf-8")
    with pytest.raises(BrokenReleaseError, match=reason):
        deployed(engine, Sources(DIST, package, EXPERIMENTS))
    assert engine.state().live_release == release.id
    assert get(engine.address(), "/api/memory", **remembered).status == 200


LIMITS = "fps_min = 20\nlooks = 1\nlatency_max_ms = 5000\nmemory_max_mb = 60\n"
"""Of a machine that may be slow and busy; what is judged against the live release needs no such mercy."""


@pytest.mark.browser
@pytest.mark.slow
@pytest.mark.skipif(find_program() is None, reason="no Chromium is installed")
@pytest.mark.parametrize(
    ("edits", "reason"),
    [
        pytest.param({"/worker.js": SLOW}, "frame-rate: ", id="slow-frame"),
        pytest.param({"/worker.js": LEAK}, "leak: memory grows by", id="leak", marks=pytest.mark.long),
        pytest.param({"/stage.js": None}, "stage.js, which is not there", id="missing-asset"),
        pytest.param({"/candle-fish.js": FORGETS}, "remembers: the original shape", id="broken-migration"),
    ],
)
def test_a_bad_release_is_caught_by_a_browser(
    placed: tuple[LocalEngine, Release], tmp_path: Path, edits: dict[str, bytes | None], reason: str
) -> None:
    engine, _ = placed
    before = engine.state().live_release
    dist = changed(tmp_path, edits)
    done = run(*DEPLOY, *where(engine, tmp_path, f"browser_s = 6\n[test.limits]\n{LIMITS}"), "--dist", dist)
    assert done.returncode == 1, done.stdout + done.stderr
    assert reason in done.stderr
    assert engine.state().live_release == before
    assert engine.state().shares[Colour.BLUE] == 100
    assert get(engine.address(), "/health").status == 200


@pytest.mark.alone
@pytest.mark.browser
@pytest.mark.slow
@pytest.mark.skipif(find_program() is None, reason="no Chromium is installed")
def test_a_good_release_goes_live_and_back(placed: tuple[LocalEngine, Release], tmp_path: Path) -> None:
    engine, release = placed
    good = changed(tmp_path, {"/worker.js": b"// another build\n"})
    there = where(engine, tmp_path, f"browser_s = 6\nwatch_s = 0\n[test.limits]\n{LIMITS}")
    done = run(*DEPLOY, *there, "--dist", good)
    assert done.returncode == 0, done.stdout + done.stderr
    assert engine.state().history[1] == release.id
    done = run("scripts/emergency-rollback.sh", *there, "--force", "--without-browser")
    assert done.returncode == 0, done.stdout + done.stderr
    assert engine.state().live_release == release.id
