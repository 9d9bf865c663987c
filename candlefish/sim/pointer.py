"""The pointer's motion, perceived alike at any sampling rate."""

from __future__ import annotations

import math
from collections import deque
from dataclasses import dataclass

from candlefish.sim.easing import approach

LATENCY_S = 1.0 / 30.0
"""The pointer is perceived as it was this long ago, so that its path between two samples is known."""
SHORTEST_GAP_S = 1.0 / 30.0 - 1e-3
"""Samples closer together than this are passed over: of a path in whole pixels they would see the stairs."""
LONGEST_GAP_S = 0.05
"""Motion between two samples further apart than this is taken to have happened in this time, at its mean
speed: a pointer that sends nothing for so long rests."""
MOST_LEGS = 256
SMOOTH_TAU_S = 0.06
TURN_TAU_S = 1.5
SHORTEST_STROKE_PX = 6.0
LONGEST_STROKE_PX = 40.0


@dataclass(slots=True)
class _Leg:
    """The way from one sample to the next: when it is perceived, where it begins, how far it goes."""

    begin_s: float
    end_s: float
    x: float
    y: float
    dx: float
    dy: float
    felt: float
    """Share of its speed that is perceived."""
    done: float = 0.0


class Pointer:
    """Place (CSS px), velocity (px/s) and turns of the pointer.

    Samples are the corners of a path. The path is followed at its own times, a thirtieth of a second late, so
    that what is perceived does not depend on how often samples come: 30 or 1000 a second, one or five a step.

    Attributes:
        x, y: place; meaningless while `present` is false.
        speed_px_s: way a second along the path, smoothed.
        vx, vy: velocity, smoothed.
        reversals_hz: turns of more than 90° a second, smoothed: what tells wiggling from visiting.
        since_move_s: how long it has rested.
    """

    def __init__(self) -> None:
        """Nobody is here yet."""
        self.x = self.y = math.nan
        self.present = False
        self.speed_px_s = self.vx = self.vy = 0.0
        self.reversals_hz = 0.0
        self.since_move_s = math.inf
        self._corner = self._latest = (math.nan, math.nan, -math.inf)
        self._legs: deque[_Leg] = deque(maxlen=MOST_LEGS)
        self._stroke = (0.0, 0.0)

    def lose(self) -> None:
        """It is gone; where it comes back, it has not moved to."""
        self.present = False
        self._legs.clear()

    def move(self, x: float, y: float, at_s: float) -> None:
        """Take a sample: it is at this place at `at_s` world seconds."""
        if not self.present:
            self.present, self._stroke, self.since_move_s = True, (0.0, 0.0), 0.0
            self.x, self.y = x, y
            self._corner = self._latest = (x, y, at_s)
            return
        if x != self._latest[0] or y != self._latest[1]:
            self._latest = (x, y, at_s)
            if at_s - self._corner[2] >= SHORTEST_GAP_S:
                self._turn_corner()

    def _turn_corner(self) -> None:
        """Go on from the last corner to the latest sample."""
        (from_x, from_y, from_s), (x, y, at_s) = self._corner, self._latest
        gap_s = max(at_s - from_s, 1e-3)
        lasts_s = min(gap_s, LONGEST_GAP_S)
        begin_s = at_s + max(0.0, LATENCY_S - lasts_s)
        if self._legs:
            begin_s = max(begin_s, self._legs[-1].end_s)
        leg = _Leg(begin_s, begin_s + lasts_s, from_x, from_y, x - from_x, y - from_y, lasts_s / gap_s)
        self._legs.append(leg)
        self._corner = self._latest

    def update(self, now_s: float, dt_s: float) -> None:
        """Let `dt_s` seconds pass, up to `now_s`."""
        self.since_move_s += dt_s
        self.reversals_hz -= self.reversals_hz * approach(TURN_TAU_S, dt_s)
        if self._latest is not self._corner and now_s - self._latest[2] >= SHORTEST_GAP_S:
            self._turn_corner()
        dx = dy = way = 0.0
        while self._legs and self._legs[0].begin_s < now_s:
            leg = self._legs[0]
            reached = min(1.0, (now_s - leg.begin_s) / (leg.end_s - leg.begin_s))
            share = reached - leg.done
            leg.done = reached
            dx, dy = dx + leg.dx * share * leg.felt, dy + leg.dy * share * leg.felt
            way += math.hypot(leg.dx, leg.dy) * share * leg.felt
            self.x, self.y = leg.x + leg.dx * reached, leg.y + leg.dy * reached
            if reached < 1.0:
                break
            self._legs.popleft()
        share = approach(SMOOTH_TAU_S, dt_s)
        self.vx += (dx / dt_s - self.vx) * share
        self.vy += (dy / dt_s - self.vy) * share
        self.speed_px_s += (way / dt_s - self.speed_px_s) * share
        if way:
            self.since_move_s = 0.0
            self._count_turn(dx, dy)

    def _count_turn(self, dx: float, dy: float) -> None:
        """Count a reversal of the path: strokes of at least 6 px are compared, so jitter is none."""
        px, py = self._stroke
        if px * dx + py * dy < 0 and math.hypot(px, py) >= SHORTEST_STROKE_PX:
            self.reversals_hz += 1.0 / TURN_TAU_S
            self._stroke = (dx, dy)
        else:
            length = math.hypot(px + dx, py + dy)
            scale = min(1.0, LONGEST_STROKE_PX / length) if length else 1.0
            self._stroke = ((px + dx) * scale, (py + dy) * scale)
