"""Fins: fans of rays with a membrane, waving with the body. All rays of the fish are bent at once."""

from __future__ import annotations

import math
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from candlefish.sim.anatomy import ANATOMY
from candlefish.sim.fish import ELEVATION

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from candlefish.draw.body import Body
    from candlefish.sim.anatomy import Anatomy, EdgeFin, Membrane, PectoralFin, TailFin

Points = NDArray[np.float64]
Numbers = NDArray[np.floating]

JOINTS = 8
"""Points of a ray, from its root to its tip."""

_REACH = np.linspace(0.0, 1.0, JOINTS)
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


def fins_of(anatomy: Anatomy, share: float = 1.0) -> tuple[Fin, ...]:
    """Return a creature's fins, the near pectoral fin last, with that share of their rays."""
    return (
        tail(anatomy.tail, _rays(anatomy.tail, share)),
        edge(anatomy.dorsal, _rays(anatomy.dorsal, share), above=True),
        edge(anatomy.anal, _rays(anatomy.anal, share), above=False),
        edge(anatomy.pelvic, _rays(anatomy.pelvic, share), above=False),
        pectoral(anatomy.pectoral),
    )


def _rays(fin: TailFin | EdgeFin, share: float) -> int:
    return max(fin.rays_least, round(fin.rays * share))


def tail(style: TailFin, rays: int) -> Fin:
    """Return the tail fin: a veil of long rays, forked, like a flame in slow motion."""
    angles = np.linspace(-1.0, 1.0, rays)
    outer = np.abs(angles)
    still, whole = np.zeros(rays), np.ones(rays)
    fork = style.length + style.fork * outer**style.fork_power
    return Fin(
        along=whole,
        height=still,
        depth=0.0,
        up_along=whole,
        up=1.0,
        angle=angles,
        spread=(style.spread, style.spread_mood),
        length=fork + style.ripple * np.sin(angles * style.ripples),
        grow=(style.grow, style.grow_mood),
        lift=style.root_lift * angles,
        phase=-style.phase_rad - style.phase_fork_rad * outer + style.phase_skew_rad * angles,
        pace=1.0,
        curl_back=np.full(rays, style.curl_back),
        curl_up=-style.curl_in * angles * outer,
        wave=(style.wave, style.wave_beat),
        wave_shares=(style.wave_across, ELEVATION + style.wave_down),
        lean=lambda _spread, _scull: 0.0,
    )


def edge(style: EdgeFin, rays: int, *, above: bool) -> Fin:
    """Return a fin along back or belly, with rays swept back."""
    along = np.linspace(style.root_from, style.root_to, rays)
    share = np.linspace(0.0, 1.0, rays)
    arch = np.sin(math.pi * (style.arch_from + style.arch_span * share) ** style.arch_power)
    lengths = style.height * (arch * style.arch + style.arch_base)
    sign = 1.0 if above else -1.0
    still = np.zeros(rays)
    sweep, folded = style.sweep, style.sweep_folded
    return Fin(
        along=along,
        height=np.full(rays, sign),
        depth=0.0,
        up_along=along,
        up=sign,
        angle=still,
        spread=(0.0, 0.0),
        length=lengths,
        grow=(style.grow, style.grow_mood),
        lift=np.full(rays, -style.root_sunk),
        phase=-style.phase_along_rad * along - style.phase_rad,
        pace=1.0,
        curl_back=style.curl_back * lengths,
        curl_up=still,
        wave=(style.wave, style.wave_beat),
        wave_shares=(style.wave_across, style.wave_down),
        lean=lambda spread, _scull: math.atan2(1.0, sweep + folded * (1.0 - spread)),
    )


def pectoral(style: PectoralFin) -> Fin:
    """Return the pectoral fin on the near flank: a small fan that sculls."""
    rays = style.rays
    angles = np.linspace(-style.fan_rad, style.fan_rad, rays)
    still = np.zeros(rays)
    droop, swing = style.droop_rad, style.scull_rad
    return Fin(
        along=np.full(rays, style.along),
        height=np.full(rays, style.height),
        depth=1.0,
        up_along=np.ones(rays),
        up=-1.0,
        angle=angles,
        spread=(style.spread, style.spread_mood),
        length=style.reach * (1.0 - style.taper * np.abs(np.linspace(style.taper_from, 1.0, rays))),
        grow=(1.0, 0.0),
        lift=still,
        phase=-style.phase_rad * angles,
        pace=style.pace,
        curl_back=still,
        curl_up=still,
        wave=(style.wave, 0.0),
        wave_shares=(0.0, 1.0),
        lean=lambda _spread, scull: droop + swing * scull,
    )


class Fins:
    """The rays of all given fins, one after the other.

    Attributes:
        rays: float64 (rays, JOINTS, 2) px, from root to tip.
    """

    def __init__(self, body: Body, fins: Sequence[Fin], membrane: Membrane = ANATOMY.membrane) -> None:
        """Mark the roots on `body`; arrays are allocated once."""
        self._lag = membrane.sway_rad * _REACH
        self._sway = _REACH**membrane.sway_power
        self._between = np.array([0.5 * membrane.fringe, 0.5 * (1.0 - membrane.fringe)])[None, :, None]
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
        sway = np.sin(phases[:, None] - self._lag)
        sway *= self._sway
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
        ends *= self._between
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
