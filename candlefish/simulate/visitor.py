"""A visitor at work: a persona's acts become inputs, at the times they happen."""

from __future__ import annotations

import math
from random import Random
from typing import TYPE_CHECKING

from candlefish.sim.easing import clamp
from candlefish.sim.inputs import Input, InputKind
from candlefish.simulate.motions import Place, draw, path_of
from candlefish.simulate.persona import DEEDS, Act, Persona

if TYPE_CHECKING:
    from collections.abc import Callable

    from candlefish.sim.world import World

SIZE_PX = (1280.0, 720.0)
SAMPLED_HZ = 60.0
TAP_S = 0.08
DOUBLE_TAP_S = 0.2
HOLD_S = 1.0
AWAY = frozenset({"leave", "blur"})
STILL = frozenset({"leave", "blur", "idle"})


class Actor:
    """Plays a persona to a world: call `act` once a frame.

    What is done depends on the seed and on where the fish is, never on how often the pointer is sampled:
    each act is a path in time, and taps, food and keys have times of their own.
    """

    def __init__(self, persona: Persona, seed: int, size: Place) -> None:
        """Come in at the middle of the box; `seed` draws what the persona leaves open."""
        self._persona, self._size = persona, size
        self._random = Random(f"{seed}:{persona.name}")
        self._at: Place = (0.5 * size[0], 0.5 * size[1])
        self._index = -1
        self._act: Act | None = None
        self._began_s = self._ends_s = 0.0
        self._path: Callable[[float, Place], Place] = lambda _t, _fish: self._at
        self._due: dict[str, float] = {}
        self._pending: list[tuple[float, InputKind]] = []
        self._sent: Place | None = None
        self._done = False

    def come_in(self, now_s: float) -> None:
        """Begin only now, world seconds."""
        self._ends_s = now_s

    def act(self, world: World, until_s: float) -> None:
        """Do all that falls in the time up to `until_s` (world seconds), and sample the pointer there."""
        while not self._done and until_s >= self._ends_s:
            self._deeds(world, self._ends_s)
            self._next_act(world)
        self._deeds(world, until_s)
        if self._act is not None and self._act.do not in STILL:
            self._point(world, until_s)

    def _next_act(self, world: World) -> None:
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

    def _begin(self, world: World, act: Act, before: Act | None, now_s: float) -> None:
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

    def _finish(self, world: World, act: Act, now_s: float) -> None:
        for _, kind in self._pending:
            self._send(world, kind, now_s)
        self._pending.clear()
        if act.drag or act.touch:
            self._send(world, InputKind.UP, now_s)
        if act.touch:
            self._sent = None
            self._send(world, InputKind.LEAVE, now_s)

    def _point(self, world: World, now_s: float) -> None:
        self._at = self._inside(self._path(now_s - self._began_s, (world.fish.x, world.fish.y)))
        if self._at != self._sent:
            self._sent = self._at
            self._send(world, InputKind.MOVE, now_s)

    def _inside(self, place: Place) -> Place:
        """A pointer outside the box would not be seen; on a screen it has whole pixels."""
        (x, y), (width, height) = place, self._size
        return float(round(clamp(x, 1.0, width - 1.0))), float(round(clamp(y, 1.0, height - 1.0)))

    def _deeds(self, world: World, until_s: float) -> None:
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

    def _do(self, world: World, deed: str, at_s: float) -> None:
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

    def _press(self, world: World, at_s: float, for_s: float) -> None:
        self._sent = self._at
        self._send(world, InputKind.DOWN, at_s)
        self._pending.append((at_s + for_s, InputKind.UP))

    def _send(self, world: World, kind: InputKind, at_s: float) -> None:
        place = self._at if kind in (InputKind.MOVE, InputKind.DOWN, InputKind.UP, InputKind.FEED) else None
        x, y = place or (math.nan, math.nan)
        world.push(Input(kind, x, y, at_s))
