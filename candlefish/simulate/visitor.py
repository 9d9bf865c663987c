"""The simulated visitor: a persona's acts become paths of the pointer, and inputs at their times."""

from __future__ import annotations

import math
from random import Random
from typing import TYPE_CHECKING, Protocol

from candlefish.sim.easing import clamp
from candlefish.sim.inputs import Input, InputKind
from candlefish.simulate.persona import DEEDS, Persona, PersonaAct

if TYPE_CHECKING:
    from collections.abc import Callable

    from candlefish.simulate.persona import Span

Place = tuple[float, float]
Path = "Callable[[float, Place], Place]"
"""From seconds since the act began and the fish's place to the pointer's. Asked in order of time."""

EDGE = 0.1
"""Share of the box at each side where a pointer does not wander."""


def draw(span: Span, random: Random) -> float:
    """Draw a number from a span."""
    return span[0] if span[0] == span[1] else random.uniform(*span)


def path_of(  # noqa: PLR0911  # one return for each act
    act: PersonaAct, start: Place, fish: Place, size: Place, random: Random
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

    def __init__(self, act: PersonaAct, start: Place, speed: float, size: Place, random: Random) -> None:
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
    act: PersonaAct, start: Place, fish: Place, size: Place, speed: float, random: Random
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


def _end(act: PersonaAct, start: Place, fish: Place, size: Place, random: Random) -> Place:
    if act.do == "approach":
        gap = math.dist(start, fish)
        return _between(start, fish, max(0.0, 1.0 - draw(act.distance_px, random) / gap)) if gap else start
    far = EDGE if fish[0] > size[0] / 2 else 1.0 - EDGE
    return far * size[0], (EDGE if fish[1] > size[1] / 2 else 1.0 - EDGE) * size[1]


def _between(a: Place, b: Place, share: float) -> Place:
    return a[0] + (b[0] - a[0]) * share, a[1] + (b[1] - a[1]) * share


SIZE_PX = (1280.0, 720.0)
SAMPLED_HZ = 60.0
TAP_S = 0.08
DOUBLE_TAP_S = 0.2
HOLD_S = 1.0
AWAY = frozenset({"leave", "blur"})
STILL = frozenset({"leave", "blur", "idle"})


class Located(Protocol):
    """A fish, as far as a visitor sees it."""

    @property
    def x(self) -> float:
        """From the left edge of the box, CSS px."""

    @property
    def y(self) -> float:
        """From its top edge."""


class InputTarget(Protocol):
    """The receiver of inputs: a world, or a page in a browser."""

    @property
    def fish(self) -> Located:
        """The fish there."""

    def push(self, item: Input) -> None:
        """Take an input."""


class SimulatedVisitor:
    """Plays a persona to a world, or to a page: call `act` once a frame.

    What is done depends on the seed and on where the fish is, never on how often the pointer is sampled:
    each act is a path in time, and taps, food and keys have times of their own.
    """

    def __init__(self, persona: Persona, seed: int, size: Place) -> None:
        """Start at the middle of the box; `seed` draws the values that the persona leaves open."""
        self._persona, self._size = persona, size
        self._random = Random(f"{seed}:{persona.name}")
        self._at: Place = (0.5 * size[0], 0.5 * size[1])
        self._index = -1
        self._act: PersonaAct | None = None
        self._began_s = self._ends_s = 0.0
        self._path: Callable[[float, Place], Place] = lambda _t, _fish: self._at
        self._due: dict[str, float] = {}
        self._pending: list[tuple[float, InputKind]] = []
        self._sent: Place | None = None
        self._done = False

    def start_at(self, now_s: float) -> None:
        """Begin at `now_s`, world seconds."""
        self._ends_s = now_s

    def act(self, world: InputTarget, until_s: float) -> None:
        """Do all that falls in the time up to `until_s` (world seconds), and sample the pointer there."""
        while not self._done and until_s >= self._ends_s:
            self._deeds(world, self._ends_s)
            self._next_act(world)
        self._deeds(world, until_s)
        if self._act is not None and self._act.do not in STILL:
            self._point(world, until_s)

    def _next_act(self, world: InputTarget) -> None:
        before, now_s = self._act, self._ends_s
        if before is not None:
            if before.do not in STILL:
                self._at = self._inside(self._path(now_s - self._began_s, (world.fish.x, world.fish.y)))
            self._finish(world, before, now_s)
        self._index += 1
        if self._index == len(self._persona.acts):
            self._index = 0
            if not self._persona.repeat:
                self._act, self._done = None, True
                return
        act = self._persona.acts[self._index]
        self._act, self._began_s = act, now_s
        self._ends_s = now_s + draw(act.for_s, self._random)
        self._path = path_of(act, self._at, (world.fish.x, world.fish.y), self._size, self._random)
        self._due = {
            deed: now_s + 0.5 * draw(span, self._random)
            for deed in DEEDS
            if (span := getattr(act, f"{deed}_every_s")) is not None
        }
        self._begin(world, act, before, now_s)

    def _begin(self, world: InputTarget, act: PersonaAct, before: PersonaAct | None, now_s: float) -> None:
        if act.do in AWAY:
            self._sent = None
            self._send(world, InputKind.LEAVE, now_s)
            if act.do == "blur":
                self._send(world, InputKind.BLUR, now_s)
        elif before is not None and before.do == "blur":
            self._send(world, InputKind.FOCUS, now_s)
        if act.drag or act.touch:
            self._at = self._inside(self._path(0.0, (world.fish.x, world.fish.y)))
            self._send(world, InputKind.DOWN, now_s)
            self._sent = self._at

    def _finish(self, world: InputTarget, act: PersonaAct, now_s: float) -> None:
        for _, kind in self._pending:
            self._send(world, kind, now_s)
        self._pending.clear()
        if act.drag or act.touch:
            self._send(world, InputKind.UP, now_s)
        if act.touch:
            self._sent = None
            self._send(world, InputKind.LEAVE, now_s)

    def _point(self, world: InputTarget, now_s: float) -> None:
        self._at = self._inside(self._path(now_s - self._began_s, (world.fish.x, world.fish.y)))
        if self._at != self._sent:
            self._sent = self._at
            self._send(world, InputKind.MOVE, now_s)

    def _inside(self, place: Place) -> Place:
        """A pointer outside the box would not be seen; on a screen it has whole pixels."""
        (x, y), (width, height) = place, self._size
        return float(round(clamp(x, 1.0, width - 1.0))), float(round(clamp(y, 1.0, height - 1.0)))

    def _deeds(self, world: InputTarget, until_s: float) -> None:
        """All deeds due up to then, in order of time."""
        while self._due or self._pending:
            deed = min(self._due, key=self._due.__getitem__, default=None)
            deed_s = self._due[deed] if deed else math.inf
            if self._pending and self._pending[0][0] <= min(deed_s, until_s):
                at_s, kind = self._pending.pop(0)
                self._send(world, kind, at_s)
            elif deed and deed_s <= until_s and deed_s < self._ends_s:
                self._do(world, deed, deed_s)
            else:
                return

    def _do(self, world: InputTarget, deed: str, at_s: float) -> None:
        act = self._act
        assert act is not None
        self._due[deed] = at_s + draw(getattr(act, f"{deed}_every_s"), self._random)
        if act.do not in STILL:
            self._at = self._inside(self._path(at_s - self._began_s, (world.fish.x, world.fish.y)))
        if deed in ("scroll", "key"):
            self._send(world, InputKind.SCROLL if deed == "scroll" else InputKind.KEY, at_s)
            return
        self._press(world, at_s, HOLD_S if deed == "hold" else TAP_S)
        if deed == "double_tap":
            again_s = at_s + DOUBLE_TAP_S
            self._pending += [(again_s, InputKind.DOWN), (again_s + TAP_S, InputKind.UP)]
        elif deed == "feed":
            self._pending.append((at_s + TAP_S, InputKind.FEED))
        self._pending.sort()

    def _press(self, world: InputTarget, at_s: float, for_s: float) -> None:
        self._sent = self._at
        self._send(world, InputKind.DOWN, at_s)
        self._pending.append((at_s + for_s, InputKind.UP))

    def _send(self, world: InputTarget, kind: InputKind, at_s: float) -> None:
        place = self._at if kind in (InputKind.MOVE, InputKind.DOWN, InputKind.UP, InputKind.FEED) else None
        x, y = place or (math.nan, math.nan)
        world.push(Input(kind, x, y, at_s))
