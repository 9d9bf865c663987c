"""Appearance: the visible parameters of the mood, eased from mood to mood, never switched."""

from __future__ import annotations

from typing import TYPE_CHECKING

from candlefish.sim.easing import approach

if TYPE_CHECKING:
    from candlefish.sim.moods import Mood
    from candlefish.sim.tuning import Colour, MoodParams

EDIT_TAU_S = 0.45
"""Time constant for what changes within a mood: another value by the designer, sleep."""
EASED_S = 20.0 * EDIT_TAU_S
"""After this long nothing that could be seen is left of the gap."""


def _mix(a: Colour, b: Colour, share: float) -> Colour:
    return a[0] + (b[0] - a[0]) * share, a[1] + (b[1] - a[1]) * share, a[2] + (b[2] - a[2]) * share


class Appearance:
    """The blended parameters; attributes as in `MoodParams`, but for its arrival."""

    def __init__(self, mood: Mood, start: MoodParams) -> None:
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
        self._mood, self._target, self._asleep = mood, start, 0.0
        self._here_s, self._eased_s = start.arrive_s, EASED_S

    @property
    def shade(self) -> tuple[int, ...]:
        """Colour and water in quarters of a channel's step: the same while no colour has visibly moved."""
        return tuple([int(4.0 * channel) for channel in (*self.colour, *self.water_centre, *self.water_edge)])

    def ease(self, mood: Mood, target: MoodParams, dt_s: float, asleep: float = 0.0) -> None:
        """Move every parameter towards `target` for `dt_s` seconds.

        A mood that is new comes on by its own curve and in its own time; what changes within a mood follows
        at once. `asleep` 0…1 closes the eye, folds the fins and dims the light.
        """
        if mood is not self._mood:
            self._mood, self._here_s, self._eased_s = mood, 0.0, 0.0
        elif target is not self._target and target != self._target:
            self._here_s, self._eased_s = max(self._here_s, target.arrive_s), 0.0
        elif asleep != self._asleep:
            self._eased_s = 0.0
        elif self._eased_s >= EASED_S and self._here_s >= target.arrive_s:
            return
        self._target, self._asleep = target, asleep
        share = self._share(target, dt_s)
        self._here_s += dt_s
        self._eased_s += dt_s
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

    def _share(self, target: MoodParams, dt_s: float) -> float:
        """Return the share of the gap that is left to close in the next `dt_s`."""
        whole_s = target.arrive_s
        if self._here_s >= whole_s:
            return approach(EDIT_TAU_S, dt_s)
        done = target.arrive.at(self._here_s / whole_s)
        after = target.arrive.at((self._here_s + dt_s) / whole_s)
        return (after - done) / (1.0 - done) if done < 1.0 else 1.0
