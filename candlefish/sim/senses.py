"""What the fish notices: inputs turned into percepts, all of them per second."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from candlefish.sim.easing import approach, clamp, smoothstep
from candlefish.sim.gestures import Gestures
from candlefish.sim.inputs import Input, InputKind
from candlefish.sim.pointer import Pointer

if TYPE_CHECKING:
    from collections.abc import Iterable

    from candlefish.sim.steering import Vector

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
    """The visitor as the fish perceives them, and how long ago things happened.

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
