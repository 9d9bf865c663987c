"""The progress on a terminal and elsewhere."""

from __future__ import annotations

from candlefish.bench.rounds import Progress


class Terminal:
    """A stream that may be a terminal."""

    def __init__(self, *, live: bool) -> None:
        self.live, self.text = live, ""

    def isatty(self) -> bool:
        return self.live

    def write(self, text: str) -> int:
        self.text += text
        return len(text)

    def flush(self) -> None:
        """Nothing waits."""


def test_progress() -> None:
    for live in (True, False):
        stream = Terminal(live=live)
        progress = Progress(stream)  # type: ignore[arg-type]
        progress.expect(90.0)
        progress.begin("round 1/2  idle", 45.0)
        progress.end("60.0 fps")
        progress.begin("round 2/2  idle", 45.0)
        assert "about 1 min 30 s to go" in stream.text
        assert "round 1/2  idle: 60.0 fps" in stream.text
        assert ("50%" in stream.text) == live
