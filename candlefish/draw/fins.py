"""Fins: fans of rays with a membrane, waving with the body."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from candlefish.draw.body import ELEVATION, Body

Points = NDArray[np.float64]

JOINTS = 8
"""Points of a ray, from its root to its tip."""

_REACH = np.linspace(0.0, 1.0, JOINTS)


@dataclass(frozen=True, slots=True)
class Fan:
    """The rays of one fin, float64 (rays, JOINTS, 2) px."""

    rays: Points

    def membrane(self, reach: float, fringe: float) -> Points:
        """Return the outline of the skin over the rays, up to `reach` 0…1 of them, (n, 2).

        `fringe` 0…1 is how far the edge falls back between two rays.
        """
        joints = max(2, round(reach * (JOINTS - 1)) + 1)
        rays = self.rays[:, :joints]
        tips = rays[:, -1]
        edge = np.empty((2 * len(tips) - 1, 2))
        edge[0::2] = tips
        roots = (rays[:-1, 0] + rays[1:, 0]) / 2
        edge[1::2] = (tips[:-1] + tips[1:]) / 2 * (1.0 - fringe) + roots * fringe
        return np.concatenate((rays[0, :-1], edge, rays[-1, -2::-1]))


def fan(
    roots: Points,
    directions: Points,
    lengths: NDArray[np.float64],
    phases: NDArray[np.float64],
    wave: tuple[float, float],
    curl: Points,
) -> Fan:
    """Return the rays from `roots` (n, 2) px along `directions` (n, 2), of `lengths` (n,) px.

    They wave sideways by `wave` (px at a tip), each at its own phase (n,), and bend by `curl` (n, 2) px at
    the tip.
    """
    reach = _REACH[None, :]
    sway = np.sin(phases[:, None] - 3.0 * reach) * reach**1.4
    rays = roots[:, None, :] + directions[:, None, :] * (lengths[:, None] * reach)[:, :, None]
    rays += sway[:, :, None] * np.array(wave)
    rays += curl[:, None, :] * (reach * reach)[:, :, None]
    return Fan(rays)


class Tail:
    """The tail fin: a veil of long rays, forked, like a flame in slow motion."""

    def __init__(self, rays: int) -> None:
        """Choose the number of rays."""
        self._angles = np.linspace(-1.0, 1.0, rays)
        self._lengths = 0.36 + 0.22 * np.abs(self._angles) ** 1.5
        self._ragged = 0.022 * np.sin(self._angles * 11.0)

    def shape(self, body: Body, spread: float, beat: float) -> Fan:
        """Return the fan for a spread 0…1 and a beat amplitude 0…1."""
        length = body.length_px
        angles = self._angles * (0.38 + 0.46 * spread)
        back, up = np.array(body.tail_back), np.array(body.tail_up)
        directions = np.cos(angles)[:, None] * back + np.sin(angles)[:, None] * up
        lengths = length * (self._lengths + self._ragged) * (0.76 + 0.36 * spread)
        roots = body.spine[-1] + up * (self._angles * 0.028 * length)[:, None]
        phases = body.phase - 5.4 - 0.7 * np.abs(self._angles) + 0.5 * self._angles
        sideways = (0.10 + 0.16 * beat) * length
        wave = 0.25 * sideways * body.facing, (ELEVATION + 0.12) * sideways
        curl = np.zeros((len(angles), 2))
        curl[...] = (self._angles * np.abs(self._angles) * -0.13 * length)[:, None] * up + back * (
            0.04 * length
        )
        return fan(roots, directions, lengths, phases, wave, curl)


class Edge:
    """A fin along the back or the belly, with rays swept back."""

    def __init__(self, start: float, end: float, rays: int, height: float, sweep: float, above: bool) -> None:
        """Place the root from `start` to `end` (0…1 along the body); `height` in body lengths."""
        self._along = np.linspace(start, end, rays)
        share = np.linspace(0.0, 1.0, rays)
        self._height = height * (np.sin(math.pi * (0.12 + 0.80 * share) ** 0.72) * 0.9 + 0.1)
        self._sweep = sweep
        self._above = above

    def shape(self, body: Body, spread: float, beat: float) -> Fan:
        """Return the fan for a spread 0…1 and a beat amplitude 0…1."""
        length = body.length_px
        line, sign = (body.back, 1.0) if self._above else (body.belly, -1.0)
        up = body.along(body.up, self._along) * sign
        roots = body.along(line, self._along) - up * (0.012 * length)
        back = np.array(body.tail_back)
        lean = self._sweep + 0.5 * (1.0 - spread)
        directions = (up + back * lean) / math.hypot(1.0, lean)
        phases = body.phase - 5.6 * self._along - 0.6
        sideways = (0.012 + 0.045 * beat) * length
        wave = 0.5 * sideways, 0.55 * sideways
        curl = back[None, :] * (0.30 * self._height * length)[:, None]
        return fan(roots, directions, self._height * length * (0.42 + 0.66 * spread), phases, wave, curl)


class Paddle:
    """A pectoral fin on the near flank: a small fan that sculls."""

    def __init__(self, along: float, height: float, rays: int, reach: float, droop: float) -> None:
        """Place the root on the flank; `reach` in body lengths, `droop` 0 back … 1 down."""
        self._root = np.array([along]), np.array([height])
        self._angles = np.linspace(-0.42, 0.42, rays)
        self._reach = reach * (1.0 - 0.35 * np.abs(np.linspace(-0.6, 1.0, rays)))
        self._droop = droop

    def shape(self, body: Body, spread: float, scull: float) -> Fan:
        """Return the fan for a spread 0…1 and a sculling stroke −1…1."""
        length = body.length_px
        root = body.at(*self._root)[0]
        back, down = np.array(body.tail_back), -np.array(body.tail_up)
        lean = self._droop + 0.32 * scull
        angles = self._angles * (0.6 + 0.6 * spread) + lean
        directions = np.cos(angles)[:, None] * back + np.sin(angles)[:, None] * down
        roots = np.repeat(root[None, :], len(angles), axis=0)
        phases = np.full(len(angles), 0.9 * body.phase) - 1.2 * self._angles
        wave = 0.0, 0.03 * length
        return fan(roots, directions, self._reach * length, phases, wave, np.zeros((len(angles), 2)))
