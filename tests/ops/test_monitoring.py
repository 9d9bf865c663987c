"""Rules and dashboards hold what the project's documents say, and ask for what the service really exposes."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import tomllib
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from candlefish.ops import monitoring
from candlefish.ops.monitoring import growth, histogram_median, metric_total, read_samples
from candlefish.service.store.sqlite import SQLiteStore
from tests.service.visitors import AS_ADMIN, EVENTS, running

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).parents[2]
MONITORING = ROOT / "deploy" / "monitoring"
RULES = (MONITORING / "rules.yml").read_text(encoding="utf-8")
NAME = re.compile(r"\bcandlefish_\w+")


@pytest.fixture(scope="module")
def samples(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, float]]:
    """What the service tells after a visit."""
    store = SQLiteStore(tmp_path_factory.mktemp("told") / "store.sqlite3")
    with running(store) as service:
        service.send(*EVENTS)
        service.http.get("/health")
        yield read_samples(service.http.get("/metrics", headers=AS_ADMIN).text)
    store.close()


def known(samples: dict[str, float]) -> set[str]:
    return {key.partition("{")[0] for key in samples}


def test_every_query_of_the_dashboard_has_data(samples: dict[str, float]) -> None:
    for query in monitoring.queries():
        names = NAME.findall(query)
        assert names, query
        for name in names:
            assert name in known(samples), query
            assert metric_total(samples, name) > 0 or name in QUIET, query


QUIET = {"candlefish_live_clients", "candlefish_in_flight", "candlefish_dropped_share_total",
         "candlefish_visitor_load_seconds_bucket"}  # fmt: skip
"""Reported, and 0 after a visit without them."""


def test_every_rule_asks_for_what_is_reported(samples: dict[str, float]) -> None:
    names = set(NAME.findall(RULES))
    assert len(names) >= 6
    assert names <= known(samples)


def test_labels_that_queries_and_rules_choose_by_exist(samples: dict[str, float]) -> None:
    for name, label in re.findall(r'(candlefish_\w+)\{(\w+)=~?"', RULES):
        assert any(key.startswith(f"{name}{{") and f"{label}=" in key for key in samples), (name, label)
    for query in monitoring.queries():
        if match := re.search(r"sum by \((\w+)\) \(rate\((candlefish_\w+)\[", query):
            label, name = match.groups()
            assert any(key.startswith(f"{name}{{") and f"{label}=" in key for key in samples), query


def test_bounds_of_the_rules_are_bounds_of_the_histograms(samples: dict[str, float]) -> None:
    """Between two bounds a quantile is a guess."""
    for name, bound in re.findall(r"rate\((\w+)_bucket\[5m\]\)\)\) [<>] (\d+)", RULES):
        assert f'{name}_bucket{{le="{float(bound)}"}}' in samples


def test_the_dashboard_is_what_the_builder_writes() -> None:
    pytest.importorskip("grafana_foundation_sdk")
    written = (MONITORING / "grafana.json").read_text(encoding="utf-8")
    assert written == monitoring.dashboard(), (
        "write it anew: candlefish rules grafana > deploy/monitoring/grafana.json"
    )


def test_the_dashboard_has_every_panel_of_the_guide() -> None:
    board: dict[str, Any] = json.loads((MONITORING / "grafana.json").read_text(encoding="utf-8"))
    panels = {panel["title"]: panel for panel in board["panels"] if panel["type"] != "row"}
    for title in (
        "Frames a second", "Memory of pages", "Errors of pages",
        "Moods", "Trust a visit", "Interactions",
        "Batches answered, p95", "Store: a commit, p95", "Edge: cache hit rate",
    ):  # fmt: skip
        assert title in panels
    for panel in panels.values():
        assert panel["targets"]
        assert set(panel["gridPos"]) == {"h", "w", "x", "y"}


def test_alerts_and_pages_of_the_runbook_are_one_to_one() -> None:
    alerts = re.findall(r"- alert: ([\w-]+)", RULES)
    pages = re.findall(
        r"^## ([\w-]+)$", (ROOT / "docs" / "runbook.md").read_text(encoding="utf-8"), re.MULTILINE
    )
    assert alerts == pages
    for alert in alerts:
        assert f"runbook: docs/runbook.md#{alert}\n" in RULES


def test_every_alert_is_proven_to_fire_and_to_be_silent() -> None:
    text = (MONITORING / "rules.test.yml").read_text(encoding="utf-8")
    for alert in re.findall(r"- alert: ([\w-]+)", RULES):
        fires = re.findall(rf"alertname: {alert}\n\s+exp_alerts", text)
        silent = re.findall(rf"alertname: {alert} }}", text)
        assert fires, alert
        assert silent, alert


@pytest.mark.skipif(shutil.which("promtool") is None, reason="promtool is not installed")
@pytest.mark.parametrize("command", [("check", "rules", "rules.yml"), ("test", "rules", "rules.test.yml")])
def test_promtool_agrees(command: tuple[str, ...]) -> None:
    done = subprocess.run(["promtool", *command], cwd=MONITORING, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def test_the_builders_version_is_pinned() -> None:
    extras = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"][
        "optional-dependencies"
    ]
    assert any(one.startswith("grafana-foundation-sdk==") for one in extras["ops"])


METRICS = """# HELP candlefish_fps fps
candlefish_fps_bucket{le="30.0"} 2.0
candlefish_fps_bucket{le="60.0"} 10.0
candlefish_fps_bucket{le="+Inf"} 10.0
candlefish_errors_total{fatal="true"} 3.0
candlefish_errors_total{fatal="false"} 4.0
"""


def test_reading_metrics() -> None:
    samples = read_samples(METRICS)
    assert metric_total(samples, "candlefish_errors_total") == 7
    assert metric_total(samples, "candlefish_errors_total", 'fatal="true"') == 3
    median = histogram_median(samples, "candlefish_fps")
    assert median is not None
    assert 40 < median < 43
    assert histogram_median(growth(samples, samples), "candlefish_fps") is None
    assert (
        metric_total(
            growth({**samples, 'candlefish_errors_total{fatal="true"}': 9}, samples),
            "candlefish_errors_total",
            "true",
        )
        == 3
    )
