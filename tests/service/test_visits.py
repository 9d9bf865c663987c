"""What monitoring is told of visitors: by `/metrics`, and by lines of a log on Lambda."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from candlefish.service.decoding import decode_batch
from candlefish.service.embedded import TellingVisits
from candlefish.service.visits import Buckets
from tests.service.store_kinds import opened
from tests.service.visitors import AS_ADMIN, NOW_MS, batch, milestone, performance, running, start

if TYPE_CHECKING:
    from pathlib import Path

END = {"type": "session_end", "seq": 2, "at_ms": NOW_MS, "duration_s": 90, "interactions": 4, "trust": 60,
       "trust_gained": 40, "reason": "hidden"}  # fmt: skip
MOOD = {"type": "mood_transition", "seq": 3, "at_ms": NOW_MS, "before": "shy", "after": "curious",
        "reason": "calm again", "dwell_s": 12.5, "trust": 30}  # fmt: skip
ERROR = {"type": "error", "seq": 4, "at_ms": NOW_MS, "code": "canvas.lost", "where": "stage", "fatal": True}
FED = {
    "type": "feeding_interaction",
    "seq": 5,
    "at_ms": NOW_MS,
    "x": 0.5,
    "y": 0.5,
    "eaten": True,
    "trust": 30,
}
EVENTS = (start(0), performance(1, fps=58), END, MOOD, ERROR, FED, milestone(6))


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
    found = {s.labels.get("le"): s.value for s in buckets.family("x", "x").samples if s.name == "x_bucket"}
    assert found == {"10.0": 2, "20.0": 3, "+Inf": 4}


def test_cloudwatch_is_told_in_its_own_format() -> None:
    lines: list[str] = []
    decoded = decode_batch(json.dumps(batch(*EVENTS)).encode())
    visits = TellingVisits("Candlefish/test", "7", lambda: NOW_MS, lines.append)
    visits.add(decoded.events)
    visits.add(decode_batch(json.dumps(batch(milestone(0))).encode()).events)
    assert len(lines) == 1
    said = json.loads(lines[0])
    directive = said["_aws"]["CloudWatchMetrics"][0]
    assert directive["Namespace"] == "Candlefish/test"
    assert (directive["Dimensions"], said["Version"]) == ([[], ["Version"]], "7")
    assert {one["Name"] for one in directive["Metrics"]} == {
        "Fps",
        "MemoryMb",
        "Sessions",
        "TrustGained",
        "Errors",
        "FatalErrors",
    }
    assert (said["Fps"], said["MemoryMb"], said["TrustGained"]) == ([58], [40], [40])
    assert "client" not in lines[0]
