"""Health, metrics, configuration, access, CORS and the headers of every answer."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
from starlette.responses import PlainTextResponse

from candlefish.events import EVENTS
from candlefish.experiments.assignment import assign_all
from candlefish.experiments.definition import from_wire
from candlefish.service import experiments
from candlefish.service.experiments import load_experiments
from candlefish.service.jobs import check_guardrails
from candlefish.service.settings import Rate
from candlefish.service.store.base import StoreError
from tests.service.store_kinds import opened
from tests.service.visitors import (
    AS_ADMIN,
    NOW_MS,
    exposure,
    milestone,
    performance,
    running,
    start,
)

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from starlette.types import Receive, Scope, Send

    from tests.service.visitors import Service


@pytest.fixture
def service(tmp_path: Path) -> Iterator[Service]:
    with opened("sqlite", tmp_path) as store, running(store) as running_service:
        yield running_service


def test_health_says_what_it_depends_on(service: Service, monkeypatch: pytest.MonkeyPatch) -> None:
    answer = service.http.get("/health")
    assert (answer.status_code, answer.json()["status"]) == (200, "ok")
    assert answer.json()["checks"]["store"] == {"ok": True, "kind": "SQLiteStore"}

    def fail() -> None:
        raise StoreError("no disk")

    monkeypatch.setattr(service.state.store, "check", fail)
    answer = service.http.get("/health")
    assert (answer.status_code, answer.json()["checks"]["store"]["ok"]) == (503, False)
    assert "no disk" not in answer.text


def test_metrics_are_for_the_admin_and_count(service: Service) -> None:
    assert service.http.get("/metrics").status_code == 401
    service.send(milestone(0), {**milestone(1), "trust": 1e9})
    service.http.get("/api/nowhere/at/all")
    text = service.http.get("/metrics", headers=AS_ADMIN).text
    assert 'candlefish_events_total{result="accepted"} 1.0' in text
    assert 'candlefish_events_total{result="rejected"} 1.0' in text
    assert "candlefish_ingest_seconds_bucket" in text
    assert "nowhere" not in text


def test_the_configuration_deals_the_same_variants_in_the_browser(service: Service) -> None:
    answer = service.http.get("/api/ab-config")
    assert answer.headers["cache-control"] == "public, max-age=300"
    received = from_wire(answer.json())
    for number in range(500):
        unit = f"client-{number}"
        here, there = assign_all(load_experiments(), unit), assign_all(received, unit)
        assert {name: each.variant for name, each in here.items()} == {
            name: each.variant for name, each in there.items()
        }
    again = service.http.get("/api/ab-config", headers={"If-None-Match": answer.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")


def test_a_switch_changes_the_configuration_and_its_etag(service: Service) -> None:
    etag = service.http.get("/api/ab-config").headers["etag"]
    experiments.stop_variant(service.state.store, "trust_rate", "fast", "too fast", NOW_MS)
    service.state.refresh_experiments()
    answer = service.http.get("/api/ab-config", headers={"If-None-Match": etag})
    stopped = {each["name"]: each["stopped"] for each in answer.json()["experiments"]}
    assert stopped["trust_rate"] == ["fast"]
    assert stopped["visual_effects"] == []


@pytest.mark.parametrize("path", ["/api/overview", "/api/experiments", "/metrics"])
def test_admin_routes_need_the_token(service: Service, path: str) -> None:
    assert service.http.get(path).status_code == 401
    assert service.http.get(path, headers={"Authorization": "Bearer wrong"}).status_code == 401
    assert service.http.get(path, headers=AS_ADMIN).status_code == 200


def test_the_overview_counts_each_event_once(service: Service) -> None:
    service.send(
        start(0, load_ms=900),
        performance(1, 58),
        performance(2, 12, memory_mb=48),
        milestone(3),
        {"type": "mood_transition", "seq": 4, "at_ms": NOW_MS, "before": "shy", "after": "curious"}
        | {"reason": "it calmed down", "dwell_s": 4.5, "trust": 21},
        {"type": "error", "seq": 5, "at_ms": NOW_MS, "code": "ImportError", "where": "host", "fatal": True},
        {
            "type": "feeding_interaction",
            "seq": 6,
            "at_ms": NOW_MS,
            "x": 0.5,
            "y": 0,
            "eaten": True,
            "trust": 22,
        },
        {
            "type": "trust_level_change",
            "seq": 7,
            "at_ms": NOW_MS,
            "trust": 22,
            "change": 2,
            "cause": "feeding",
        },
        {"type": "session_end", "seq": 8, "at_ms": NOW_MS, "duration_s": 61, "interactions": 5}
        | {"trust": 30, "trust_gained": 10, "reason": "hidden"},
    )
    for _ in range(2):
        service.count()
    total = service.http.get("/api/overview?hours=1", headers=AS_ADMIN).json()["total"]
    assert (total["sessions"], total["errors"], total["interactions"]) == (1, 1, 6)
    assert (total["fps_median"], total["memory_max_mb"], total["load_ms"]) == (12.5, 48, 900)
    assert total["counts"]["moods_s"] == {"shy": 4.5}
    assert total["counts"]["devices"] == {"phone": 1}
    assert (total["trust_mean"], total["trust_gained_mean"], total["duration_mean_s"]) == (30, 10, 61)


def test_the_overview_asks_for_sensible_hours(service: Service) -> None:
    for hours in ("0", "-1", "x", "99999"):
        assert service.http.get(f"/api/overview?hours={hours}", headers=AS_ADMIN).status_code == 400


def test_experiments_are_analysed_from_what_was_sent(service: Service) -> None:
    for number in range(3):
        ids = {"client": f"client-{number:020}", "session": f"session-{number:020}"}
        variant = ("slow", "standard", "standard")[number]
        service.send(start(0), exposure(1, variant), milestone(2, name="comfortable", trust=50), **ids)
    service.count()
    trials = service.http.get("/api/experiments", headers=AS_ADMIN).json()["experiments"]
    trial = next(each for each in trials if each["experiment"] == "trust_rate")
    assert trial["counts"] == {"slow": 1, "standard": 2, "fast": 0}
    conversion = next(each for each in trial["findings"] if each["metric"] == "trust_milestone_50")
    assert (conversion["variant"], conversion["treatment"]) == ("slow", {"n": 1, "mean": 1.0})


def test_a_unit_seen_in_two_variants_is_left_out(service: Service) -> None:
    service.send(exposure(0, "slow"))
    service.count()
    service.send(exposure(1, "fast"))
    service.send(exposure(2, "unheard_of"), exposure(3, "x", "no_such_experiment"))
    service.count()
    trials = service.http.get("/api/experiments", headers=AS_ADMIN).json()["experiments"]
    trial = next(each for each in trials if each["experiment"] == "trust_rate")
    assert sum(trial["counts"].values()) == 0


def test_a_broken_guardrail_stops_its_variant_and_says_so(service: Service) -> None:
    for number in range(400):
        ids = {"client": f"client-{number:020}", "session": f"session-{number:020}"}
        variant, fps = ("standard", 60 - number % 3) if number % 2 else ("rich", 30 + number % 3)
        service.send(exposure(0, variant, "visual_effects"), performance(1, fps), **ids)
    service.count()
    check_guardrails(service.state)
    entry = next(entry for entry in service.logged() if entry["event"] == "guardrail")
    assert (entry["experiment"], entry["variant"]) == ("visual_effects", "rich")
    assert "fps differs from the control by -28" in entry["reason"]
    experiment = next(each for each in service.state.experiments if each.name == "visual_effects")
    assert experiment.stopped == {"rich"}
    check_guardrails(service.state)
    assert sum(entry["event"] == "guardrail" for entry in service.logged()) == 1


def test_unknown_routes_and_methods_are_json(service: Service) -> None:
    for path, method, status in (
        ("/api/none", "GET", 404),
        ("/api/memory", "PATCH", 405),
        ("/none", "GET", 404),
    ):
        answer = service.http.request(method, path)
        assert answer.status_code == status
        assert set(answer.json()) >= {"error", "message"}


def test_a_wrong_method_is_told_the_right_ones_also_beside_a_site(tmp_path: Path) -> None:
    async def nothing(scope: Scope, receive: Receive, send: Send) -> None:
        raise AssertionError("the site was asked")

    with opened("sqlite", tmp_path) as store, running(store, nothing) as service:
        for path, allowed in (
            ("/api/memory", "DELETE, GET, HEAD, PUT"),
            ("/api/analytics", "POST"),
            ("/metrics", "GET, HEAD"),
            ("/api/memory/pairing/X", "DELETE"),
        ):
            answer = service.http.request("PATCH", path)
            assert (answer.status_code, answer.headers["allow"]) == (405, allowed)
            assert answer.json()["error"] == "method"
        assert service.http.request("PATCH", "/api/none").status_code == 404


def test_every_answer_carries_the_security_headers(service: Service) -> None:
    for path in ("/health", "/api/ab-config", "/api/none", "/dashboard", "/dashboard.js", "/api/analytics"):
        headers = service.http.get(path).headers
        assert headers["x-content-type-options"] == "nosniff"
        assert "unsafe" not in headers["content-security-policy"]
        assert headers["referrer-policy"] == "no-referrer"


def test_only_named_sites_may_call_from_their_pages(service: Service) -> None:
    asked = {"Access-Control-Request-Method": "POST", "Access-Control-Request-Headers": "content-type"}
    for origin, allowed in (("https://shop.example", True), ("https://evil.example", False)):
        preflight = service.http.options("/api/analytics", headers={"Origin": origin, **asked})
        assert (preflight.status_code == 200) is allowed
        plain = service.http.get("/api/ab-config", headers={"Origin": origin})
        assert (plain.headers.get("access-control-allow-origin") == origin) is allowed


def test_addresses_are_limited_and_not_kept(tmp_path: Path) -> None:
    with opened("sqlite", tmp_path) as store, running(store, address_rate=Rate(0.1, 3)) as service:
        statuses = [service.http.get("/api/ab-config").status_code for _ in range(5)]
        assert statuses == [200, 200, 200, 429, 429]
        assert service.send(milestone()).status_code == 429


def test_the_description_names_every_route_and_every_event(service: Service) -> None:
    document = service.http.get("/api/openapi.json").json()
    text = json.dumps(document)
    assert all(f"Event_{name}" in text for name in EVENTS)
    for path, methods in document["paths"].items():
        for method in methods:
            status = service.http.request(method.upper(), path.replace("{code}", "X")).status_code
            assert status != 405, (path, method)
            assert str(status) in methods[method]["responses"], (path, method, status)


def test_a_site_is_served_beside_the_api(tmp_path: Path) -> None:
    with opened("sqlite", tmp_path) as store, running(store, PlainTextResponse("fish")) as service:
        assert service.http.get("/").text == "fish"
        assert service.http.get("/health").json()["status"] == "ok"
        assert service.http.get("/api/none").status_code == 404
