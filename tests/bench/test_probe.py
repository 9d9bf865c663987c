"""The display trace, from a recorded answer."""

from __future__ import annotations

from candlefish.bench.probe import displayed_ms


def test_displayed_frames_come_in_order() -> None:
    events = [
        {"name": "Display::FrameDisplayed", "ts": 33_000.0},
        {"name": "Other", "ts": 5_000.0},
        {"name": "Display::FrameDisplayed", "ts": 16_000.0},
    ]
    assert displayed_ms({"traceEvents": events}) == [16.0, 33.0]
