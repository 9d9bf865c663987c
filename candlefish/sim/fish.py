"""The fish's body: the spine that carries the swimming wave, and how a desired velocity becomes motion."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from candlefish.sim.anatomy import ANATOMY
from candlefish.sim.easing import approach, clamp, smoothstep, spring
from candlefish.sim.steering import Vector, inside, limited

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from candlefish.sim.anatomy import Anatomy, Gait

STATIONS = 24
"""Joints from the snout (0) to the root of the tail fin."""

ELEVATION = 0.42
"""How much of the depth shows as height: the viewer looks down on the fish by about 25°."""


def tail_beat_hz(lengths_s: float, gait: Gait = ANATOMY.gait) -> float:
    """Return the tail-beat frequency for a speed in body lengths a second.

    Bainbridge (1958), "The speed of swimming of fish as related to size and to the frequency and amplitude of
    the tail beat", Journal of Experimental Biology 35(1): U/L = ¾ f − 1, so f = (U/L + 1) · 4/3. The resting
    beat is slowed, for a fish that hangs in the water only sculls.
    """
    bainbridge_hz = (lengths_s + 1.0) * 4.0 / 3.0
    return gait.beat_rest_hz + bainbridge_hz * min(1.0, gait.beat_scull + lengths_s) * gait.beat_pace


class Spine:
    """A chain of joints: its angles and points.

    `points` is float64 (3, STATIONS): x to the right, y down, z towards the viewer, in body lengths from the
    middle of the body. `previous` is the same one step earlier, for interpolation.
    """

    def __init__(self, gait: Gait = ANATOMY.gait) -> None:
        """Make a straight spine."""
        self._gait = gait
        self.phase = 0.0
        self.amplitude = 0.1
        self.points: NDArray[np.float64] = np.zeros((3, STATIONS))
        self.previous: NDArray[np.float64] = np.zeros((3, STATIONS))
        self._yaw = np.zeros(STATIONS)
        self._pitch = np.zeros(STATIONS)
        along = np.linspace(0.0, 1.0, STATIONS)
        self._lag = -math.tau * gait.waves * along
        self._envelope = gait.sway + gait.sway_rise * along + gait.sway_tail * along * along
        self._bend = np.zeros(STATIONS)
        self._work = np.zeros(STATIONS)
        self._reach = gait.bend_most_rad * along
        self._ds = 1.0 / (STATIONS - 1)

    @property
    def yaw(self) -> NDArray[np.float64]:
        """Facing of each joint without the wave, rad, float64 (STATIONS,)."""
        return self._yaw

    def settle(self, yaw: float, pitch: float) -> None:
        """Put every joint at these angles at once."""
        self._yaw.fill(yaw)
        self._pitch.fill(pitch)
        self._place()
        np.copyto(self.previous, self.points)

    def update(
        self, yaw: float, pitch: float, yaw_speed: float, lengths_s: float, tension: float, dt_s: float
    ) -> None:
        """Follow the head's angles (rad) for `dt_s` seconds at a speed in body lengths a second."""
        np.copyto(self.previous, self.points)
        gait = self._gait
        self.phase = (self.phase + math.tau * tail_beat_hz(lengths_s, gait) * dt_s) % (math.tau * 1000)
        loose = gait.loose - gait.stiffening * tension
        wanted = loose * (
            gait.amplitude_rest
            + gait.amplitude_speed * min(1.0, lengths_s / gait.full_lengths_s)
            + gait.amplitude_turn * min(gait.turn_most_rad_s, abs(yaw_speed))
        )
        self.amplitude += (wanted - self.amplitude) * approach(gait.amplitude_tau_s, dt_s)
        self._follow(self._yaw, yaw, approach(gait.yaw_tau_s, dt_s))
        self._follow(self._pitch, pitch, approach(gait.pitch_tau_s, dt_s))
        self._place()

    def _follow(self, angles: NDArray[np.float64], head: float, share: float) -> None:
        """Let each joint relax towards the one before it, as it was a step ago."""
        np.subtract(angles[:-1], angles[1:], out=self._work[1:])
        self._work[1:] *= share
        angles[1:] += self._work[1:]
        angles[0] = head
        np.subtract(head, self._reach, out=self._work)
        np.maximum(angles, self._work, out=angles)
        np.add(head, self._reach, out=self._work)
        np.minimum(angles, self._work, out=angles)

    def _place(self) -> None:
        np.add(self._lag, self.phase, out=self._bend)
        np.sin(self._bend, out=self._bend)
        self._bend *= self._envelope
        self._bend *= self.amplitude
        self._bend += self._yaw
        x, y, z = self.points
        np.cos(self._pitch, out=self._work)
        self._work *= -self._ds
        np.cos(self._bend, out=x)
        x *= self._work
        np.sin(self._bend, out=z)
        z *= self._work
        np.sin(self._pitch, out=y)
        y *= -self._ds
        for axis in (x, y, z):
            axis[0] = 0.0
            np.cumsum(axis, out=axis)
            np.subtract(axis, axis[STATIONS // 2].copy(), out=axis)


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

    def __init__(self, x: float, y: float, length_px: float, anatomy: Anatomy = ANATOMY) -> None:
        """Hang still at a place, facing right."""
        self._anatomy, self._motion = anatomy, anatomy.motion
        self.x, self.y = x, y
        self.vx = self.vy = 0.0
        self.ax = self.ay = 0.0
        self.yaw = 0.25
        self.yaw_speed = 0.0
        self.pitch = self.pitch_speed = 0.0
        self.facing = 1.0
        self._turn_wanted_s = 0.0
        self.gaze_x, self.gaze_y = 1.0, 0.0
        self.mouth_open = 0.0
        self.length_px = length_px
        self.spine = Spine(anatomy.gait)
        self.spine.settle(self.yaw, self.pitch)

    @property
    def speed_px_s(self) -> float:
        """Speed of the body, px/s."""
        return math.hypot(self.vx, self.vy)

    @property
    def mouth_px(self) -> float:
        """Distance from the middle of the body to the mouth, CSS px."""
        return self._anatomy.body.mouth * self.length_px

    @property
    def mouth(self) -> Vector:
        """Place of the mouth, CSS px."""
        reach = self._anatomy.body.mouth * self.length_px
        return (
            self.x + reach * math.cos(self.yaw) * math.cos(self.pitch),
            self.y + reach * math.sin(self.pitch),
        )

    def swim(self, desired: Vector, look: Vector | None, agility: float, dt_s: float) -> None:
        """Advance `dt_s` seconds, accelerating to the velocity `desired`, facing along it or towards `look`.

        `agility` scales how hard the body can accelerate; the acceleration is eased, which bounds the jerk.
        """
        self._accelerate(desired, agility, dt_s)
        self._turn(desired, look, dt_s)

    def bend(self, tension: float, dt_s: float) -> None:
        """Let the spine follow for `dt_s` seconds: how the swimming shows."""
        lengths_s = self.speed_px_s / self.length_px
        self.spine.update(self.yaw, self.pitch, self.yaw_speed, lengths_s, tension, dt_s)

    def _accelerate(self, desired: Vector, agility: float, dt_s: float) -> None:
        motion = self._motion
        reach_s = motion.reach_s / agility
        size = max(motion.acceleration_least, self.length_px / motion.usual_px)
        limit = motion.acceleration_px_s2 * agility * size
        ax, ay = limited((desired[0] - self.vx) / reach_s, (desired[1] - self.vy) / reach_s, limit)
        share = approach(motion.effort_tau_s / agility, dt_s)
        self.ax += (ax - self.ax) * share
        self.ay += (ay - self.ay) * share
        self.vx += self.ax * dt_s
        self.vy += self.ay * dt_s
        self.x += self.vx * dt_s
        self.y += self.vy * dt_s

    def _turn(self, desired: Vector, look: Vector | None, dt_s: float) -> None:
        motion = self._motion
        wanted = self._desired_facing(desired, look)
        self._turn_wanted_s = self._turn_wanted_s + dt_s if wanted != self.facing else 0.0
        if self._turn_wanted_s > motion.turn_after_s:
            self.facing, self._turn_wanted_s = wanted, 0.0
        target = motion.facing_rad if self.facing > 0 else math.pi - motion.facing_rad
        self.yaw, self.yaw_speed = spring(self.yaw, self.yaw_speed, target, motion.turn_rad_s, dt_s)
        most = motion.climb_most_rad
        climb = clamp(math.atan2(self.vy, abs(self.vx) + motion.climb_px_s), -most, most)
        self.pitch, self.pitch_speed = spring(self.pitch, self.pitch_speed, climb, motion.climb_rad_s, dt_s)

    def _desired_facing(self, desired: Vector, look: Vector | None) -> float:
        motion = self._motion
        if abs(desired[0]) > motion.facing_px_s + motion.facing_climb * abs(desired[1]):
            return math.copysign(1.0, desired[0])
        if look is None or not abs(desired[0]) < motion.look_px_s:
            return self.facing
        aside = look[0] - self.x
        return math.copysign(1.0, aside) if abs(aside) > motion.look_lengths * self.length_px else self.facing

    def keep_inside(self, size: Vector) -> None:
        """Stop at the walls of a box of `size` px."""
        x, y = inside(
            (self.x, self.y),
            size,
            (self._motion.room_x * self.length_px, self._motion.room_y * self.length_px),
        )
        if x != self.x:
            self.x, self.vx, self.ax = x, 0.0, 0.0
        if y != self.y:
            self.y, self.vy, self.ay = y, 0.0, 0.0

    def look_at(self, look: Vector | None, dt_s: float) -> None:
        """Turn the eye towards a place, or ahead."""
        gaze = (self.facing, 0.0)
        if look is not None:
            mouth, full_px = self.mouth, self._motion.gaze_px
            gaze = limited((look[0] - mouth[0]) / full_px, (look[1] - mouth[1]) / full_px, 1.0)
        share = approach(self._motion.gaze_tau_s, dt_s)
        self.gaze_x += (gaze[0] - self.gaze_x) * share
        self.gaze_y += (gaze[1] - self.gaze_y) * share

    def gape(self, nearest_px: float) -> None:
        """Open the mouth for food this near, or shut it, for a step."""
        motion = self._motion
        distance = nearest_px / self.length_px
        wanted = 1.0 - smoothstep(motion.mouth_open_lengths, motion.mouth_shut_lengths, distance)
        self.mouth_open += (wanted - self.mouth_open) * motion.mouth_share
