"""What analytics hears of a fish's life: the world's events as events of the schema, checked.

The page numbers them, batches them and sends them (`web/beacon.js`); nothing here knows a network.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from candlefish.events.batch import check_event

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from candlefish.browser.study import Dealt, Study
    from candlefish.sim.inputs import InputKind
    from candlefish.sim.world import World, WorldEvent

METRICS_EVERY: Final = 6
"""Pulses from one performance event to the next; the first pulse is told at once."""
FED_LATELY_S: Final = 1.5
EARNED_AT_ONCE: Final = 6.0
"""More points in one step come from another device, not from the visitor here."""
DROPPED_HZ: Final = 60.0
_COUNTED: Final = frozenset({"DOWN", "FEED", "KEY"})

Report = dict[str, Any]


class Reporter:
    """Tells of one fish. `post` takes each message for the page."""

    def __init__(self, study: Study, dealt: Dealt, post: Callable[[Report], None]) -> None:
        self._study, self._dealt, self._post = study, dealt, post
        self._told = set(study.exposed)
        self._begun = False
        self._known = dealt.start.memory is not None
        self._began_trust = 0.0
        self._interactions = 0
        self._mood_at_s = self._fed_at_s = 0.0
        self._pulses = self._frames = self._dropped = 0
        self._window_ms = 0.0
        self._lost = 0
        self._offer = (0.5, 0.5)

    def dealt(self) -> Report:
        """What the page is to remember: the variants, and where the memory is kept."""
        variants = {each.experiment: each.variant.name for each in self._dealt.taken if each.counted}
        return {"type": "dealt", "variants": variants, "persistence": self._dealt.persistence}

    def hidden(self) -> None:
        """The page was hidden, which ends the session; the next frame begins another."""
        self._begun = False
        self._interactions = 0

    def did(self, kind: InputKind, x: float, y: float, world: World) -> None:
        """The visitor did something at a place, px."""
        if kind.name in _COUNTED:
            self._interactions += 1
        if kind.name == "FEED":
            self._offer = (_share(x, world.width_px), _share(y, world.height_px))

    def saw(self, events: Iterable[WorldEvent], world: World, epoch_ms: float) -> None:
        """A frame at `epoch_ms` brought these events."""
        found: list[Report] = []
        if not self._begun:
            found += self._begin(world)
        for event in events:
            found += self._told_of(event, world)
        if found:
            self._send(found, world, epoch_ms)

    def beat(self, pulse: Mapping[str, float], memory_mb: float, world: World, epoch_ms: float) -> None:
        """Hear the pulse; tell of it now and then."""
        found = self._missed(world)
        if self._pulses % METRICS_EVERY == 0 and pulse["frames"] > self._frames:
            found.append(self._metrics(pulse, memory_mb, epoch_ms))
        self._pulses += 1
        self._send(found, world, epoch_ms)

    def _begin(self, world: World) -> list[Report]:
        returning = self._known
        self._begun = self._known = True
        self._began_trust = world.mind.trust.value
        start = {
            "type": "session_start",
            "device": self._study.device,
            "effects": self._dealt.start.effects,
            "complexity": world.complexity,
            "returning": returning,
            "trust": round(world.mind.trust.value, 2),
            "seed": world.seed % 2**32,
        }
        exposures = self._dealt.exposures(self._told)
        self._told |= {(each["experiment"], each["variant"]) for each in exposures}
        return [start, *exposures]

    def _told_of(self, event: WorldEvent, world: World) -> list[Report]:
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
        if change > EARNED_AT_ONCE:
            return "other"
        return "feeding" if self._fed_at_s and at_s - self._fed_at_s <= FED_LATELY_S else "presence"

    def _missed(self, world: World) -> list[Report]:
        """Pieces that were not eaten in time, at the place of the last offer."""
        food, (x, y) = world.food, self._offer
        lost = food.offered - food.eaten - len(food.pieces)
        new, self._lost = max(0, lost - self._lost), lost
        missed = {"type": "feeding_interaction", "x": x, "y": y, "eaten": False}
        return [{**missed, "trust": round(world.mind.trust.value, 2)} for _ in range(new)]

    def _metrics(self, pulse: Mapping[str, float], memory_mb: float, epoch_ms: float) -> Report:
        frames, dropped = int(pulse["frames"]) - self._frames, int(pulse["dropped"]) - self._dropped
        self._frames, self._dropped = int(pulse["frames"]), int(pulse["dropped"])
        window_s = (epoch_ms - self._window_ms) / 1000.0 if self._window_ms else frames / DROPPED_HZ
        self._window_ms = epoch_ms
        return {
            "type": "performance_metrics",
            "window_s": round(min(window_s, 3600.0), 2),
            "fps": pulse["fps"],
            "frame_p99_ms": min(pulse["frame_p99_ms"], 60_000.0),
            "dropped": round(min(1.0, max(0, dropped) / frames), 4),
            "memory_mb": round(memory_mb, 2),
            "effects": self._dealt.start.effects,
        }

    def _send(self, found: list[Report], world: World, epoch_ms: float) -> None:
        stamped = [{**event, "seq": 0, "at_ms": int(epoch_ms)} for event in found]
        good = [event for event in stamped if check_event(event, epoch_ms) is None]
        closing = {
            "interactions": self._interactions,
            "trust": round(world.mind.trust.value, 2),
            "trust_gained": round(world.mind.trust.value - self._began_trust, 2),
        }
        self._post({"type": "report", "events": good, "closing": closing})


def _share(value_px: float, whole_px: float) -> float:
    return round(min(1.0, max(0.0, value_px / whole_px)), 3)
