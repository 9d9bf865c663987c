"""Where a pointer goes in an act: continuous functions of time, so that any sampling sees the same path."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable
    from random import Random

    from candlefish.simulate.persona import Act, Span

Place = tuple[float, float]
Path = "Callable[[float, Place], Place]"
"""From seconds since the act began and the fish's place to the pointer's. Asked in order of time."""

EDGE = 0.1
"""Share of the box at each side where a pointer does not wander."""


def draw(span: Span, random: Random) -> float:
    """Draw a number from a span."""
    return span[0] if span[0] == span[1] else random.uniform(*span)


def path_of(  # noqa: PLR0911  # one return for each act
    act: Act, start: Place, fish: Place, size: Place, random: Random
) -> Callable[[float, Place], Place]:
    """Return the path of an act that begins with the pointer at `start` and the fish at `fish` (CSS px)."""
    if act.at is not None:
        start = act.at[0] * size[0], act.at[1] * size[1]
    speed = draw(act.speed_px_s, random)
    if act.do == "wander":
        return _Wander(act, start, speed, size, random)
    if act.do == "circle":
        return _circle(act, start, fish, size, speed, random)
    if act.do == "wiggle":
        return _wiggle(start, draw(act.rate_hz, random), draw(act.reach_px, random))
    if act.do == "whip":
        return _whip(start, speed, size)
    if act.do == "follow":
        return _Follow(start, speed, draw(act.distance_px, random))
    if act.do in ("approach", "retreat"):
        return _walk(start, _end(act, start, fish, size, random), speed)
    sway = draw(act.sway_px, random) if act.do == "rest" else 0.0
    return lambda t, _: (start[0] + sway * math.sin(0.9 * t), start[1] + 0.5 * sway * math.sin(1.3 * t))


class _Wander:
    """Straight legs from place to place, each followed by a rest."""

    def __init__(self, act: Act, start: Place, speed: float, size: Place, random: Random) -> None:
        self._act, self._speed, self._size, self._random = act, speed, size, random
        self._from = self._to = start
        self._began_s = self._arrives_s = self._leaves_s = 0.0

    def __call__(self, t: float, _fish: Place) -> Place:
        while t >= self._leaves_s:
            self._set_out()
        share = 1.0
        if t < self._arrives_s:
            share = (t - self._began_s) / (self._arrives_s - self._began_s)
        return _between(self._from, self._to, share)

    def _set_out(self) -> None:
        random = self._random
        self._from, self._began_s = self._to, self._leaves_s
        self._to = tuple(random.uniform(EDGE, 1 - EDGE) * extent for extent in self._size)  # type: ignore[assignment]
        way = math.dist(self._from, self._to)
        self._arrives_s = self._began_s + max(0.01, way / self._speed)
        self._leaves_s = self._arrives_s + draw(self._act.pause_s, random)


class _Follow:
    """After the fish, at a distance, no faster than it can."""

    def __init__(self, start: Place, speed: float, distance: float) -> None:
        self._at, self._speed, self._distance, self._last_s = start, speed, distance, 0.0

    def __call__(self, t: float, fish: Place) -> Place:
        gap = math.dist(self._at, fish)
        step = min(max(0.0, gap - self._distance), self._speed * (t - self._last_s))
        self._last_s = t
        self._at = _between(self._at, fish, step / gap if gap else 0.0)
        return self._at


def _circle(
    act: Act, start: Place, fish: Place, size: Place, speed: float, random: Random
) -> Callable[[float, Place], Place]:
    radius = draw(act.radius_px, random)
    centres = {"here": start, "fish": fish, "middle": (size[0] / 2, size[1] / 2)}
    centre, turn = centres[act.around], random.choice((-1.0, 1.0)) * speed / radius
    phase = random.uniform(0.0, math.tau)
    return lambda t, _: (
        centre[0] + radius * math.cos(phase + turn * t),
        centre[1] + 0.75 * radius * math.sin(phase + turn * t),
    )


def _wiggle(start: Place, rate_hz: float, reach: float) -> Callable[[float, Place], Place]:
    return lambda t, _: (start[0] + reach * math.sin(math.tau * rate_hz * t), start[1])


def _whip(start: Place, speed: float, size: Place) -> Callable[[float, Place], Place]:
    low, high = EDGE * size[0], (1 - EDGE) * size[0]
    width = high - low
    begin = min(max(start[0], low), high) - low

    def at(t: float, _: Place) -> Place:
        lap = (begin + speed * t) % (2.0 * width)
        return low + min(lap, 2.0 * width - lap), size[1] * (0.5 + 0.25 * math.sin(1.1 * t))

    return at


def _walk(start: Place, end: Place, speed: float) -> Callable[[float, Place], Place]:
    way = max(0.01, math.dist(start, end))
    return lambda t, _: _between(start, end, min(1.0, t * speed / way))


def _end(act: Act, start: Place, fish: Place, size: Place, random: Random) -> Place:
    if act.do == "approach":
        gap = math.dist(start, fish)
        return _between(start, fish, max(0.0, 1.0 - draw(act.distance_px, random) / gap)) if gap else start
    far = EDGE if fish[0] > size[0] / 2 else 1.0 - EDGE
    return far * size[0], (EDGE if fish[1] > size[1] / 2 else 1.0 - EDGE) * size[1]


def _between(a: Place, b: Place, share: float) -> Place:
    return a[0] + (b[0] - a[0]) * share, a[1] + (b[1] - a[1]) * share
