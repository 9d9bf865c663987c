"""The fish's body in the plane of the picture: its spine projected, its surface as (along, up) → px."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from candlefish.sim.anatomy import ANATOMY
from candlefish.sim.clock import STEP_S
from candlefish.sim.fish import ELEVATION, STATIONS

if TYPE_CHECKING:
    from candlefish.sim.anatomy import Anatomy
    from candlefish.sim.world import World

Points = NDArray[np.float64]
Numbers = NDArray[np.floating]

_ALONG = np.linspace(0.0, 1.0, STATIONS)
_SECTIONS = np.array([1, 3, 6, 9, 13])
_AROUND = np.linspace(0.0, math.tau, 16, endpoint=False)[:, None]
_COS, _SIN = np.cos(_AROUND), np.sin(_AROUND)
_FLANK_SEEN = 0.35
"""Seen more from the front than this (cosine of the yaw), the flank's marks move to the middle plane."""


class Body:
    """Geometry of one frame. Arrays are float64 (STATIONS, 2), CSS px, from snout to tail root.

    Whatever is drawn on the body is marked once, and all marks are placed at once, by one interpolation.

    Attributes:
        spine: the middle line. up: unit vector to the back, projected. across: to the left flank.
        near: to the viewer's flank; nothing where the body changes sides, so that no mark jumps.
        back: the ridge of the back. belly: the keel.
        edges: the two edges of what is seen, (2, STATIONS, 2): back and belly of a fish seen from the side,
            the flanks of one that comes towards the viewer.
        places: where the marks are, (marks, 2) px. ups: the unit vector to the back there. seen: how little
            the body is foreshortened there, 0…1.
        straight: 1 where the line of the spine is straight in the picture, below 0 where it turns back: the
            least cosine of a joint's direction to that from snout to tail.
        side: how much the fish is seen from the side: 1 full profile … 0 head on.
        facing: 1 to the right, −1 to the left. head_side: as `side`, of the head.
        tail_back: the direction of the tail fin, backwards along the end of the spine.
    """

    def __init__(self, anatomy: Anatomy = ANATOMY) -> None:
        """Allocate the arrays, once, for a body of this outline."""
        outline = anatomy.body
        self._back_out = np.interp(_ALONG, outline.outline_at, outline.back)
        self._belly_out = np.interp(_ALONG, outline.outline_at, outline.belly)
        self._tall = (self._back_out + self._belly_out) / 2
        self._wide = outline.width * self._tall * (outline.width_snout - outline.width_taper * _ALONG)
        self._eye_station = round(anatomy.eye.along * (STATIONS - 1))
        self._lines = np.zeros((STATIONS, 7))
        self.across: Points = np.zeros((STATIONS, 2))
        self.edges: Points = np.zeros((2, STATIONS, 2))
        self.spine: Points = self._lines[:, 0:2]
        self.up: Points = self._lines[:, 2:4]
        self.near: Points = self._lines[:, 4:6]
        self.back: Points = np.zeros((STATIONS, 2))
        self.belly: Points = np.zeros((STATIONS, 2))
        self.places: Points = np.zeros((0, 2))
        self.ups: Points = np.zeros((0, 2))
        self.seen: Numbers = np.zeros(0)
        self._points = np.zeros((3, STATIONS))
        self._below = np.zeros(0, np.intp)
        self._share: Points = np.zeros((0, 1))
        self._rise: Points = np.zeros((0, 1))
        self._bulge: Points = np.zeros((0, 1))
        self.length_px = 1.0
        self.x = self.y = 0.0
        self.facing = self.side = self.head_side = self.straight = 1.0
        self.phase = 0.0
        self.tail_back: Points = np.zeros(2)

    def mark(self, along: Numbers, height: Numbers, depth: float = 1.0) -> slice:
        """Mark places: `along` 0 snout … 1 tail, `height` 1 back … −1 belly, both (n,).

        `depth` 1 is the near flank, 0 the middle plane, −1 the far flank. Returns where in `places` they are.
        """
        at = np.clip(along, 0.0, 1.0) * (STATIONS - 1)
        below = np.minimum(at.astype(np.intp), STATIONS - 2)
        edge = np.where(
            height >= 0.0, np.interp(along, _ALONG, self._back_out), np.interp(along, _ALONG, self._belly_out)
        )
        bulge = depth * np.interp(along, _ALONG, self._wide) * np.sqrt(np.maximum(0.0, 1.0 - height * height))
        first = len(self._below)
        self._below = np.concatenate((self._below, below))
        self._share = np.concatenate((self._share, (at - below)[:, None]))
        self._rise = np.concatenate((self._rise, (edge * height)[:, None]))
        self._bulge = np.concatenate((self._bulge, bulge[:, None]))
        return slice(first, len(self._below))

    def pose(self, world: World) -> None:
        """Take the pose of the world's fish, interpolated to the frame's time."""
        fish, alpha = world.fish, world.clock.alpha
        spine = fish.spine
        np.subtract(spine.points, spine.previous, out=self._points)
        self._points *= alpha
        self._points += spine.previous
        behind_s = (1.0 - alpha) * STEP_S
        self.x, self.y = fish.x - fish.vx * behind_s, fish.y - fish.vy * behind_s
        self.length_px, self.phase = fish.length_px, spine.phase
        self._project(spine.yaw, fish.pitch)
        self._tail()
        self._place_marks()

    def _project(self, yaw: NDArray[np.float64], pitch: float) -> None:
        length, points = self.length_px, self._points
        self.spine[:, 0] = points[0] * length + self.x
        self.spine[:, 1] = (points[1] + ELEVATION * points[2]) * length + self.y
        cos, sin = np.cos(yaw), np.sin(yaw)
        self.up[:, 0] = math.sin(pitch) * cos
        self.up[:, 1] = -math.cos(pitch) + ELEVATION * math.sin(pitch) * sin
        self.across[:, 0] = -sin
        self.across[:, 1] = ELEVATION * cos
        np.multiply(self.across, np.clip(cos / _FLANK_SEEN, -1.0, 1.0)[:, None], out=self.near)
        self.back[...] = self.spine + self.up * (self._back_out * length)[:, None]
        self.belly[...] = self.spine - self.up * (self._belly_out * length)[:, None]
        middle = float(cos[STATIONS // 3])
        self.side, self.facing = abs(middle), math.copysign(1.0, middle)
        self.head_side = abs(float(cos[self._eye_station]))
        self._contour()

    def _contour(self) -> None:
        """Find the edges: an elliptic section about each joint, and its ends across the line of the spine.

        The point of an ellipse with half axes u and v that lies farthest along n is
        (u (u · n) + v (v · n)) / √((u · n)² + (v · n)²). The line turns steadily in a turn, and so do the
        edges: seen from the side they are back and belly, seen head on the flanks, with nothing between.
        """
        line = np.empty((STATIONS, 2))
        line[1:-1] = self.spine[2:] - self.spine[:-2]
        line[0], line[-1] = line[1], line[-2]
        lengths = np.hypot(line[:, 0], line[:, 1])
        np.minimum(lengths * (0.5 * (STATIONS - 1) / self.length_px), 1.0, out=self._lines[:, 6])
        np.maximum(lengths, 1e-9, out=lengths)
        ends = self.spine[-1] - self.spine[0]
        self.straight = float((line @ ends / lengths).min()) / (math.hypot(*ends.tolist()) or 1.0)
        tall, wide = self.up * self._tall[:, None], self.across * self._wide[:, None]
        rise = tall[:, 1] * line[:, 0] - tall[:, 0] * line[:, 1]
        reach = wide[:, 1] * line[:, 0] - wide[:, 0] * line[:, 1]
        far = np.hypot(rise, reach)
        np.maximum(far, 1e-9, out=far)
        tall *= (rise / far)[:, None]
        wide *= (reach / far)[:, None]
        tall += wide
        tall *= self.length_px
        middle = (self.back + self.belly) / 2
        np.subtract(middle, tall, out=self.edges[0])
        np.add(middle, tall, out=self.edges[1])

    def _tail(self) -> None:
        step = self._points[:, -1] - self._points[:, -4]
        step /= math.sqrt(float(step @ step)) or 1.0
        self.tail_back[:] = float(step[0]), float(step[1] + ELEVATION * step[2])

    def _place_marks(self) -> None:
        """Place all marks: between the stations below and above each, raised, and out to the flank."""
        marks, above = self._lines[self._below], self._lines[self._below + 1]
        above -= marks
        above *= self._share
        marks += above
        self.ups = marks[:, 2:4]
        self.places, self.seen = marks[:, 0:2], marks[:, 6]
        self.places += self.ups * (self._rise * self.length_px)
        self.places += marks[:, 4:6] * (self._bulge * self.length_px)

    def outline(self) -> Points:
        """Return what is seen of the body: along one edge to the tail, along the other back; (n, 2)."""
        return np.concatenate((self.edges[0], self.edges[1, ::-1]))

    def sections(self) -> Points:
        """Return outlines of the thick sections, (sections, n, 2): what is seen of a fish end on."""
        at, length = _SECTIONS, self.length_px
        middle = (self.back[at] + self.belly[at]) / 2
        tall, wide = (
            self.up[at] * (self._tall[at] * length)[:, None],
            self.across[at] * (self._wide[at] * length)[:, None],
        )
        around: Points = middle[:, None] + _COS * tall[:, None] + _SIN * wide[:, None]
        return around

    def flank(self, along: float, height: float) -> tuple[float, float]:
        """Return how far, px, the left flank is out from the middle plane, at such a place (as of `mark`)."""
        at = round(along * (STATIONS - 1))
        out = float(np.interp(along, _ALONG, self._wide)) * math.sqrt(1.0 - height * height) * self.length_px
        return float(self.across[at, 0]) * out, float(self.across[at, 1]) * out
