"""The edge's rules agree with the service."""

from __future__ import annotations

from candlefish.ops import edge


def test_the_edge_sends_what_the_service_sends() -> None:
    from candlefish.service.assets import ISOLATION

    assert ISOLATION.items() <= edge.HEADERS.items()
    assert set(edge.cloudfront()["headers"]) == set(edge.HEADERS)
