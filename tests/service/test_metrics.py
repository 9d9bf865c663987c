"""Prometheus metrics of visits: `/metrics`, and histograms."""

from __future__ import annotations

from typing import TYPE_CHECKING

from candlefish.service.metrics import Buckets
from tests.service.store_kinds import opened
from tests.service.visitors import AS_ADMIN, EVENTS, milestone, performance, running

if TYPE_CHECKING:
    from pathlib import Path


def test_every_kind_of_event_is_counted(tmp_path: Path) -> None:
    with opened("sqlite", tmp_path) as store, running(store) as service:
        assert service.send(*EVENTS).json()["accepted"] == len(EVENTS)
        text = service.http.get("/metrics", headers=AS_ADMIN).text
    for line in (
        'candlefish_visitor_fps_bucket{le="55.0"} 0.0',
        'candlefish_visitor_fps_bucket{le="58.0"} 1.0',
        "candlefish_visitor_fps_sum 58.0",
        "candlefish_visitor_memory_mb_sum 40.0",
        'candlefish_sessions_total{returning="false"} 1.0',
        'candlefish_visitor_errors_total{fatal="true"} 1.0',
        'candlefish_mood_seconds_total{mood="shy"} 12.5',
        'candlefish_feedings_total{eaten="true"} 1.0',
        'candlefish_session_trust_points_total{change="gained"} 40.0',
        'candlefish_session_trust_points_total{change="lost"} 0.0',
        "candlefish_session_seconds_sum 90.0",
        "candlefish_interactions_total 4.0",
        "candlefish_sessions_interactive_total 1.0",
        "candlefish_milestones_total 1.0",
    ):
        assert line in text.splitlines()


def test_what_is_refused_is_not_counted(tmp_path: Path) -> None:
    with opened("sqlite", tmp_path) as store, running(store) as service:
        service.send(performance(1, fps=-4), milestone(2))
        assert "candlefish_visitor_fps_count 0.0" in service.http.get("/metrics", headers=AS_ADMIN).text


def test_a_bucket_holds_its_bound_and_all_below() -> None:
    buckets = Buckets((10, 20))
    for value in (5, 10, 20, 21):
        buckets.add(value)
    counts = {s.labels.get("le"): s.value for s in buckets.family("x", "x").samples if s.name == "x_bucket"}
    assert counts == {"10.0": 2, "20.0": 3, "+Inf": 4}
