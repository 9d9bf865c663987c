"""Fins: fans of rays with a membrane, waving with the body. All rays of the fish are bent at once."""

from __future__ import annotations

import math
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from candlefish.draw.body import ELEVATION

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from candlefish.draw.body import Body

Points = NDArray[np.float64]
Numbers = NDArray[np.floating]

JOINTS = 8
"""Points of a ray, from its root to its tip."""
FRINGE = 0.10
"""How far the edge of the skin falls back between two rays, 0…1."""

_REACH = np.linspace(0.0, 1.0, JOINTS)
_SWAY = _REACH**1.4
_BETWEEN = np.array([0.5 * FRINGE, 0.5 * (1.0 - FRINGE)])[None, :, None]
_CURL = (_REACH * _REACH)[None, :, None]


@dataclass(frozen=True, slots=True)
class Fin:
    """How one fin is built. Arrays are (rays,); lengths in body lengths, angles in rad.

    A ray points `backwards · cos a + up · sin a`, where `a` is `angle` scaled by `spread` (constant, per unit
    of the mood's spread), and what `lean` says for that spread and the sculling stroke; it has `length`,
    scaled by `grow` as the angle by `spread`.

    Attributes:
        along, height: where on the body the rays have their roots. depth: 1 on the near flank, 0 in the
            middle.
        up_along: where on the body "up" is taken from. up: 1 to the back, −1 to the belly.
        lift: of each root along up.
        phase: of each ray's wave behind the body's; pace: how fast it goes, against the body's.
        curl_back, curl_up: how a tip is bent.
        wave: how far a tip waves when still, more at a full beat; wave_shares: of it across and down.
    """

    along: Numbers
    height: Numbers
    depth: float
    up_along: Numbers
    up: float
    angle: Numbers
    spread: tuple[float, float]
    length: Numbers
    grow: tuple[float, float]
    lift: Numbers
    phase: Numbers
    pace: float
    curl_back: Numbers
    curl_up: Numbers
    wave: tuple[float, float]
    wave_shares: tuple[float, float]
    lean: Callable[[float, float], float]


def tail(rays: int) -> Fin:
    """Return the tail fin: a veil of long rays, forked, like a flame in slow motion."""
    angles = np.linspace(-1.0, 1.0, rays)
    still, whole = np.zeros(rays), np.ones(rays)
    return Fin(
        along=whole,
        height=still,
        depth=0.0,
        up_along=whole,
        up=1.0,
        angle=angles,
        spread=(0.38, 0.46),
        length=0.36 + 0.22 * np.abs(angles) ** 1.5 + 0.022 * np.sin(angles * 11.0),
        grow=(0.76, 0.36),
        lift=0.028 * angles,
        phase=-5.4 - 0.7 * np.abs(angles) + 0.5 * angles,
        pace=1.0,
        curl_back=np.full(rays, 0.04),
        curl_up=-0.13 * angles * np.abs(angles),
        wave=(0.10, 0.16),
        wave_shares=(0.25, ELEVATION + 0.12),
        lean=lambda _spread, _scull: 0.0,
    )


def edge(start: float, end: float, rays: int, height: float, sweep: float, above: bool) -> Fin:
    """Return a fin along back or belly, its root from `start` to `end` (0…1), with rays swept back."""
    along = np.linspace(start, end, rays)
    share = np.linspace(0.0, 1.0, rays)
    lengths = height * (np.sin(math.pi * (0.12 + 0.80 * share) ** 0.72) * 0.9 + 0.1)
    sign = 1.0 if above else -1.0
    still = np.zeros(rays)
    return Fin(
        along=along,
        height=np.full(rays, sign),
        depth=0.0,
        up_along=along,
        up=sign,
        angle=still,
        spread=(0.0, 0.0),
        length=lengths,
        grow=(0.42, 0.66),
        lift=np.full(rays, -0.012),
        phase=-5.6 * along - 0.6,
        pace=1.0,
        curl_back=0.30 * lengths,
        curl_up=still,
        wave=(0.012, 0.045),
        wave_shares=(0.5, 0.55),
        lean=lambda spread, _scull: math.atan2(1.0, sweep + 0.5 * (1.0 - spread)),
    )


def paddle(along: float, height: float, rays: int, reach: float, droop: float) -> Fin:
    """Return a pectoral fin on the near flank: a small fan that sculls; `droop` 0 back … 1 down."""
    angles = np.linspace(-0.42, 0.42, rays)
    still = np.zeros(rays)
    return Fin(
        along=np.full(rays, along),
        height=np.full(rays, height),
        depth=1.0,
        up_along=np.ones(rays),
        up=-1.0,
        angle=angles,
        spread=(0.6, 0.6),
        length=reach * (1.0 - 0.35 * np.abs(np.linspace(-0.6, 1.0, rays))),
        grow=(1.0, 0.0),
        lift=still,
        phase=-1.2 * angles,
        pace=0.9,
        curl_back=still,
        curl_up=still,
        wave=(0.03, 0.0),
        wave_shares=(0.0, 1.0),
        lean=lambda _spread, scull: droop + 0.32 * scull,
    )


class Fins:
    """The rays of all given fins, one after the other.

    Attributes:
        rays: float64 (rays, JOINTS, 2) px, from root to tip.
    """

    def __init__(self, body: Body, fins: Sequence[Fin]) -> None:
        """Mark the roots on `body`; arrays are allocated once."""
        counts = [len(fin.along) for fin in fins]
        starts = np.concatenate(([0], np.cumsum(counts)))
        self._fins = tuple(fins)
        self._of = [slice(int(first), int(last)) for first, last in pairwise(starts)]
        roots = [body.mark(fin.along, fin.height, fin.depth) for fin in fins]
        ups = [body.mark(fin.up_along, np.zeros(len(fin.along)), 0.0) for fin in fins]
        self._roots = slice(roots[0].start, roots[-1].stop)
        self._ups = slice(ups[0].start, ups[-1].stop)
        self._whose = np.repeat(np.arange(len(fins)), counts)
        self._angle, self._length, self._phase = (
            np.concatenate([getattr(fin, name) for fin in fins]) for name in ("angle", "length", "phase")
        )
        self._lift, self._curl_back, self._curl_up = (
            np.concatenate([getattr(fin, name) for fin in fins])[:, None]
            for name in ("lift", "curl_back", "curl_up")
        )
        self._up = np.repeat([fin.up for fin in fins], counts)[:, None]
        self._pace = np.repeat([fin.pace for fin in fins], counts)
        self.rays: Points = np.zeros((len(self._whose), JOINTS, 2))
        self._starts, self._counts = starts[:-1], np.array(counts, np.float64)[:, None]
        outlines = [_outline(count) for count in counts]
        begins = np.concatenate(([0], np.cumsum([len(outline) for outline in outlines])))
        self._skins = [slice(int(first), int(last)) for first, last in pairwise(begins)]
        self._outline = np.concatenate(
            [outline + JOINTS * int(first) for outline, first in zip(outlines, self._starts, strict=True)]
        )
        self._pairs = _between(counts)
        self._skin: Points = np.zeros((len(self._outline), 2))
        self._middles: list[list[float]] = []
        self._reaches: list[float] = []
        self._falls = np.concatenate(
            [
                first + np.arange(JOINTS, JOINTS + 2 * (count - 1), 2)
                for first, count in zip(begins, counts, strict=False)
            ]
        )

    def shape(self, body: Body, spread: float, beat: float, scull: float) -> None:
        """Bend the rays for a spread 0…1, a beat amplitude 0…1 and a sculling stroke −1…1."""
        length, back = body.length_px, body.tail_back
        fan, lean, grow, wave = self._moods(spread, beat, scull)
        up = body.ups[self._ups] * self._up
        angles = self._angle * fan[self._whose] + lean[self._whose]
        directions = np.cos(angles)[:, None] * back + np.sin(angles)[:, None] * up
        directions *= (self._length * (grow * length)[self._whose])[:, None]
        curl = self._curl_back * back + self._curl_up * up
        curl *= length
        roots = up * (self._lift * length)
        roots += body.places[self._roots]
        phases = self._phase + self._pace * body.phase
        sway = np.sin(phases[:, None] - 3.0 * _REACH)
        sway *= _SWAY
        wave *= length
        wave[:, 0] *= body.facing * body.side
        rays = self.rays
        np.multiply(directions[:, None, :], _REACH[None, :, None], out=rays)
        rays += sway[:, :, None] * wave[self._whose][:, None, :]
        rays += curl[:, None, :] * _CURL
        rays += roots[:, None, :]
        self._cover()

    def _moods(self, spread: float, beat: float, scull: float) -> tuple[Numbers, Numbers, Numbers, Points]:
        """For each fin: how its angles are scaled and leant, its lengths scaled, and its tips' wave."""
        fan, lean, grow, wave = [], [], [], []
        for fin in self._fins:
            fan.append(fin.spread[0] + fin.spread[1] * spread)
            lean.append(fin.lean(spread, scull))
            grow.append(fin.grow[0] + fin.grow[1] * spread)
            sideways = fin.wave[0] + fin.wave[1] * beat
            wave.append((fin.wave_shares[0] * sideways, fin.wave_shares[1] * sideways))
        return np.array(fan), np.array(lean), np.array(grow), np.array(wave)

    def rays_of(self, which: slice) -> Points:
        """Return the rays of neighbouring fins, (rays, JOINTS, 2) px."""
        of = self._of[which]
        return self.rays[of[0].start : of[-1].stop]

    def skins(self, which: slice) -> Iterator[tuple[Points, tuple[float, float], float]]:
        """Yield of each fin the outline of its skin, (n, 2) px, the middle of its roots, its reach, px."""
        for at, (x, y), reach in zip(
            self._skins[which], self._middles[which], self._reaches[which], strict=True
        ):
            yield self._skin[at], (x, y), reach

    def _cover(self) -> None:
        """Lay the skins over the rays; between two tips they fall back a little."""
        rays = self.rays
        self._skin = rays.reshape(-1, 2)[self._outline]
        ends = rays[:-1, :: JOINTS - 1] + rays[1:, :: JOINTS - 1]
        ends *= _BETWEEN
        self._skin[self._falls] = (ends[:, 0] + ends[:, 1])[self._pairs]
        middles = np.add.reduceat(rays[:, 0], self._starts)
        middles /= self._counts
        away = rays[:, -1] - middles[self._whose]
        away *= away
        self._middles = middles.tolist()
        self._reaches = np.sqrt(np.maximum.reduceat(away[:, 0] + away[:, 1], self._starts)).tolist()


def _between(counts: Sequence[int]) -> NDArray[np.intp]:
    """Return the first of each two neighbouring rays of a fin."""
    last = np.cumsum(counts) - 1
    return np.setdiff1d(np.arange(last[-1] + 1), last)


def _outline(rays: int) -> NDArray[np.intp]:
    """Return where the points of a skin's outline lie among the points of its rays."""
    rim = JOINTS - 1
    ray = np.concatenate((np.zeros(rim, np.intp), np.repeat(np.arange(rays), 2)[:-1], np.full(rim, rays - 1)))
    joint = np.concatenate((np.arange(rim), np.full(2 * rays - 1, rim), np.arange(rim - 1, -1, -1)))
    outline: NDArray[np.intp] = ray * JOINTS + joint
    return outline
