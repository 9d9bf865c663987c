"""Food: pieces that sink slowly, and are sucked in by a mouth that is near."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from candlefish.sim.easing import approach, clamp

if TYPE_CHECKING:
    from candlefish.sim.steering import Vector

LIFE_S = 10.0
SINK_PX_S = 22.0
MAX_PIECES = 24
SUCTION_LENGTHS = 0.22
SWALLOW_LENGTHS = 0.07


class Piece:
    """One piece of food: place (CSS px), velocity (px/s), age (s)."""

    __slots__ = ("age_s", "start_x", "vx", "vy", "x", "y")

    def __init__(self, x: float, y: float) -> None:
        """Drop it here."""
        self.x = self.start_x = x
        self.y = y
        self.vx = 0.0
        self.vy = SINK_PX_S
        self.age_s = 0.0


class Food:
    """All pieces in the water. `offered` and `eaten` count since the world began."""

    def __init__(self) -> None:
        """Start with none."""
        self.pieces: list[Piece] = []
        self.offered = 0
        self.eaten = 0

    def offer(self, x: float, y: float, size: Vector) -> None:
        """Drop a piece at a place, moved inside the box; beyond `MAX_PIECES` the oldest makes room."""
        if len(self.pieces) >= MAX_PIECES:
            self.pieces.pop(0)
        self.offered += 1
        self.pieces.append(
            Piece(clamp(x, 4.0, max(4.0, size[0] - 4.0)), clamp(y, 4.0, max(4.0, size[1] - 4.0)))
        )

    def update(self, mouth: Vector, length_px: float, floor_px: float, dt_s: float) -> list[Vector]:
        """Let `dt_s` seconds pass and return the places of the pieces swallowed.

        A fish of this kind feeds by suction: what comes within a fifth of its length is drawn in.
        """
        swallowed: list[Vector] = []
        for piece in self.pieces:
            self._drift(piece, floor_px, dt_s)
            if self._suck(piece, mouth, length_px, dt_s):
                swallowed.append((piece.x, piece.y))
                piece.age_s = math.inf
        self.eaten += len(swallowed)
        self.pieces = [piece for piece in self.pieces if piece.age_s < LIFE_S]
        return swallowed

    @staticmethod
    def _drift(piece: Piece, floor_px: float, dt_s: float) -> None:
        piece.age_s += dt_s
        piece.x = piece.start_x + 5.0 * math.sin(piece.age_s * 2.1)
        piece.y = min(floor_px - 4.0, piece.y + piece.vy * dt_s)

    @staticmethod
    def _suck(piece: Piece, mouth: Vector, length_px: float, dt_s: float) -> bool:
        dx, dy = mouth[0] - piece.x, mouth[1] - piece.y
        distance = math.hypot(dx, dy)
        if distance > SUCTION_LENGTHS * length_px:
            return False
        share = approach(0.07, dt_s)
        piece.start_x += dx * share
        piece.x += dx * share
        piece.y += dy * share
        return distance < max(3.0, SWALLOW_LENGTHS * length_px)
