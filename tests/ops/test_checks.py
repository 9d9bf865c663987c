"""Triggers, reports, environments, releases, notices: the parts that need no server of ours."""

from __future__ import annotations

import json
import threading
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import TYPE_CHECKING, Any, cast
from xml.etree import ElementTree as ET

import pytest

from candlefish.ops import edge, exposition
from candlefish.ops.checks import Check, Failed, Skipped, Unsure, Verdict, check
from candlefish.ops.engine import Figures
from candlefish.ops.environments import FILE, Limits, load_environment, read_environment
from candlefish.ops.errors import OpsError
from candlefish.ops.fish import Eyes, Seen
from candlefish.ops.notice import WEBHOOK, tell
from candlefish.ops.release import check_site, pack, read
from candlefish.ops.report import FAILED, PASSED, UNSURE, Report
from candlefish.ops.triggers import triggers
from tests.ops.places import sources

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

WELL = Figures(requests=1000, failed=0, fps=60, memory_mb=40, fatal=0, sessions=100)


@pytest.mark.parametrize(
    ("new", "reason"),
    [
        (WELL, None),
        (replace(WELL, failed=100), None),
        (replace(WELL, failed=101), "error rate 10.1 %"),
        (replace(WELL, requests=19, failed=19), None),
        (replace(WELL, fps=30.0), None),
        (replace(WELL, fps=29.0), "29 frames a second where 60 are usual"),
        (replace(WELL, fps=None, memory_mb=None), None),
        (replace(WELL, memory_mb=49.0), None),
        (replace(WELL, memory_mb=51.0), "hold 51 MB"),
        (replace(WELL, fatal=2), None),
        (replace(WELL, fatal=10), "gave up in 9 % of 110 visits"),
    ],
)
def test_what_ends_a_release(new: Figures, reason: str | None) -> None:
    found = triggers(replace(WELL, memory_mb=40), new, Limits())
    assert (not found) if reason is None else (len(found) == 1 and reason in found[0])


def test_a_live_release_that_is_slow_or_heavy_itself_is_no_reason() -> None:
    assert not triggers(replace(WELL, fps=40), replace(WELL, fps=25), Limits())
    assert not triggers(replace(WELL, memory_mb=52), replace(WELL, memory_mb=55), Limits())
    assert triggers(Figures(), replace(WELL, fps=25), Limits())


def raising(error: Exception) -> Callable[[], str]:
    def look() -> str:
        raise error

    return look


@pytest.mark.parametrize(
    ("look", "verdict", "found"),
    [
        (lambda: "fine", Verdict.PASSED, "fine"),
        (raising(Failed("bad")), Verdict.FAILED, "bad"),
        (raising(OpsError("no answer")), Verdict.FAILED, "no answer"),
        (raising(KeyError("checks")), Verdict.FAILED, "KeyError: 'checks'"),
        (raising(Unsure("noise")), Verdict.UNSURE, "noise"),
        (raising(Skipped("no TLS")), Verdict.SKIPPED, "no TLS"),
    ],
)
def test_a_check(look: Callable[[], str], verdict: Verdict, found: str) -> None:
    made = check("name", look)
    assert (made.verdict, made.found) == (verdict, found)


CHECKS = (
    Check("health", Verdict.PASSED, "well", 0.5),
    Check("frame-rate", Verdict.UNSURE, "busy <machine>"),
    Check("transport", Verdict.SKIPPED, "loopback"),
    Check("memory", Verdict.FAILED, "64 & 20"),
)


def test_a_report_for_people_programs_and_ci() -> None:
    report = Report("test", "http://127.0.0.1:1", CHECKS)
    assert report.status == FAILED
    assert "FAILED memory" in report.text()
    assert "1 passed, 1 failed, 1 can't tell, 1 skipped" in report.text()
    said = json.loads(report.json())
    assert [one["verdict"] for one in said["checks"]] == ["passed", "can't tell", "skipped", "failed"]
    suite = ET.fromstring(report.junit())
    counts = {name: suite.get(name) for name in ("tests", "failures", "errors", "skipped")}
    assert counts == {"tests": "4", "failures": "1", "errors": "1", "skipped": "1"}
    failure = suite.find("testcase[@name='memory']/failure")
    assert failure is not None
    assert failure.get("message") == "64 & 20"


def test_the_status_of_a_report() -> None:
    assert Report("test", "", CHECKS[:1]).status == PASSED
    assert Report("test", "", CHECKS[:3]).status == UNSURE


def test_the_projects_environments_can_be_read() -> None:
    for name in ("local", "staging", "production"):
        assert load_environment(name, FILE).name == name


@pytest.mark.parametrize(
    ("table", "message"),
    [
        ({"engine": "gcp", "root": "x"}, "engine is 'gcp'"),
        ({"root": "x", "steps_percent": [5, 50]}, "must rise to 100"),
        ({"root": "x", "steps_percent": [7, 100]}, "multiples of 5"),
        ({"root": "x", "prot": 8080}, "no field 'prot'"),
        ({"root": "x", "port": "80"}, "port: expected int"),
        ({"root": "x", "port": 80}, "port must be in"),
        ({"root": "x", "limits": {"fps": 3}}, "limits has no field 'fps'"),
        ({"root": "x", "limits": {"fps_min": True}}, "fps_min: expected float"),
        ({}, "needs a root"),
    ],
)
def test_an_environment_that_cannot_work_is_refused_by_name(table: dict[str, Any], message: str) -> None:
    with pytest.raises(OpsError, match=message):
        read_environment("test", table)


def test_an_unknown_environment_is_named_with_those_there_are() -> None:
    with pytest.raises(OpsError, match="no environment 'prod'; there are local, staging, production"):
        load_environment("prod", FILE)


def test_a_release_is_named_by_its_contents(tmp_path: Path) -> None:
    first = pack(sources(tmp_path / "a", "one"), tmp_path / "shelf")
    again = pack(sources(tmp_path / "b", "one"), tmp_path / "shelf")
    other = pack(sources(tmp_path / "a", "two"), tmp_path / "shelf")
    assert first.id == again.id != other.id
    assert read(first.directory).changed_files() == []


def test_configuration_and_code_are_part_of_a_release(tmp_path: Path) -> None:
    what = sources(tmp_path, "one")
    first = pack(what, tmp_path / "shelf")
    experiments = tmp_path / "experiments.toml"
    experiments.write_text(
        what.experiments_file.read_text(encoding="utf-8") + "\n# changed\n", encoding="utf-8"
    )
    assert pack(replace(what, experiments=experiments), tmp_path / "shelf").id != first.id
    (what.package / "more.py").touch()
    assert pack(what, tmp_path / "shelf").id != first.id


def test_equal_files_have_equal_times_and_changed_ones_others(tmp_path: Path) -> None:
    """nginx makes entity tags of a file's time and length."""
    one, two = (pack(sources(tmp_path, mark), tmp_path / "shelf").site for mark in ("one", "two"))
    assert (one / "candle-fish.js").stat().st_mtime == (two / "candle-fish.js").stat().st_mtime
    assert (one / "index.html").stat().st_size == (two / "index.html").stat().st_size
    assert (one / "index.html").stat().st_mtime != (two / "index.html").stat().st_mtime


@pytest.mark.parametrize("damage", ["remove", "change", "compressed"])
def test_a_site_that_is_not_whole_is_no_release(tmp_path: Path, damage: str) -> None:
    dist = sources(tmp_path, "one").dist
    file = dist / "app-0123456789ab" / "candle-fish.js"
    if damage == "change":
        file.write_text("changed", encoding="utf-8")
    else:
        (file if damage == "remove" else file.with_name(file.name + ".br")).unlink()
    with pytest.raises(OpsError, match=r"app-0123456789ab/candle-fish\.js missing or changed"):
        check_site(dist)


METRICS = """# HELP candlefish_fps fps
candlefish_fps_bucket{le="30.0"} 2.0
candlefish_fps_bucket{le="60.0"} 10.0
candlefish_fps_bucket{le="+Inf"} 10.0
candlefish_errors_total{fatal="true"} 3.0
candlefish_errors_total{fatal="false"} 4.0
"""


def test_reading_metrics() -> None:
    found = exposition.samples(METRICS)
    assert exposition.total(found, "candlefish_errors_total") == 7
    assert exposition.total(found, "candlefish_errors_total", 'fatal="true"') == 3
    median = exposition.median(found, "candlefish_fps")
    assert median is not None
    assert 40 < median < 43
    assert exposition.median(exposition.since(found, found), "candlefish_fps") is None
    assert (
        exposition.total(
            exposition.since({**found, 'candlefish_errors_total{fatal="true"}': 9}, found),
            "candlefish_errors_total",
            "true",
        )
        == 3
    )


def test_nobody_is_told_without_a_webhook(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(WEBHOOK, raising=False)
    assert "is not set" in tell("hello")
    monkeypatch.setenv(WEBHOOK, "http://hooks.example/secret")
    assert "secret" not in tell("hello")


@pytest.fixture
def webhook(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[Any]]:
    heard: list[Any] = []

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            heard.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
            self.send_response(200)
            self.end_headers()

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002
            pass

    with HTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.02,))
        thread.start()
        monkeypatch.setenv(WEBHOOK, f"http://127.0.0.1:{server.server_port}/secret")
        yield heard
        server.shutdown()
        thread.join()


def test_the_team_is_told(webhook: list[Any]) -> None:
    assert tell("it is live") == "the team was told (200)"
    assert webhook == [{"text": "it is live"}]


def test_a_webhook_that_fails_stops_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(WEBHOOK, "http://127.0.0.1:9/secret")
    assert tell("hello").startswith("nobody was told: ")
    assert "secret" not in tell("hello")


def test_the_edge_sends_what_the_service_sends() -> None:
    from candlefish.service.assets import ISOLATION

    assert ISOLATION.items() <= edge.HEADERS.items()
    assert set(edge.cloudfront()["headers"]) == set(edge.HEADERS)


@pytest.mark.parametrize(
    ("worker_ms", "verdict"), [(300.0, Verdict.FAILED), (9.0, Verdict.UNSURE), (None, Verdict.UNSURE)]
)
def test_a_busy_machine_excuses_no_frame_that_is_slow_by_itself(
    monkeypatch: pytest.MonkeyPatch, worker_ms: float | None, verdict: Verdict
) -> None:
    """Time on the clock says little there; the worker's own processor time a frame still tells."""
    seen = Seen(fps=3.0, memory_mb=40.0, leak_mb_min=0.0, worker_ms=worker_ms, foreign=0.6)
    monkeypatch.setattr(Eyes, "look", lambda *_arguments, **_options: seen)
    eyes = Eyes(cast("Any", None), Limits(fps_min=20.0), 1.0)
    found = check("frame-rate", lambda: eyes._draws("", None, [seen]))
    assert found.verdict is verdict
    assert ("300 ms of processor time" in found.found) == (verdict is Verdict.FAILED)
