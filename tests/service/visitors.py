"""A service in this process, and visitors who talk to it."""

from __future__ import annotations

import io
import json
from contextlib import contextmanager
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from starlette.testclient import TestClient

from candlefish.service.app import create_app
from candlefish.service.app_state import AppState, Log
from candlefish.service.experiments import load_experiments
from candlefish.service.jobs import count
from candlefish.service.settings import Rate, Settings

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from starlette.types import ASGIApp

    from candlefish.service.store.base import Store

NOW_MS = 1_790_000_000_000
DAY_MS = 86_400_000
ADMIN = "admin-token-of-the-tests"
CLIENT = "client-0123456789abcdef"
SESSION = "session-0123456789abcdef"
VAULT = "vault-0123456789abcdef"
SETTINGS = Settings(
    secret=b"secret of the tests",
    admin_token=ADMIN,
    origins=("https://shop.example",),
    address_rate=Rate(10_000, 10_000),
    client_rate=Rate(10_000, 10_000),
    pairing_rate=Rate(10_000, 10_000),
)
AS_ADMIN = {"Authorization": f"Bearer {ADMIN}"}


class Clock:
    """A wall clock that moves only by its methods."""

    def __init__(self, now_ms: int = NOW_MS) -> None:
        self.now_ms = now_ms

    def __call__(self) -> int:
        return self.now_ms

    def advance(self, ms: int) -> None:
        self.now_ms += ms


class Service:
    """A running service: a client for it, its state, its clock, and what it logged."""

    def __init__(self, client: TestClient, state: AppState, clock: Clock, logged: io.StringIO) -> None:
        self.http, self.state, self.clock, self._logged = client, state, clock, logged

    def send(self, *events: dict[str, Any], **envelope: Any) -> Any:
        """Send a batch; returns the answer."""
        return self.http.post("/api/analytics", json=batch(*events, now_ms=self.clock(), **envelope))

    def logged(self) -> list[dict[str, Any]]:
        return [json.loads(line) for line in self._logged.getvalue().splitlines()]

    def count(self) -> None:
        """Count everything, as the service's own job does."""
        while count(self.state):
            pass


@contextmanager
def running(
    store: Store,
    site: ASGIApp | None = None,
    wrap: Callable[[ASGIApp], ASGIApp] = lambda app: app,
    **changes: Any,
) -> Iterator[Service]:
    """A service on a store, without its jobs: the tests say when they run."""
    clock, logged = Clock(), io.StringIO()
    settings = replace(SETTINGS, **changes)
    state = AppState(settings, store, load_experiments(), clock=clock, log=Log(clock, logged))
    with TestClient(wrap(create_app(state, site, jobs=False)), raise_server_exceptions=False) as client:
        yield Service(client, state, clock, logged)


def batch(*events: dict[str, Any], now_ms: int = NOW_MS, **envelope: Any) -> dict[str, Any]:
    head = {"v": 1, "client": CLIENT, "session": SESSION, "sent_ms": now_ms}
    return {**head, **envelope, "events": list(events)}


def milestone(seq: int = 0, **changes: Any) -> dict[str, Any]:
    event = {"type": "milestone", "seq": seq, "at_ms": NOW_MS, "name": "first_feed", "trust": 23.5}
    return {**event, **changes}


def start(seq: int = 0, **changes: Any) -> dict[str, Any]:
    return {
        "type": "session_start",
        "seq": seq,
        "at_ms": NOW_MS,
        "device": "phone",
        "effects": "standard",
        "complexity": "standard",
        "returning": False,
        "trust": 20,
        **changes,
    }


def exposure(seq: int, variant: str, experiment: str = "trust_rate", **changes: Any) -> dict[str, Any]:
    event = {"type": "exposure", "seq": seq, "at_ms": NOW_MS, "experiment": experiment, "variant": variant}
    return {**event, **changes}


def performance(seq: int, fps: float = 60, **changes: Any) -> dict[str, Any]:
    return {
        "type": "performance_metrics",
        "seq": seq,
        "at_ms": NOW_MS,
        "window_s": 10,
        "fps": fps,
        "frame_p99_ms": 17,
        "dropped": 0,
        "memory_mb": 40,
        "effects": "standard",
        **changes,
    }


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
