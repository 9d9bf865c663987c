"""Affect: a continuous point of valence and arousal that stimuli push and time brings to rest."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from candlefish.sim.easing import approach, clamp
from candlefish.sim.personality import Personality
from candlefish.sim.stimuli import Habituation, Responses

if TYPE_CHECKING:
    from candlefish.sim.senses import Senses

VALENCE_TAU_S = 6.0
AROUSAL_TAU_S = 5.0
DREAD_TAU_S = 0.8
FRIGHT = 0.12
"""Fear above this is a fright: a startle that trust and habituation have not dulled."""
ALONE_S = 60.0


def rest_point(trust: float, hour: float) -> tuple[float, float]:
    """Return the valence and arousal to which affect decays, for a trust 0…100 and a local hour 0…24.

    The space is Russell's circumplex (1980), Journal of Personality and Social Psychology 39(6).
    Trust lifts valence; arousal follows a daily rhythm that is lowest at four in the night.
    """
    daily = -math.cos((hour - 4.0) / 24.0 * math.tau)
    return 0.04 + 0.36 * trust / 100.0, 0.08 * daily


class Affect:
    """Valence and arousal, pushed by stimuli, decaying to a resting point.

    Attributes:
        valence: −1 bad … +1 good. arousal: −1 asleep … +1 wild.
        since_fright_s: since the last fright: a startle that was felt as one.
        dread: 0…1, the startle as it lingers for a second; what it costs in trust follows it.
        responses: to every other stimulus.
        anticipation: added to the resting point, for what the fish has learnt to look forward to.
    """

    def __init__(self, trust: float, hour: float, personality: Personality | None = None) -> None:
        """Start at rest."""
        self.personality = personality or Personality()
        self.valence, self.arousal = rest_point(trust, hour)
        self.since_fright_s = math.inf
        self.dread = 0.0
        self.anticipation = 0.0
        self.startle = Habituation(grow=6.0, recover_s=90.0)
        self._startled = False
        self.responses = Responses(self.personality)
        self._fear = 0.0

    def nudge(self, valence: float, arousal: float) -> None:
        """Push the point at once: something happened (food, a greeting)."""
        self.valence = clamp(self.valence + valence, -1.0, 1.0)
        self.arousal = clamp(self.arousal + arousal, -1.0, 1.0)

    def feel(self, index: int) -> None:
        """Feel an event that the world reports: an index of `stimuli.STIMULI`."""
        self.nudge(*self.responses.report(index))

    def update(self, senses: Senses, trust: float, hour: float, dt_s: float) -> None:
        """Let `dt_s` seconds of what the fish senses act, and decay towards rest."""
        valence, arousal = rest_point(trust, hour)
        valence, arousal = (
            valence + self.anticipation,
            arousal + self.personality.rest_arousal + self.anticipation,
        )
        if senses.since_input_s > ALONE_S:
            valence, arousal = valence - 0.35 * self.personality.warmth, arousal - 0.35
        self.valence += (valence - self.valence) * approach(VALENCE_TAU_S, dt_s)
        self.arousal += (arousal - self.arousal) * approach(AROUSAL_TAU_S, dt_s)
        self._startle(senses, trust, dt_s)
        self.nudge(*self.responses.update(senses, dt_s))

    def _startle(self, senses: Senses, trust: float, dt_s: float) -> None:
        """A startle is a jolt as it rises, then dread; trust and boldness soften it, repetition dulls it.

        It habituates by the second and by its onsets, so that short darts wear off as a long whipping does.
        """
        felt = senses.startle * self.startle.response
        fear = felt * (1.0 - 0.45 * trust / 100.0) * self.personality.caution
        self.since_fright_s = 0.0 if fear > FRIGHT else self.since_fright_s + dt_s
        faded = 1.0 - approach(DREAD_TAU_S, dt_s)
        before, self._fear = self._fear, max(fear, self._fear * faded)
        self.dread = max(felt, self.dread * faded)
        if fear:
            rise = max(0.0, fear - before)
            self.nudge(-0.42 * rise - 2.2 * fear * dt_s, 0.5 * rise + 2.5 * fear * dt_s)
        self.startle.update(1.0 if senses.startle else 0.0, dt_s)
        if senses.startle and not self._startled:
            self.startle.strike(1.0)
        self._startled = senses.startle > 0.0
