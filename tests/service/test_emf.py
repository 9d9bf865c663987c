"""Metrics for CloudWatch, in embedded metric format."""

from __future__ import annotations

import json

from candlefish.service.decoding import decode_batch
from candlefish.service.emf import EmfMetrics
from tests.service.visitors import EVENTS, NOW_MS, batch, milestone


def test_cloudwatch_is_told_in_its_own_format() -> None:
    lines: list[str] = []
    decoded = decode_batch(json.dumps(batch(*EVENTS)).encode())
    visits = EmfMetrics("Candlefish/test", "7", lambda: NOW_MS, lines.append)
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
