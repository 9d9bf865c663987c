"""The fish's body in the plane of the picture: its spine projected, its surface as (along, up) → px."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from candlefish.sim.clock import STEP_S
from candlefish.sim.spine import STATIONS

if TYPE_CHECKING:
    from candlefish.sim.world import World

Points = NDArray[np.float64]
Numbers = NDArray[np.floating]

ELEVATION = 0.42
"""How much of the depth shows as height: the viewer looks down on the fish by about 25°."""

_ALONG = np.linspace(0.0, 1.0, STATIONS)
_PROFILE_AT = (0.0, 0.03, 0.08, 0.16, 0.28, 0.42, 0.58, 0.74, 0.88, 1.0)
_BACK = np.interp(_ALONG, _PROFILE_AT, (0.008, 0.037, 0.066, 0.096, 0.121, 0.118, 0.094, 0.061, 0.035, 0.030))
_BELLY = np.interp(
    _ALONG, _PROFILE_AT, (0.006, 0.031, 0.058, 0.090, 0.118, 0.121, 0.094, 0.056, 0.033, 0.030)
)
_WIDTH = 0.52 * (_BACK + _BELLY) / 2 * (1.15 - 0.25 * _ALONG)
EYE_STATION = 2
"""The joint next to the eyes."""


class Body:
    """Geometry of one frame. Arrays are float64 (STATIONS, 2), CSS px, from snout to tail root.

    Whatever is drawn on the body is marked once, and all marks are found together: a frame interpolates once.

    Attributes:
        spine: the middle line. up: unit vector to the back, projected. near: to the viewer's flank.
        back: the upper edge. belly: the lower edge.
        places: where the marks are, (marks, 2) px. ups: the unit vector to the back there.
        side: how much the fish is seen from the side: 1 full profile … 0 head on.
        facing: 1 to the right, −1 to the left. head_side: as `side`, of the head.
        tail_back: the direction of the tail fin, backwards along the end of the spine.
    """

    def __init__(self) -> None:
        """Allocate the arrays, once."""
        self._lines = np.zeros((STATIONS, 6))
        self.spine: Points = self._lines[:, 0:2]
        self.up: Points = self._lines[:, 2:4]
        self.near: Points = self._lines[:, 4:6]
        self.back: Points = np.zeros((STATIONS, 2))
        self.belly: Points = np.zeros((STATIONS, 2))
        self.places: Points = np.zeros((0, 2))
        self.ups: Points = np.zeros((0, 2))
        self._points = np.zeros((3, STATIONS))
        self._below = np.zeros(0, np.intp)
        self._share: Points = np.zeros((0, 1))
        self._rise: Points = np.zeros((0, 1))
        self._bulge: Points = np.zeros((0, 1))
        self.length_px = 1.0
        self.x = self.y = 0.0
        self.facing = self.side = self.head_side = 1.0
        self._fold = 0
        self.phase = 0.0
        self.tail_back: Points = np.zeros(2)

    def mark(self, along: Numbers, height: Numbers, depth: float = 1.0) -> slice:
        """Mark places: `along` 0 snout … 1 tail, `height` 1 back … −1 belly, both (n,).

        `depth` 1 is the near flank, 0 the middle plane, −1 the far flank. Returns where in `places` they are.
        """
        at = np.clip(along, 0.0, 1.0) * (STATIONS - 1)
        below = np.minimum(at.astype(np.intp), STATIONS - 2)
        edge = np.where(height >= 0.0, np.interp(along, _ALONG, _BACK), np.interp(along, _ALONG, _BELLY))
        bulge = depth * np.interp(along, _ALONG, _WIDTH) * np.sqrt(np.maximum(0.0, 1.0 - height * height))
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
        self._find()

    def _project(self, yaw: NDArray[np.float64], pitch: float) -> None:
        length, points = self.length_px, self._points
        self.spine[:, 0] = points[0] * length + self.x
        self.spine[:, 1] = (points[1] + ELEVATION * points[2]) * length + self.y
        cos, sin = np.cos(yaw), np.sin(yaw)
        self.up[:, 0] = math.sin(pitch) * cos
        self.up[:, 1] = -math.cos(pitch) + ELEVATION * math.sin(pitch) * sin
        turned = np.where(cos >= 0.0, 1.0, -1.0)
        self.near[:, 0] = -sin * turned
        self.near[:, 1] = ELEVATION * cos * turned
        self.back[...] = self.spine + self.up * (_BACK * length)[:, None]
        self.belly[...] = self.spine - self.up * (_BELLY * length)[:, None]
        middle = float(cos[STATIONS // 3])
        self.side, self.facing = abs(middle), math.copysign(1.0, middle)
        self.head_side = abs(float(cos[EYE_STATION]))
        self._fold = int(np.argmax(turned != turned[0]))

    def _tail(self) -> None:
        step = self._points[:, -1] - self._points[:, -4]
        step /= math.sqrt(float(step @ step)) or 1.0
        self.tail_back[:] = float(step[0]), float(step[1] + ELEVATION * step[2])

    def _find(self) -> None:
        """Find all marks: between the stations below and above each, raised, and out to the flank."""
        found, above = self._lines[self._below], self._lines[self._below + 1]
        above -= found
        above *= self._share
        found += above
        self.ups = found[:, 2:4]
        self.places = found[:, 0:2]
        self.places += self.ups * (self._rise * self.length_px)
        self.places += found[:, 4:6] * (self._bulge * self.length_px)

    def parts(self) -> tuple[slice, ...]:
        """Return the stations as parts that do not fold over themselves, the farthest first.

        A fish that turns does so by way of the viewer: its head is then before the rest of it.
        """
        if not self._fold:
            return (slice(0, STATIONS),)
        return slice(self._fold - 1, STATIONS), slice(0, self._fold + 1)

    def outline(self, part: slice) -> Points:
        """Return the profile: along the back to the tail, and along the belly to the snout; (n, 2)."""
        return np.concatenate((self.back[part], self.belly[part][::-1]))

    def ribbon(self, part: slice) -> Points:
        """Return the outline from above, which fills the body in when it faces the viewer; (n, 2)."""
        across = self.near[part] * (_WIDTH[part] * self.length_px)[:, None]
        return np.concatenate((self.spine[part] + across, (self.spine[part] - across)[::-1]))
