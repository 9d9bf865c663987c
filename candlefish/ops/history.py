"""What was done to an environment, for people."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Sequence

    from candlefish.ops.engine import Standing


def text(standing: Standing, entries: Sequence[dict[str, Any]]) -> str:
    """How it stands, and a line for each thing that was done."""
    shares = ", ".join(
        f"{colour} {release} has {standing.shares[colour]} %" for colour, release in standing.releases.items()
    )
    return "\n".join(
        [
            f"live: {standing.live_release or 'nothing'} ({shares or 'nothing is placed'})",
            *map(_line, entries),
        ]
    )


def _line(entry: dict[str, Any]) -> str:
    at = datetime.fromtimestamp(entry["at_s"], UTC)
    known = {"at_s", "event", "release", "by"}
    more = " ".join(
        f"{name}={value}" for name, value in entry.items() if name not in known and value is not None
    )
    return f"{at:%Y-%m-%d %H:%M:%S} {entry['event']:10} {entry['release']} {more}".rstrip()
