"""The fish's body as a mover: place, velocity, facing, gaze; and how a wish to swim becomes motion."""

from __future__ import annotations

import math

from candlefish.sim.easing import approach, clamp, spring
from candlefish.sim.spine import Spine
from candlefish.sim.steering import Vector, inside, limited

MOUTH = 0.46
"""Distance from the middle of the body to the mouth, in body lengths."""


WIDTH_SHARE = 0.34
HEIGHT_SHARE = 0.38
"""The body is at most this share of the box's width and height long."""


def length_for(width_px: float, height_px: float) -> float:
    """Return the body length that suits a box, CSS px. A plain minimum, so that the SVG can have the same."""
    return min(WIDTH_SHARE * width_px, HEIGHT_SHARE * height_px)


class Fish:
    """The moving body.

    Attributes:
        x, y: middle of the body, CSS px. vx, vy: its velocity, px/s.
        yaw: facing in rad, 0 to the right, π to the left; it turns by way of the viewer (π/2).
        pitch: rad, positive nose down.
        gaze_x, gaze_y: where the eye looks, −1…1 in each direction.
        length_px: body length without the tail fin.
        mouth_open: 0…1.
    """

    def __init__(self, x: float, y: float, length_px: float) -> None:
        """Hang still at a place, facing right."""
        self.x, self.y = x, y
        self.vx = self.vy = 0.0
        self.ax = self.ay = 0.0
        self.yaw = 0.25
        self.yaw_speed = 0.0
        self.pitch = self.pitch_speed = 0.0
        self.facing = 1.0
        self._turn_wish_s = 0.0
        self.gaze_x, self.gaze_y = 1.0, 0.0
        self.mouth_open = 0.0
        self.length_px = length_px
        self.spine = Spine()
        self.spine.settle(self.yaw, self.pitch)

    @property
    def speed_px_s(self) -> float:
        """Speed of the body, px/s."""
        return math.hypot(self.vx, self.vy)

    @property
    def mouth(self) -> Vector:
        """Place of the mouth, CSS px."""
        reach = MOUTH * self.length_px
        return (
            self.x + reach * math.cos(self.yaw) * math.cos(self.pitch),
            self.y + reach * math.sin(self.pitch),
        )

    def swim(self, wish: Vector, look: Vector | None, agility: float, dt_s: float) -> None:
        """Advance `dt_s` seconds, trying to have the velocity `wish`, facing along it or towards `look`.

        `agility` scales how hard the body can accelerate; the acceleration is eased, which bounds the jerk.
        """
        self._accelerate(wish, agility, dt_s)
        self._turn(wish, look, dt_s)

    def bend(self, tension: float, dt_s: float) -> None:
        """Let the spine follow for `dt_s` seconds: how the swimming shows."""
        lengths_s = self.speed_px_s / self.length_px
        self.spine.update(self.yaw, self.pitch, self.yaw_speed, lengths_s, tension, dt_s)

    def _accelerate(self, wish: Vector, agility: float, dt_s: float) -> None:
        reach_s = 0.28 / agility
        limit = 1100.0 * agility * max(0.35, self.length_px / 260.0)
        ax, ay = limited((wish[0] - self.vx) / reach_s, (wish[1] - self.vy) / reach_s, limit)
        share = approach(0.09 / agility, dt_s)
        self.ax += (ax - self.ax) * share
        self.ay += (ay - self.ay) * share
        self.vx += self.ax * dt_s
        self.vy += self.ay * dt_s
        self.x += self.vx * dt_s
        self.y += self.vy * dt_s

    def _turn(self, wish: Vector, look: Vector | None, dt_s: float) -> None:
        wanted = self._wanted_facing(wish, look)
        self._turn_wish_s = self._turn_wish_s + dt_s if wanted != self.facing else 0.0
        if self._turn_wish_s > 0.12:
            self.facing, self._turn_wish_s = wanted, 0.0
        target = 0.22 if self.facing > 0 else math.pi - 0.22
        self.yaw, self.yaw_speed = spring(self.yaw, self.yaw_speed, target, 8.0, dt_s)
        climb = clamp(math.atan2(self.vy, abs(self.vx) + 60.0), -0.6, 0.6)
        self.pitch, self.pitch_speed = spring(self.pitch, self.pitch_speed, climb, 5.0, dt_s)

    def _wanted_facing(self, wish: Vector, look: Vector | None) -> float:
        if abs(wish[0]) > 30.0 + 0.25 * abs(wish[1]):
            return math.copysign(1.0, wish[0])
        if look is not None and abs(look[0] - self.x) > 0.35 * self.length_px and abs(wish[0]) < 20.0:
            return math.copysign(1.0, look[0] - self.x)
        return self.facing

    def keep_inside(self, size: Vector) -> None:
        """Stop at the walls of a box of `size` px."""
        x, y = inside((self.x, self.y), size, (0.2 * self.length_px, 0.1 * self.length_px))
        if x != self.x:
            self.x, self.vx, self.ax = x, 0.0, 0.0
        if y != self.y:
            self.y, self.vy, self.ay = y, 0.0, 0.0

    def look_at(self, look: Vector | None, dt_s: float) -> None:
        """Turn the eye towards a place, or ahead."""
        gaze = (self.facing, 0.0)
        if look is not None:
            mouth = self.mouth
            gaze = limited((look[0] - mouth[0]) / 120.0, (look[1] - mouth[1]) / 120.0, 1.0)
        share = approach(0.12, dt_s)
        self.gaze_x += (gaze[0] - self.gaze_x) * share
        self.gaze_y += (gaze[1] - self.gaze_y) * share
