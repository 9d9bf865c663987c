"""Telemetry: the world's events as events of the analytics schema, checked.

The page numbers them, batches them and sends them (`web/connected/beacon.js`); nothing here knows a network.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from candlefish.events.batch import check_event

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from candlefish.browser.experiments import Participant, VisitorAssignment
    from candlefish.sim.inputs import InputKind
    from candlefish.sim.world import World, WorldEvent

METRICS_EVERY: Final = 6
"""Frame statistics from one performance event to the next; the first are reported at once."""
FED_RECENTLY_S: Final = 1.5
MOST_EARNED_AT_ONCE: Final = 6.0
"""More points in one step come from another device's memory."""
DROPPED_HZ: Final = 60.0
_COUNTED: Final = frozenset({"DOWN", "FEED", "KEY"})

Report = dict[str, Any]


class Telemetry:
    """Reports one session; `post` takes each message for the page."""

    def __init__(
        self, participant: Participant, assignment: VisitorAssignment, post: Callable[[Report], None]
    ) -> None:
        self._participant, self._assignment, self._post = participant, assignment, post
        self._exposed = set(participant.exposed)
        self._in_session = False
        self._returning = assignment.start.memory is not None
        self._start_trust = 0.0
        self._interactions = 0
        self._mood_at_s = self._fed_at_s = 0.0
        self._statistics = self._frames = self._dropped = 0
        self._window_ms = 0.0
        self._lost = 0
        self._offer = (0.5, 0.5)

    def assignment(self) -> Report:
        """Return the message with the variants and where the memory is kept, for the page to store."""
        variants = {each.experiment: each.variant.name for each in self._assignment.taken if each.counted}
        return {"type": "dealt", "variants": variants, "persistence": self._assignment.persistence}

    def end_session(self) -> None:
        """End the session: the page was hidden. The next frame begins another."""
        self._in_session = False
        self._interactions = 0

    def count_input(self, kind: InputKind, x: float, y: float, world: World) -> None:
        """Count an input of the visitor at a place, px."""
        if kind.name in _COUNTED:
            self._interactions += 1
        if kind.name == "FEED":
            self._offer = (_share(x, world.width_px), _share(y, world.height_px))

    def report_events(self, events: Iterable[WorldEvent], world: World, epoch_ms: float) -> None:
        """Report the events of a frame at `epoch_ms`."""
        reports: list[Report] = []
        if not self._in_session:
            reports += self._begin(world)
        for event in events:
            reports += self._events_of(event, world)
        if reports:
            self._send(reports, world, epoch_ms)

    def report_frames(
        self, stats: Mapping[str, float], memory_mb: float, world: World, epoch_ms: float
    ) -> None:
        """Take frame statistics; report every sixth of them, and food that was lost."""
        reports = self._missed(world)
        if self._statistics % METRICS_EVERY == 0 and stats["frames"] > self._frames:
            reports.append(self._metrics(stats, memory_mb, epoch_ms))
        self._statistics += 1
        self._send(reports, world, epoch_ms)

    def _begin(self, world: World) -> list[Report]:
        returning = self._returning
        self._in_session = self._returning = True
        self._start_trust = world.mind.trust.value
        start = {
            "type": "session_start",
            "device": self._participant.device,
            "effects": self._assignment.start.effects,
            "complexity": world.complexity,
            "returning": returning,
            "trust": round(world.mind.trust.value, 2),
            "seed": world.seed % 2**32,
        }
        exposures = self._assignment.exposures(self._exposed)
        self._exposed |= {(each["experiment"], each["variant"]) for each in exposures}
        return [start, *exposures]

    def _events_of(self, event: WorldEvent, world: World) -> list[Report]:
        detail, trust = event.detail, round(world.mind.trust.value, 2)
        match event.name:
            case "moodchange":
                dwell_s, self._mood_at_s = event.at_s - self._mood_at_s, event.at_s
                change = {"before": detail["from"], "after": detail["to"], "reason": detail["reason"]}
                dwell = {"dwell_s": round(max(0.0, dwell_s), 2), "trust": trust}
                return [{"type": "mood_transition", **change, **dwell}]
            case "trustchange":
                cause = self._cause(float(detail["change"]), event.at_s)
                kind = {"type": "trust_level_change", "cause": cause}
                return [{**kind, "trust": detail["trust"], "change": detail["change"]}]
            case "milestone":
                return [{"type": "milestone", "name": detail["name"], "trust": detail["trust"]}]
            case "fed":
                self._fed_at_s = event.at_s
                x = _share(float(detail["x"]), world.width_px)
                y = _share(float(detail["y"]), world.height_px)
                return [{"type": "feeding_interaction", "x": x, "y": y, "eaten": True, "trust": trust}]
        return []

    def _cause(self, change: float, at_s: float) -> str:
        if change < 0:
            return "startle"
        if change > MOST_EARNED_AT_ONCE:
            return "other"
        return "feeding" if self._fed_at_s and at_s - self._fed_at_s <= FED_RECENTLY_S else "presence"

    def _missed(self, world: World) -> list[Report]:
        """Events of pieces that were not eaten in time, at the place of the last offer."""
        food, (x, y) = world.food, self._offer
        lost = food.offered - food.eaten - len(food.pieces)
        new, self._lost = max(0, lost - self._lost), lost
        missed = {"type": "feeding_interaction", "x": x, "y": y, "eaten": False}
        return [{**missed, "trust": round(world.mind.trust.value, 2)} for _ in range(new)]

    def _metrics(self, stats: Mapping[str, float], memory_mb: float, epoch_ms: float) -> Report:
        frames, dropped = int(stats["frames"]) - self._frames, int(stats["dropped"]) - self._dropped
        self._frames, self._dropped = int(stats["frames"]), int(stats["dropped"])
        window_s = (epoch_ms - self._window_ms) / 1000.0 if self._window_ms else frames / DROPPED_HZ
        self._window_ms = epoch_ms
        return {
            "type": "performance_metrics",
            "window_s": round(min(window_s, 3600.0), 2),
            "fps": stats["fps"],
            "frame_p99_ms": min(stats["frame_p99_ms"], 60_000.0),
            "dropped": round(min(1.0, max(0, dropped) / frames), 4),
            "memory_mb": round(memory_mb, 2),
            "effects": self._assignment.start.effects,
        }

    def _send(self, reports: list[Report], world: World, epoch_ms: float) -> None:
        stamped = [{**event, "seq": 0, "at_ms": int(epoch_ms)} for event in reports]
        good = [event for event in stamped if check_event(event, epoch_ms) is None]
        closing = {
            "interactions": self._interactions,
            "trust": round(world.mind.trust.value, 2),
            "trust_gained": round(world.mind.trust.value - self._start_trust, 2),
        }
        self._post({"type": "report", "events": good, "closing": closing})


def _share(value_px: float, whole_px: float) -> float:
    return round(min(1.0, max(0.0, value_px / whole_px)), 3)
