"""Senses: inputs become percepts, all of them per second: the pointer's motion, gestures, presence."""

from __future__ import annotations

import math
from collections import deque
from dataclasses import dataclass
from typing import TYPE_CHECKING

from candlefish.sim.easing import approach, clamp, smoothstep
from candlefish.sim.inputs import Input, InputKind

if TYPE_CHECKING:
    from collections.abc import Iterable

    from candlefish.sim.steering import Vector

TAP_S = 0.4
"""A press that ends sooner is a tap; one that stays still for longer is a hold."""
SLOP_PX = 12.0
"""A press that moves further than this is a drag."""
DOUBLE_S = 0.45
DOUBLE_PX = 48.0
"""Two taps within this time and distance are a double tap."""


class Gestures:
    """Recognition of presses: tap, double tap, hold, drag, touch.

    Attributes:
        tapped, double_tapped, touched: whether that happened in this step. A touch is a press by a pointer
            that did not hover there before: a finger.
        holding: whether a press stays where it is. dragging: whether it moves about.
        since_tap_s: since the last tap.
    """

    def __init__(self) -> None:
        """Nothing is pressed."""
        self.tapped = self.double_tapped = self.touched = False
        self.holding = self.dragging = False
        self.since_tap_s = math.inf
        self._down: tuple[float, float, float] | None = None
        self._last_tap = (math.nan, math.nan, -math.inf)

    def clear(self, dt_s: float) -> None:
        """Begin a step of `dt_s` seconds."""
        self.tapped = self.double_tapped = self.touched = False
        self.since_tap_s += dt_s

    def press(self, x: float, y: float, at_s: float, *, hovered: bool) -> None:
        """The pointer goes down at a place (CSS px)."""
        self._down = (x, y, at_s)
        self.touched = self.touched or not hovered

    def move(self, x: float, y: float) -> None:
        """The pointer moves."""
        if self._down and math.hypot(x - self._down[0], y - self._down[1]) > SLOP_PX:
            self.dragging, self.holding = True, False

    def release(self, x: float, y: float, at_s: float) -> None:
        """The pointer goes up."""
        self.move(x, y)
        if self._down and not self.dragging and at_s - self._down[2] < TAP_S:
            self._tap(x, y, at_s)
        self.cancel()

    def cancel(self) -> None:
        """The press ends without meaning anything."""
        self._down = None
        self.holding = self.dragging = False

    def update(self, now_s: float) -> None:
        """Look at what is still pressed at `now_s`."""
        if self._down and not self.dragging:
            self.holding = now_s - self._down[2] >= TAP_S

    def _tap(self, x: float, y: float, at_s: float) -> None:
        last_x, last_y, last_s = self._last_tap
        self.tapped, self.since_tap_s = True, 0.0
        self._last_tap = (x, y, at_s)
        if at_s - last_s < DOUBLE_S and math.hypot(x - last_x, y - last_y) < DOUBLE_PX:
            self.double_tapped = True
            self._last_tap = (math.nan, math.nan, -math.inf)


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


NEVER_S = math.inf
STARTLE_PX_S = 1000.0
STARTLE_OVER_PX_S = 700.0
GENTLE_PX_S = 350.0
"""Up to this speed the pointer is gentle; the effect fades out towards twice as much."""
LIVELY_TAU_S = 1.6
CIRCLE_TAU_S = 2.5
SCROLLING_S = 0.2
TYPING_S = 0.4
"""Scrolling and typing last this long after each of their events, however often those come."""
AWAY_S = 30.0
"""Someone who has done nothing for this long has been away, and returns with the next input."""


class Senses:
    """The percepts of the visitor, and the times since they last changed.

    Attributes:
        pointer: the pointer's motion. gestures: what its presses mean.
        present_s: how long the pointer has been in the box without a break (0: it is not).
        lively: 0…1, gentle but lively movement, smoothed over two seconds.
        startle: 0…1, how much the pointer startles right now.
        gentleness: 0…1: here, moving now and then, slowly, without wiggling, and no fright of late.
        closing_px_s: how fast the pointer comes nearer to the fish; negative when it goes away.
        circling: 0…1, whether the pointer goes round and round.
        distance_px: from the pointer to the fish (`inf` when there is no pointer).
        away_s: how long the visitor had been away when they did the last thing. returned: whether that was
            now.
        blurred: whether the window was left in this step.
        pace: what this visitor's speeds are measured against; above 1 for one known to be quick.
    """

    def __init__(self, pace: float = 1.0) -> None:
        """Nobody is here yet."""
        self.pointer = Pointer()
        self.gestures = Gestures()
        self.pace = pace
        self.present_s = 0.0
        self.lively = 0.0
        self.startle = self.gentleness = 0.0
        self.closing_px_s = 0.0
        self.circling = 0.0
        self.distance_px = NEVER_S
        self.since_input_s = 0.0
        self.since_startle_s = self.since_scroll_s = self.since_key_s = NEVER_S
        self.away_s = 0.0
        self.returned = self.blurred = False
        self._heading = math.nan
        self._turned = 0.0

    @property
    def present(self) -> bool:
        """Whether the pointer is in the box."""
        return self.pointer.present

    @property
    def place(self) -> Vector | None:
        """Where the pointer is, CSS px."""
        return (self.pointer.x, self.pointer.y) if self.pointer.present else None

    def update(self, inputs: Iterable[Input], fish: Vector, now_s: float, dt_s: float) -> None:
        """Take in this step's inputs and let `dt_s` seconds pass; `fish` is where the fish is, CSS px."""
        self.returned = self.blurred = False
        self.gestures.clear(dt_s)
        self.since_input_s += dt_s
        self.since_startle_s += dt_s
        self.since_scroll_s += dt_s
        self.since_key_s += dt_s
        for item in inputs:
            self._notice(item)
        self.pointer.update(now_s, dt_s)
        self.gestures.update(now_s)
        self._relate(fish)
        self._follow(dt_s)
        self._feel_startle()
        self.gentleness = self._gentleness()

    def _notice(self, item: Input) -> None:
        kind = item.kind
        if kind in (InputKind.BLUR, InputKind.HIDE, InputKind.LEAVE):
            self.blurred = self.blurred or kind is not InputKind.LEAVE
            self._lose()
            return
        if self.since_input_s > AWAY_S:
            self.away_s, self.returned = self.since_input_s, True
        self.since_input_s = 0.0
        if kind is InputKind.SCROLL:
            self.since_scroll_s = 0.0
        elif kind is InputKind.KEY:
            self.since_key_s = 0.0
        elif kind in (InputKind.MOVE, InputKind.DOWN, InputKind.UP):
            self._point(item)

    def _point(self, item: Input) -> None:
        if item.kind is InputKind.DOWN:
            self.gestures.press(item.x, item.y, item.at_s, hovered=self.pointer.present)
        elif item.kind is InputKind.UP:
            self.gestures.release(item.x, item.y, item.at_s)
            if not self.pointer.present:
                return
        else:
            self.gestures.move(item.x, item.y)
        if not self.pointer.present:
            self.present_s = 0.0
        self.pointer.move(item.x, item.y, item.at_s)

    def _lose(self) -> None:
        self.pointer.lose()
        self.gestures.cancel()
        self.present_s, self._heading = 0.0, math.nan

    def _relate(self, fish: Vector) -> None:
        """How the pointer stands to the fish."""
        pointer = self.pointer
        if not pointer.present:
            self.distance_px, self.closing_px_s = NEVER_S, 0.0
            return
        dx, dy = fish[0] - pointer.x, fish[1] - pointer.y
        distance = math.hypot(dx, dy)
        self.distance_px = distance
        self.closing_px_s = (pointer.vx * dx + pointer.vy * dy) / max(distance, 40.0)

    def _follow(self, dt_s: float) -> None:
        pointer, pace = self.pointer, self.pace
        if pointer.present:
            self.present_s += dt_s
        speed = pointer.speed_px_s / pace
        livening = smoothstep(90.0, 220.0, speed) * (1.0 - smoothstep(750.0, 1000.0, speed))
        self.lively += (livening - self.lively) * approach(LIVELY_TAU_S, dt_s)
        self._turned -= self._turned * approach(CIRCLE_TAU_S, dt_s)
        if pointer.speed_px_s > 40.0:
            heading = math.atan2(pointer.vy, pointer.vx)
            turn = (heading - self._heading + math.pi) % math.tau - math.pi
            if abs(turn) < 1.0:
                self._turned += turn
            self._heading = heading
        self.circling = smoothstep(4.0, 7.0, abs(self._turned))

    def _feel_startle(self) -> None:
        speed = self.pointer.speed_px_s / self.pace
        if speed > (STARTLE_PX_S if self.startle == 0.0 else STARTLE_OVER_PX_S):
            self.startle = 0.4 + 0.6 * clamp(speed / STARTLE_PX_S - 1.0, 0.0, 1.0)
            self.since_startle_s = 0.0
        else:
            self.startle = 0.0

    def _gentleness(self) -> float:
        """Here, moving now and then, slowly, without wiggling or whirling, and no fright of late."""
        pointer = self.pointer
        if not pointer.present or pointer.since_move_s >= 5.0:
            return 0.0
        limit = GENTLE_PX_S * self.pace
        calm = 1.0 - smoothstep(limit, 2 * limit, pointer.speed_px_s)
        recent = 1.0 - smoothstep(2.0, 5.0, pointer.since_move_s)
        wiggle = max(smoothstep(0.6, 1.6, pointer.reversals_hz), smoothstep(5.0, 10.0, abs(self._turned)))
        settled = smoothstep(2.0, 5.0, self.since_startle_s) if self.since_startle_s < 5.0 else 1.0
        return calm * recent * (1.0 - 0.92 * wiggle) * settled
