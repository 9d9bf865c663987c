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


class Body:
    """Geometry of one frame. Arrays are float64 (STATIONS, 2), CSS px, from snout to tail root.

    Attributes:
        spine: the middle line. up: unit vector to the back, projected. near: to the viewer's flank.
        back: the upper edge. belly: the lower edge.
        side: how much the fish is seen from the side: 1 full profile … 0 head on.
        facing: 1 to the right, −1 to the left.
    """

    def __init__(self) -> None:
        """Allocate the arrays, once."""
        shape = (STATIONS, 2)
        self.spine: Points = np.zeros(shape)
        self.up: Points = np.zeros(shape)
        self.near: Points = np.zeros(shape)
        self.back: Points = np.zeros(shape)
        self.belly: Points = np.zeros(shape)
        self._points = np.zeros((3, STATIONS))
        self.length_px = 1.0
        self.x = self.y = 0.0
        self.facing = self.side = 1.0
        self.phase = 0.0
        self.tail_back = self.tail_up = (0.0, 0.0)

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

    def _tail(self) -> None:
        """Find the plane of the tail fin: backwards along the end of the spine, and up."""
        step = self._points[:, -1] - self._points[:, -4]
        step /= math.sqrt(float(step @ step)) or 1.0
        self.tail_back = float(step[0]), float(step[1] + ELEVATION * step[2])
        self.tail_up = float(self.up[-1, 0]), float(self.up[-1, 1])

    def at(self, along: Numbers, height: Numbers) -> Points:
        """Return places on the near flank: `along` 0 snout … 1 tail, `height` 1 back … −1 belly."""
        edge = np.where(height >= 0.0, np.interp(along, _ALONG, _BACK), np.interp(along, _ALONG, _BELLY))
        rise = edge * height * self.length_px
        bulge = (
            np.interp(along, _ALONG, _WIDTH)
            * np.sqrt(np.maximum(0.0, 1.0 - height * height))
            * self.length_px
        )
        places = self.along(self.spine, along)
        places += self.along(self.up, along) * rise[:, None]
        places += self.along(self.near, along) * bulge[:, None]
        return places

    @staticmethod
    def along(line: Points, along: Numbers) -> Points:
        """Interpolate a (STATIONS, 2) line at `along` 0…1; (n, 2)."""
        out = np.empty((len(along), 2))
        out[:, 0] = np.interp(along, _ALONG, line[:, 0])
        out[:, 1] = np.interp(along, _ALONG, line[:, 1])
        return out

    def outline(self) -> Points:
        """Return the profile: along the back to the tail, and along the belly to the snout; (n, 2)."""
        return np.concatenate((self.back, self.belly[::-1]))

    def ribbon(self) -> Points:
        """Return the outline from above, which fills the body in when it faces the viewer; (n, 2)."""
        across = self.near * (_WIDTH * self.length_px)[:, None]
        return np.concatenate((self.spine + across, (self.spine - across)[::-1]))
