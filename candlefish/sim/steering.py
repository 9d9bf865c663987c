"""Steering: pure functions from places (CSS px) to desired velocities (px/s).

After Reynolds (1999), "Steering behaviors for autonomous characters", Game Developers Conference.
"""

from __future__ import annotations

import math

from candlefish.sim.easing import clamp

Vector = tuple[float, float]


def limited(x: float, y: float, length: float) -> Vector:
    """Return the vector, shortened to `length` where it is longer."""
    size = math.hypot(x, y)
    if size <= length or size == 0.0:
        return x, y
    return x * length / size, y * length / size


def seek(place: Vector, target: Vector, speed: float) -> Vector:
    """Return the velocity straight to the target at full speed."""
    dx, dy = target[0] - place[0], target[1] - place[1]
    size = math.hypot(dx, dy)
    return (dx / size * speed, dy / size * speed) if size > 1e-9 else (0.0, 0.0)


def flee(place: Vector, danger: Vector, speed: float) -> Vector:
    """Return the velocity straight away from the danger (to the right when it is right here)."""
    away = seek(danger, place, speed)
    return away if away != (0.0, 0.0) else (speed, 0.0)


def arrive(place: Vector, target: Vector, speed: float, slow_radius: float) -> Vector:
    """Return the velocity to the target, slowing down inside `slow_radius`."""
    dx, dy = target[0] - place[0], target[1] - place[1]
    distance = math.hypot(dx, dy)
    if distance <= 1e-9:
        return 0.0, 0.0
    share = speed / max(distance, slow_radius)
    return dx * share, dy * share


def pursue(
    place: Vector, target: Vector, target_velocity: Vector, speed: float, slow_radius: float
) -> Vector:
    """Return the velocity to where the target will be when we get there (at most 0.6 s ahead)."""
    distance = math.hypot(target[0] - place[0], target[1] - place[1])
    ahead_s = min(0.6, distance / speed) if speed > 0 else 0.0
    future = target[0] + target_velocity[0] * ahead_s, target[1] + target_velocity[1] * ahead_s
    return arrive(place, future, speed, slow_radius)


def avoid_walls(place: Vector, desired: Vector, size: Vector, margin: Vector) -> Vector:
    """Return the desired velocity, bent away from a wall that is nearer than `margin`; outside, back in."""
    return (
        _off_wall(place[0], desired[0], size[0], margin[0]),
        _off_wall(place[1], desired[1], size[1], margin[1]),
    )


BRAKING_PER_S = 2.5
"""Towards a wall, no more than this many times the distance left to it, a second."""


def _off_wall(at: float, desired: float, size: float, margin: float) -> float:
    margin = min(margin, size * 0.45)
    before, after = at - 0.35 * margin, size - 0.35 * margin - at
    if desired < 0.0 and desired < -BRAKING_PER_S * before:
        desired = -BRAKING_PER_S * before if before > 0.0 else 0.0
    elif desired > 0.0 and desired > BRAKING_PER_S * after:
        desired = BRAKING_PER_S * after if after > 0.0 else 0.0
    if at < margin:
        return desired + 120.0 * (margin - at) / margin
    if at > size - margin:
        return desired - 120.0 * (at - size + margin) / margin
    return desired


def inside(place: Vector, size: Vector, margin: Vector) -> Vector:
    """Return the place, moved to at least `margin` from every wall (to the middle where there is no room)."""
    (x, y), (width, height), (mx, my) = place, size, margin
    if mx <= x <= width - mx and my <= y <= height - my:
        return place
    mx, my = min(mx, width / 2), min(my, height / 2)
    return clamp(x, mx, width - mx), clamp(y, my, height - my)
