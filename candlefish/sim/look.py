"""The mood as it shows: every visible parameter eased from mood to mood, never switched."""

from __future__ import annotations

from typing import TYPE_CHECKING

from candlefish.sim.easing import approach

if TYPE_CHECKING:
    from candlefish.sim.params import Colour, MoodParams

BLEND_TAU_S = 0.45
"""Time constant of the blend: 90 % after one second, far from a flash."""
EASED_S = 20.0 * BLEND_TAU_S
"""After this long nothing that could be seen is left of the gap."""


def _mix(a: Colour, b: Colour, share: float) -> Colour:
    return a[0] + (b[0] - a[0]) * share, a[1] + (b[1] - a[1]) * share, a[2] + (b[2] - a[2]) * share


class Look:
    """The blended parameters; attributes as in `MoodParams`."""

    def __init__(self, start: MoodParams) -> None:
        """Begin exactly at one mood."""
        self.colour = start.colour
        self.water_centre = start.water_centre
        self.water_edge = start.water_edge
        self.glow = start.glow
        self.speed_px_s = start.speed_px_s
        self.eye = start.eye
        self.fin = start.fin
        self.tension = start.tension
        self.ripple_px = start.ripple_px
        self.pulse_hz = start.pulse_hz
        self._target, self._asleep, self._eased_s = start, 0.0, EASED_S

    @property
    def shade(self) -> tuple[int, ...]:
        """Colour and water in quarters of a channel's step: the same while no colour has visibly moved."""
        return tuple([int(4.0 * channel) for channel in (*self.colour, *self.water_centre, *self.water_edge)])

    def ease(self, target: MoodParams, dt_s: float, asleep: float = 0.0) -> None:
        """Move every parameter towards `target` for `dt_s` seconds.

        `asleep` 0…1 closes the eye, folds the fins and dims the light.
        """
        if target is not self._target or asleep != self._asleep:
            self._target, self._asleep, self._eased_s = target, asleep, 0.0
        elif self._eased_s >= EASED_S:
            return
        self._eased_s += dt_s
        share = approach(BLEND_TAU_S, dt_s)
        self.colour = _mix(self.colour, target.colour, share)
        self.water_centre = _mix(self.water_centre, target.water_centre, share)
        self.water_edge = _mix(self.water_edge, target.water_edge, share)
        self.glow += (target.glow * (1.0 - 0.4 * asleep) - self.glow) * share
        self.speed_px_s += (target.speed_px_s - self.speed_px_s) * share
        self.eye += (target.eye * (1.0 - 0.9 * asleep) - self.eye) * share
        self.fin += (target.fin * (1.0 - 0.5 * asleep) - self.fin) * share
        self.tension += (target.tension - self.tension) * share
        self.ripple_px += (target.ripple_px - self.ripple_px) * share
        self.pulse_hz += (target.pulse_hz - self.pulse_hz) * share
